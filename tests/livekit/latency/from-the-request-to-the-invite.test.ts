import type { Agent } from "../support/agent.ts";
import type { Carrier } from "../support/carrier.ts";
import { until } from "../support/until.ts";
import { type NumberedClinic, type Wire, wireTest } from "../support/wire.ts";

const ROUNDS = 40;
/** The first ones find connections closed and code not compiled. */
const WARMING = 5;

interface Measured {
  /** From the request until the agent can be heard, and from then to the INVITE. */
  agent: number[];
  rest: number[];
  whole: number[];
}

interface Setting {
  wire: Wire;
  agent: Agent;
  carrier: Carrier;
  clinic: NumberedClinic;
}

type Place = (setting: Setting, patient: string) => Promise<string>;

const WAYS: Record<string, Place> = {
  "POST /intake-calls": async ({ wire, clinic }, patient) =>
    (await wire.call(clinic, patient)).room_name,
  "bare: dispatch, wait for the agent, dial": (setting, patient) =>
    dialBare(setting, patient, (room) => setting.agent.joinedAt.has(room)),
  "bare: dispatch, dial at once": (setting, patient) => dialBare(setting, patient, () => true),
};

// Prints, asserts nothing of time: what is measured depends on the machine. In turns, so that
// whatever else the machine does falls on all of them.
wireTest("from the request to the INVITE", async (wire) => {
  await using carrier = await wire.startCarrier("busy");
  await using agent = await wire.startAgent();
  const [clinic] = await wire.clinics(1);
  const setting = { wire, agent, carrier, clinic: clinic! };
  const results = new Map<string, Measured>();
  for (let round = 0; round < WARMING + ROUNDS; round++) {
    for (const [name, place] of Object.entries(WAYS)) {
      const measured = results.get(name) ?? { agent: [], rest: [], whole: [] };
      results.set(name, measured);
      const times = await measure(setting, place);
      if (round < WARMING) continue;
      measured.whole.push(times.invitedAt - times.start);
      measured.agent.push(times.joinedAt - times.start);
      measured.rest.push(times.invitedAt - times.joinedAt);
    }
  }
  for (const [name, { whole, agent, rest }] of results) {
    console.log(
      `${name}: p50 ${at(whole, 0.5)} ms, p95 ${at(whole, 0.95)} ms; until the agent is there ` +
        `${at(agent, 0.5)}, from then on ${at(rest, 0.5)} (${whole.length} calls)`,
    );
  }
  const [own, bare] = [...results.values()].map(({ whole }) => at(whole, 0.5));
  console.log(`ratio ${(own! / bare!).toFixed(2)}`);
});

async function measure({ wire, agent, carrier, ...rest }: Setting, place: Place) {
  const patient = wire.nextPatient();
  const start = Date.now();
  const room = await place({ wire, agent, carrier, ...rest }, patient);
  const { invitedAt } = await carrier.call(patient, "an INVITE", () => true);
  const joinedAt = await until("the agent came", () => agent.joinedAt.get(room));
  await wire.rooms.deleteRoom(room).catch(() => {});
  return { start, joinedAt, invitedAt };
}

/** The two LiveKit calls that placing a call needs at least. */
async function dialBare({ wire }: Setting, patient: string, isReady: (room: string) => boolean) {
  const room = `bare-${crypto.randomUUID()}`;
  await wire.dispatches.createDispatch(room, wire.info.agentName);
  await until("the agent is there", () => isReady(room));
  const options = { fromNumber: "+12125550100" };
  await wire.sip.createSipParticipant(wire.info.trunkId, patient, room, options);
  return room;
}

function at(milliseconds: number[], share: number): number {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
}
