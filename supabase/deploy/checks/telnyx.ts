import Telnyx from "telnyx";
import { z } from "zod";
import { type Context, type Finding, finding } from "../context.ts";
import { readPoolState } from "../pool-state.ts";
import { attempt, checkTelnyxApi } from "./telnyx-api.ts";
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

/** That the key works, and that a number bought on this connection can place calls. */
export async function checkTelnyx(context: Context): Promise<Finding[]> {
  const { TELNYX_API_KEY, TELNYX_BASE_URL, TELNYX_CONNECTION_ID } = context.target;
  const client = new Telnyx({
    apiKey: TELNYX_API_KEY,
    baseURL: TELNYX_BASE_URL,
    timeout: 15_000,
    maxRetries: 1,
  });
  const balance = await attempt("T1", async () => [await checkBalance(context, client)]);
  // Without a key that works, the others would say the same in other words.
  if (balance.some(({ result }) => result === "fail")) return balance;
  const encryption = await readMediaEncryption(context.database);
  return [
    ...balance,
    ...await checkTelnyxApi(context, client),
    ...await attempt("T7", async () => {
      const connection = await readConnection(client, TELNYX_CONNECTION_ID);
      const profile = await attempt("T10", () => checkProfile(client, connection));
      return [...checkConnection(connection), ...checkLine(connection, encryption), ...profile];
    }),
  ];
}

async function checkBalance(context: Context, client: Telnyx): Promise<Finding> {
  const { data } = balanceReply.parse(await client.balance.retrieve());
  const state = await readPoolState(context.database);
  const size = context.target.PHONE_POOL_INITIAL_SIZE ?? state?.initialSize ?? 40;
  const needed = Math.max(size - (state?.owned ?? 0), 0) * (state?.numberCost ?? 1);
  const shown = `$${data.available_credit.toFixed(2)} to spend`;
  return data.available_credit >= needed ? finding("T1", "ok", shown) : finding(
    "T1",
    "warn",
    `${shown}, and the initial pool costs about $${needed.toFixed(2)}`,
    "add money in the portal (Billing); what cannot be paid is bought later",
  );
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
      ? finding("T7", "fail", "it is not active", "activate it in the portal")
      : finding("T7", "ok", connection.record_type),
    override
      ? finding(
        "T8",
        "fail",
        "every call would show one number, whatever clinic places it",
        "empty ani_override of the connection (Voice → SIP Connections → Outbound)",
      )
      : finding("T8", "ok", "off"),
    limit !== null && limit !== undefined && limit < 10
      ? finding(
        "T9",
        "warn",
        `the connection places ${limit} calls at a time`,
        "raise it in the portal when clinics call at the same time",
      )
      : finding("T9", "ok", limit ? `${limit} calls at a time` : "none of its own"),
  ];
}

async function checkProfile(client: Telnyx, connection: Connection): Promise<Finding[]> {
  const id = connection.outbound?.outbound_voice_profile_id ?? connection.outbound_voice_profile_id;
  if (!id) {
    return [finding("T10", "fail", "the connection has none, so it cannot place calls", ASSIGN)];
  }
  const { data } = profileReply.parse(await client.outboundVoiceProfiles.retrieve(id));
  return [describe(data, id), checkRecording(data.call_recording?.call_recording_type)];
}

function describe({ name, enabled, whitelisted_destinations }: Profile, id: string): Finding {
  if (enabled === false) return finding("T10", "fail", "it is disabled", "enable it");
  if (whitelisted_destinations && !whitelisted_destinations.includes("US")) {
    return finding(
      "T10",
      "fail",
      "it does not allow calls to the US",
      "add US to its destinations",
    );
  }
  return finding("T10", "ok", name ?? id);
}

const ASSIGN = "assign one in the portal (Voice → Outbound Voice Profiles)";
