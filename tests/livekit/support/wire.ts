import { ListUpdate, SIPTransport, type WebhookEvent } from "@livekit/protocol";
import { AgentDispatchClient, RoomServiceClient, SipClient } from "livekit-server-sdk";
import {
  type Application,
  type Clinic,
  createApplication,
} from "../../../supabase/local/demo/clinics.ts";
import { connect } from "../../../supabase/local/postgres/connect.ts";
import { intakeCallResponse } from "../../../functions/intake-calls/schema.ts";
import { type Agent, type AgentOptions, startAgent } from "./agent.ts";
import { type Carrier, type CarrierOptions, type Scenario, startCarrier } from "./carrier.ts";
import { until } from "./until.ts";
import { readWebhooks } from "./webhooks.ts";
import { WIRE_VARIABLE, type WireInfo, wireInfo } from "./wire-info.ts";

/** What a test on the wire works with. */
export interface Wire {
  info: WireInfo;
  application: Application;
  sip: SipClient;
  rooms: RoomServiceClient;
  dispatches: AgentDispatchClient;
  startCarrier(scenario: Scenario, options?: Partial<CarrierOptions>): Promise<Carrier>;
  startAgent(options?: Partial<AgentOptions>): Promise<Agent>;
  /** New clinics, each with a number of its own. */
  clinics(count: number): Promise<NumberedClinic[]>;
  /** Places a call that must be accepted: 202. */
  call(clinic: NumberedClinic, phoneNumber: string): Promise<PlacedCall>;
  query<Row extends Record<string, unknown>>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** A number that no test has called yet: +1555…, which nobody has. */
  nextPatient(): string;
  /** Replaces the trunk's list of numbers until it is disposed of. */
  trunkWithNumbers(numbers: string[]): Promise<AsyncDisposable>;
  /** Speaks to the carrier by TCP until it is disposed of. */
  trunkByTcp(): Promise<AsyncDisposable>;
  /** What LiveKit told of a room, so far. */
  webhooks(room: string): Promise<WebhookEvent[]>;
}

export type NumberedClinic = Clinic & { phone: string };
export type PlacedCall = ReturnType<typeof intakeCallResponse.parse>;

/** A test that needs run.ts: skipped, visibly, when it runs without. */
export function wireTest(name: string, run: (wire: Wire) => Promise<void>): void {
  const given = Deno.env.get(WIRE_VARIABLE);
  Deno.test({
    name: given ? name : `${name} (npm run test:livekit)`,
    ignore: given === undefined,
    fn: () => run(openWire(wireInfo.parse(JSON.parse(given ?? "")))),
  });
}

function openWire(info: WireInfo): Wire {
  const { livekit, stack, folder, sipp, carrierPort } = info;
  const server = [livekit.url, livekit.apiKey, livekit.apiSecret] as const;
  const application = createApplication(stack);
  const sip = new SipClient(...server, { failover: false });
  return {
    info,
    application,
    query: (sql, values) => query(stack.db_url, sql, values),
    sip,
    rooms: new RoomServiceClient(...server, { failover: false }),
    dispatches: new AgentDispatchClient(...server, { failover: false }),
    startCarrier: (scenario, options) =>
      startCarrier(scenario, { sipp, port: carrierPort, folder, ...options }),
    startAgent: (options) =>
      startAgent({ livekit, python: info.python, name: info.agentName, ...options }),
    clinics: (count) => registerClinics(application, count),
    async call(clinic, phoneNumber) {
      const { status, body } = await application.call(clinic, phoneNumber);
      if (status !== 202) throw new Error(`called: ${status} ${JSON.stringify(body)}`);
      return intakeCallResponse.parse(body);
    },
    nextPatient,
    trunkWithNumbers: (numbers) => trunkWithNumbers(sip, info.trunkId, numbers),
    trunkByTcp: () => trunkByTcp(sip, info.trunkId),
    webhooks: (room) => readWebhooks(info.webhookFile, room),
  };
}

async function registerClinics(
  application: Application,
  count: number,
): Promise<NumberedClinic[]> {
  await application.order(count);
  await until("enough numbers are bought", async () => {
    return (await application.health()).available >= count;
  }, 60);
  const clinics: NumberedClinic[] = [];
  for (let number = 1; number <= count; number++) {
    const { phone, ...clinic } = await application.register(`Clinic ${crypto.randomUUID()}`);
    if (phone === null) throw new Error(`${clinic.name} has no number`);
    clinics.push({ ...clinic, phone });
  }
  return clinics;
}

async function query<Row extends Record<string, unknown>>(
  url: string,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = await connect(url);
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

async function trunkByTcp(sip: SipClient, trunkId: string): Promise<AsyncDisposable> {
  const set = async (transport: SIPTransport) => {
    const [trunk] = await sip.listSipOutboundTrunk({ trunkIds: [trunkId] });
    if (!trunk) throw new Error("the trunk is gone");
    trunk.transport = transport;
    await sip.updateSipOutboundTrunk(trunkId, trunk);
  };
  await set(SIPTransport.SIP_TRANSPORT_TCP);
  return { [Symbol.asyncDispose]: () => set(SIPTransport.SIP_TRANSPORT_UDP) };
}

async function trunkWithNumbers(
  sip: SipClient,
  trunkId: string,
  numbers: string[],
): Promise<AsyncDisposable> {
  const [trunk] = await sip.listSipOutboundTrunk({ trunkIds: [trunkId] });
  const set = async (numbers: string[]) => {
    const update = { numbers: new ListUpdate({ set: numbers }) };
    await sip.updateSipOutboundTrunkFields(trunkId, update);
  };
  await set(numbers);
  return { [Symbol.asyncDispose]: () => set(trunk?.numbers ?? []) };
}

// Test files run one after the other, each in a process of its own: the time tells them apart.
let patients = Date.now() % 8_000_000;

function nextPatient(): string {
  patients += 1;
  return `+1555${2_000_000 + patients % 8_000_000}`;
}
