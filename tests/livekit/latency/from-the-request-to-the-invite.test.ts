import { until } from "../support/until.ts";
import { type Wire, wireTest } from "../support/wire.ts";

const CALLS = 30;

// Prints, asserts nothing of time: what is measured depends on the machine.
wireTest("from the request to the INVITE", async (wire) => {
  await using carrier = await wire.startCarrier("busy");
  await using agent = await wire.startAgent();
  const [clinic] = await wire.clinics(1);
  const measure = async (call: (patient: string) => Promise<unknown>) => {
    const startedAt = new Map<string, number>();
    for (let number = 0; number < CALLS; number++) {
      const patient = wire.nextPatient();
      startedAt.set(patient, Date.now());
      await call(patient);
      await carrier.call(patient, "an INVITE", () => true);
    }
    const calls = await carrier.calls();
    return calls.flatMap(({ to, invitedAt }) => {
      const start = startedAt.get(to);
      return start === undefined ? [] : [invitedAt - start];
    });
  };
  report("POST /intake-calls", await measure((patient) => wire.call(clinic!, patient)));
  report("bare: dispatch, then dial at once", await measure((to) => dialBare(wire, to)));
  report(
    "bare: dispatch, wait for the agent, dial",
    await measure((to) => dialBare(wire, to, (room) => agent.joinedAt.has(room))),
  );
});

/** The two LiveKit calls that placing a call needs at least. */
async function dialBare(wire: Wire, patient: string, isReady?: (room: string) => boolean) {
  const room = `bare-${crypto.randomUUID()}`;
  await wire.dispatches.createDispatch(room, wire.info.agentName);
  if (isReady) await until("the agent is there", () => isReady(room));
  const options = { fromNumber: "+12125550100" };
  await wire.sip.createSipParticipant(wire.info.trunkId, patient, room, options);
}

function report(what: string, milliseconds: number[]): void {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1];
  console.log(`${what}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms (${sorted.length} calls)`);
}
