/**
 * `deno run -A tests/bench/intake-calls.ts`: what intake-calls adds to LiveKit's own time, as JSON.
 * Each line is a request from the handler's door to its 202, with the database and the simulator
 * behind it, and beside it the same LiveKit requests alone. A process of its own, because its
 * database is that of the tests.
 */
import { createTelephony, type Telephony } from "../../functions/_shared/telephony.ts";
import { of, type Result } from "./report.ts";
import { AGENT, callBody, clinicWith, type Scene, TRUNK, withCalls } from "../support/calls.ts";

const isQuick = Deno.args.includes("--quick");
const ROUNDS = isQuick ? 40 : 200;

interface Percentiles {
  p50: number;
  p95: number;
}

await withCalls(async (scene) => {
  await scene.db.query(`update phone_pool.settings set calls_per_minute = 1000000,
    calls_per_organization_per_minute = 1000000, calls_in_flight_per_organization = 1000000`);
  const clinics: string[] = [];
  for (let k = 0; k < 50; k++) clinics.push(await clinicWith(scene.db, `+1971265${6000 + k}`));
  const telephony = createTelephony({
    LIVEKIT_URL: scene.simulator.url,
    LIVEKIT_API_KEY: scene.simulator.settings.apiKey,
    LIVEKIT_API_SECRET: scene.simulator.settings.apiSecret,
    LIVEKIT_SIP_TRUNK_ID: TRUNK.id,
    LIVEKIT_AGENT_NAME: AGENT,
  });
  await measure(20, 5, () => bare(telephony));
  await measure(20, 5, (k) => place(scene, clinics, k));
  const results: Result[] = [];
  for (const ms of isQuick ? [0] : [0, 200]) {
    scene.simulator.control.setFaults(ms > 0 ? { method: "*", kind: "latency", ms } : []);
    for (const inFlight of [1, 10, 50]) {
      const rounds = ms > 0 ? Math.max(20, inFlight * 4) : ROUNDS;
      const floor = await measure(rounds, inFlight, () => bare(telephony));
      const whole = await measure(rounds, inFlight, (k) => place(scene, clinics, k));
      results.push(addedBy(whole, floor, `LiveKit at ${ms} ms a request, ${inFlight} in flight`));
    }
  }
  console.log(JSON.stringify(results));
}, { connections: 10, agentJoinMs: 0, delay: (ms) => new Promise((done) => setTimeout(done, ms)) });
// The test server ends with the process.
Deno.exit();

async function place({ post }: Scene, clinics: string[], k: number): Promise<void> {
  const phone_number = `+1212${2_000_000 + Math.floor(Math.random() * 7_000_000)}`;
  const { status, body } = await post(callBody(clinics[k % 50] ?? "", { phone_number }));
  if (status !== 202) throw new Error(JSON.stringify(body));
}

/** What LiveKit is asked for one call, and nothing else. */
async function bare(telephony: Telephony): Promise<void> {
  const id = crypto.randomUUID();
  const roomName = `bare-${id}`;
  await telephony.createRoom(roomName, id);
  while ((await telephony.look(roomName, "")).agents.length === 0) {
    await new Promise((done) => setTimeout(done, 50));
  }
  await telephony.dial({
    roomName,
    callerId: "+12125550100",
    callee: "+12125550123",
    identity: `callee-${id}`,
    ringingSeconds: 40,
    maxCallMinutes: 60,
    mediaEncryption: "allow",
    timeoutSeconds: 5,
  });
}

async function measure(
  rounds: number,
  inFlight: number,
  run: (k: number) => Promise<void>,
): Promise<Percentiles> {
  const times: number[] = [];
  let next = 0;
  const worker = async () => {
    while (next < rounds) {
      const began = performance.now();
      await run(next++);
      times.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}

function addedBy(whole: Percentiles, floor: Percentiles, when: string): Result {
  const [least = NaN, most = NaN] = [whole.p50 - floor.p50, whole.p95 - floor.p95]
    .sort((a, b) => a - b);
  return {
    what: `${when}: intake-calls adds (p50, and p95)`,
    unit: "ms",
    median: whole.p50 - floor.p50,
    least,
    most,
    behind: `p50 ${of(whole.p50)} / ${of(floor.p50)}, p95 ${of(whole.p95)} / ${of(floor.p95)} ms`,
  };
}
