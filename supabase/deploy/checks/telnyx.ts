import Telnyx from "telnyx";
import { z } from "zod";
import { type Context, type Finding, finding } from "../context.ts";
import { readPoolState } from "../pool-state.ts";
import { checkLine, checkRecording, lineShape, readMediaEncryption } from "./line.ts";

const money = z.coerce.number();
const balanceReply = z.object({
  data: z.object({ available_credit: money, currency: z.string().nullish() }),
});
const connectionReply = z.object({
  data: z.object({
    record_type: z.string(),
    active: z.boolean().nullish(),
    outbound: z.object({
      ani_override: z.string().nullish(),
      call_parking_enabled: z.boolean().nullish(),
      channel_limit: z.number().nullish(),
      outbound_voice_profile_id: z.string().nullish(),
    }).nullish(),
    outbound_voice_profile_id: z.string().nullish(),
    ...lineShape,
  }),
});
type Connection = z.infer<typeof connectionReply>["data"];
const profileReply = z.object({
  data: z.object({
    name: z.string().nullish(),
    enabled: z.boolean().nullish(),
    concurrent_call_limit: z.number().nullish(),
    whitelisted_destinations: z.array(z.string()).nullish(),
    call_recording: z.object({ call_recording_type: z.string().nullish() }).nullish(),
  }),
});
type Profile = z.infer<typeof profileReply>["data"];
const searchReply = z.object({ data: z.array(z.object({ phone_number: z.string() })).nullish() });

/** That the key works, and that a number bought on this connection can place calls. */
export async function checkTelnyx(context: Context): Promise<Finding[]> {
  const { TELNYX_API_KEY, TELNYX_BASE_URL, TELNYX_CONNECTION_ID } = context.target;
  const client = new Telnyx({
    apiKey: TELNYX_API_KEY,
    baseURL: TELNYX_BASE_URL,
    timeout: 15_000,
    maxRetries: 1,
  });
  try {
    const balance = await checkBalance(context, client);
    const connection = await readConnection(client, TELNYX_CONNECTION_ID);
    return [
      balance,
      await checkTrial(client),
      ...checkConnection(connection),
      ...checkLine(connection, await readMediaEncryption(context.database)),
      ...await checkProfile(client, connection),
    ];
  } catch (error) {
    return [describe(error)];
  }
}

async function checkBalance(context: Context, client: Telnyx): Promise<Finding> {
  const { data } = balanceReply.parse(await client.balance.retrieve());
  const state = await readPoolState(context.database);
  const size = context.target.PHONE_POOL_INITIAL_SIZE ?? state?.initialSize ?? 40;
  const needed = Math.max(size - (state?.owned ?? 0), 0) * (state?.numberCost ?? 1);
  const shown = `$${data.available_credit.toFixed(2)} to spend`;
  return data.available_credit >= needed ? finding("Telnyx key and balance", "ok", shown) : finding(
    "Telnyx key and balance",
    "warn",
    `${shown}, and the initial pool costs about $${needed.toFixed(2)}`,
    "add money in the portal (Billing); what cannot be paid is bought later",
  );
}

// Trial accounts see most numbers with their last digits replaced by x:
// https://developers.telnyx.com/docs/account-setup/levels-and-capabilities
async function checkTrial(client: Telnyx): Promise<Finding> {
  const reply = searchReply.parse(
    await client.availablePhoneNumbers.list({ filter: { country_code: "US", limit: 5 } }),
  );
  const numbers = reply.data ?? [];
  return numbers.some(({ phone_number }) => /x/i.test(phone_number))
    ? finding(
      "Telnyx account",
      "fail",
      "it is a trial account, which may buy one number in its life",
      "upgrade and verify it in the portal",
    )
    : finding("Telnyx account", "ok", "numbers are for sale");
}

async function readConnection(client: Telnyx, id: string): Promise<Connection> {
  const { data } = connectionReply.parse(await client.connections.retrieve(id));
  // The general view leaves out the caller ID override and the channels; each type has its own.
  const collection = `${data.record_type}s`;
  if (!/^[a-z_]+_connections$/.test(collection)) return data;
  const full = connectionReply.parse(await client.get(`/${collection}/${id}`));
  return { ...data, ...full.data, record_type: data.record_type };
}

function checkConnection(connection: Connection): Finding[] {
  const override = connection.outbound?.ani_override;
  const limit = connection.outbound?.channel_limit;
  return [
    connection.active === false
      ? finding("Telnyx connection", "fail", "it is not active", "activate it in the portal")
      : finding("Telnyx connection", "ok", connection.record_type),
    override
      ? finding(
        "caller ID override",
        "fail",
        "every call would show one number, whatever clinic places it",
        "empty ani_override of the connection (Voice → SIP Connections → Outbound)",
      )
      : finding("caller ID override", "ok", "off"),
    limit !== null && limit !== undefined && limit < 10
      ? finding(
        "channel limit",
        "warn",
        `the connection places ${limit} calls at a time`,
        "raise it in the portal when clinics call at the same time",
      )
      : finding("channel limit", "ok", limit ? `${limit} calls at a time` : "none of its own"),
  ];
}

async function checkProfile(client: Telnyx, connection: Connection): Promise<Finding[]> {
  const name = "outbound voice profile";
  const id = connection.outbound?.outbound_voice_profile_id ?? connection.outbound_voice_profile_id;
  if (!id) {
    return [finding(name, "fail", "the connection has none, so it cannot place calls", ASSIGN)];
  }
  const { data } = profileReply.parse(await client.outboundVoiceProfiles.retrieve(id));
  return [profileFinding(name, data, id), checkRecording(data.call_recording?.call_recording_type)];
}

function profileFinding(name: string, profile: Profile, id: string): Finding {
  if (profile.enabled === false) return finding(name, "fail", "it is disabled", "enable it");
  const destinations = profile.whitelisted_destinations;
  if (destinations && !destinations.includes("US")) {
    return finding(name, "fail", "it does not allow calls to the US", "add US to its destinations");
  }
  return finding(name, "ok", profile.name ?? id);
}

const ASSIGN = "assign one in the portal (Voice → Outbound Voice Profiles)";

// The SDK's message repeats the answer; none of them repeats the key.
function describe(error: unknown): Finding {
  const status = error instanceof Telnyx.APIError ? error.status : undefined;
  if (status === 401 || status === 403) {
    return finding("Telnyx key", "fail", "it is refused", "make one in the portal (API Keys)");
  }
  if (status === 404) {
    return finding(
      "Telnyx connection",
      "fail",
      "there is no connection with this id",
      "TELNYX_CONNECTION_ID is the number shown in Voice → SIP Connections",
    );
  }
  const message = error instanceof Error ? error.message : String(error);
  return finding("Telnyx", "fail", message, "status.telnyx.com says whether it is down");
}
