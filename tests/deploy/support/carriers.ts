import type { SimulatedTrunk } from "../../../supabase/local/simulators/livekit/options.ts";
import { createLiveKitSimulator } from "../../../supabase/local/simulators/livekit/simulator.ts";
import {
  createTelnyxSimulator,
  simulatedApiKey,
  simulatedConnectionId,
} from "../../../supabase/local/simulators/telnyx/mod.ts";

/** What the portal of Telnyx shows of the connection; a test changes it. */
export interface TelnyxAccount {
  active: boolean;
  ani_override: string;
  channel_limit: number | null;
  profileId: string | null;
  profileEnabled: boolean;
  destinations: string[];
  isTrial: boolean;
  /** What these answer in place of the simulator; undefined: the simulator does. */
  search?: unknown;
  orders?: unknown;
  owned?: unknown;
  slimNumbers?: unknown;
  call_parking_enabled: boolean;
  encrypted_media: string | null;
  webhook_event_url: string | null;
  webhook_api_version: string;
  recording: string;
}

/** The simulators, with those parts of Telnyx's API that only a deployment asks for. */
export function startCarriers() {
  const account: TelnyxAccount = {
    active: true,
    ani_override: "",
    channel_limit: 10,
    profileId: "1293384261075731499",
    profileEnabled: true,
    destinations: ["US", "CA"],
    isTrial: false,
    call_parking_enabled: false,
    encrypted_media: "SRTP",
    webhook_event_url: null,
    webhook_api_version: "2",
    recording: "none",
  };
  const trunk: SimulatedTrunk = {
    id: "ST_clinics",
    numbers: ["*"],
    address: "sip.telnyx.com",
    transport: "tls",
    authUsername: "clinics",
  };
  const telnyx = createTelnyxSimulator({ orderDelayMs: 0 });
  const livekit = createLiveKitSimulator({
    trunks: [trunk, { id: "ST_without_numbers", numbers: [], address: "sip.telnyx.com" }],
  });
  const telnyxServer = serve(async (request) =>
    await portal(account, request) ?? await telnyx.handler(request)
  );
  const livekitServer = serve((request) => livekit.handler(request));
  return {
    account,
    /** As LiveKit's dashboard shows it; a test changes it. */
    trunk,
    telnyx,
    variables: {
      TELNYX_API_KEY: simulatedApiKey,
      TELNYX_CONNECTION_ID: simulatedConnectionId,
      TELNYX_PUBLIC_KEY: telnyx.publicKey,
      TELNYX_BASE_URL: `${telnyxServer.url}/v2`,
      LIVEKIT_URL: livekitServer.url,
      LIVEKIT_API_KEY: "devkey",
      LIVEKIT_API_SECRET: "livekit-simulator-secret-of-32-characters",
      LIVEKIT_SIP_TRUNK_ID: "ST_clinics",
    },
    async stop() {
      await Promise.all([telnyxServer.stop(), livekitServer.stop()]);
      telnyx.close();
      livekit.stop();
    },
  };
}

async function portal(account: TelnyxAccount, request: Request): Promise<Response | undefined> {
  const { pathname } = new URL(request.url);
  const connection = `/${simulatedConnectionId}`;
  if (pathname === `/v2/connections${connection}`) {
    return data({
      record_type: "fqdn_connection",
      active: account.active,
      outbound_voice_profile_id: account.profileId,
    });
  }
  if (pathname === `/v2/fqdn_connections${connection}`) {
    return data({
      record_type: "fqdn_connection",
      active: account.active,
      encrypted_media: account.encrypted_media,
      webhook_event_url: account.webhook_event_url,
      webhook_api_version: account.webhook_api_version,
      outbound: {
        ani_override: account.ani_override,
        call_parking_enabled: account.call_parking_enabled,
        channel_limit: account.channel_limit,
        outbound_voice_profile_id: account.profileId,
      },
    });
  }
  if (pathname === `/v2/outbound_voice_profiles/${account.profileId}`) {
    return data({
      name: "clinics",
      enabled: account.profileEnabled,
      whitelisted_destinations: account.destinations,
      call_recording: { call_recording_type: account.recording },
    });
  }
  const search = account.isTrial ? [{ phone_number: "+1212555xxxx" }] : account.search;
  const spoiled: Record<string, unknown> = {
    "GET /v2/available_phone_numbers": search,
    "GET /v2/number_orders": account.orders,
    "POST /v2/phone_numbers/actions/verify_ownership": account.owned,
    "GET /v2/phone_numbers/slim": account.slimNumbers,
  };
  const answer = spoiled[`${request.method} ${pathname}`];
  if (answer !== undefined) {
    await request.body?.cancel();
    return data(answer);
  }
  return pathname.startsWith("/v2/connections/") ? Response.json({}, { status: 404 }) : undefined;
}

const data = (value: unknown) => Response.json({ data: value });

export function serve(handler: (request: Request) => Promise<Response>) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    stop: () => server.shutdown(),
  };
}
