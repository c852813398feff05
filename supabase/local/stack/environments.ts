import type { Keys } from "./keys.ts";
import { baseEnvironment, defined, type Settings } from "./settings.ts";

/** Where everything answers. */
export interface Addresses {
  api: string;
  functions: string;
  database: string;
  telnyx: string;
  livekit: string;
}

const SIMULATED = {
  connectionId: "1494404757140276705",
  trunkId: "ST_simulator",
  // Refused when it ever leaves as a caller ID: no clinic has it.
  trunkNumber: "+15005550006",
  agentName: "intake-agent",
};

/** What the platform injects into a function, and the secrets that `supabase secrets set` would. */
export function functionEnvironment(
  settings: Settings,
  keys: Keys,
  addresses: Addresses,
): Record<string, string> {
  return defined({
    ...baseEnvironment(settings),
    SUPABASE_URL: addresses.api,
    SUPABASE_DB_URL: addresses.database,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: keys.publishable }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: keys.secret }),
    SUPABASE_JWKS: JSON.stringify(keys.jwks),
    PHONE_POOL_SECRET: keys.shared,
    TELNYX_API_KEY: keys.telnyxKey,
    ...telnyxEnvironment(settings, keys, addresses),
    LIVEKIT_URL: addresses.livekit,
    LIVEKIT_API_KEY: keys.livekitKey,
    LIVEKIT_API_SECRET: keys.livekitSecret,
    LIVEKIT_SIP_TRUNK_ID: settings.LIVEKIT_SIP_TRUNK_ID ??
      (settings.LIVEKIT_URL ? undefined : SIMULATED.trunkId),
    LIVEKIT_AGENT_NAME: agentName(settings),
  });
}

function telnyxEnvironment(settings: Settings, keys: Keys, addresses: Addresses) {
  if (settings.TELNYX_API_KEY) {
    const { TELNYX_CONNECTION_ID, TELNYX_PUBLIC_KEY, TELNYX_BASE_URL } = settings;
    const TELNYX_TIMEOUT_MS = settings.TELNYX_TIMEOUT_MS?.toString();
    return { TELNYX_CONNECTION_ID, TELNYX_PUBLIC_KEY, TELNYX_BASE_URL, TELNYX_TIMEOUT_MS };
  }
  return {
    TELNYX_CONNECTION_ID: settings.TELNYX_CONNECTION_ID ?? SIMULATED.connectionId,
    TELNYX_PUBLIC_KEY: keys.telnyxSigning.public,
    TELNYX_BASE_URL: `${addresses.telnyx}/v2`,
  };
}

export function telnyxSimulatorEnvironment(
  settings: Settings,
  keys: Keys,
  port: number,
  webhookUrl?: string,
): Record<string, string> {
  return defined({
    ...baseEnvironment(settings),
    TELNYX_SIMULATOR_PORT: String(port),
    TELNYX_SIMULATOR_API_KEY: keys.telnyxKey,
    TELNYX_SIMULATOR_CONNECTION_ID: settings.TELNYX_CONNECTION_ID ?? SIMULATED.connectionId,
    TELNYX_SIMULATOR_SIGNING_KEY: keys.telnyxSigning.secret,
    TELNYX_SIMULATOR_WEBHOOK_URL: webhookUrl,
  });
}

export function livekitSimulatorEnvironment(
  settings: Settings,
  keys: Keys,
  port: number,
  webhookUrl?: string,
  recordsUrl?: string,
): Record<string, string> {
  return defined({
    ...baseEnvironment(settings),
    LIVEKIT_SIMULATOR_PORT: String(port),
    LIVEKIT_SIMULATOR_API_KEY: keys.livekitKey,
    LIVEKIT_SIMULATOR_API_SECRET: keys.livekitSecret,
    LIVEKIT_SIMULATOR_TRUNK_ID: settings.LIVEKIT_SIP_TRUNK_ID ?? SIMULATED.trunkId,
    LIVEKIT_SIMULATOR_TRUNK_NUMBERS: SIMULATED.trunkNumber,
    LIVEKIT_SIMULATOR_AGENT_NAMES: agentName(settings),
    LIVEKIT_SIMULATOR_WEBHOOK_URL: webhookUrl,
    LIVEKIT_SIMULATOR_RECORDS_URL: recordsUrl,
  });
}

const agentName = (settings: Settings) =>
  settings.LIVEKIT_AGENT_NAME ?? (settings.LIVEKIT_URL ? undefined : SIMULATED.agentName);
