import { assert, assertEquals } from "../../support/assert.ts";
import { createRandom } from "../../support/random.ts";
import { registerWorker } from "../support/agent-worker.ts";
import { type Media, startMedia } from "../support/media.ts";
import type { SipCall } from "../support/sip-calls.ts";
import { until } from "../support/until.ts";
import { type Wire, wireTest } from "../support/wire.ts";

const CALLS = 200;
const AT_ONCE = 8;
const CLINICS = 10;
const SILENCE_MILLISECONDS = 5000;
/** The phone rings for a second and a half. */
const LIVES_MILLISECONDS = 6000;

interface Death {
  how: "killed" | "leaves";
  at: number;
}

/** One process for each job: it joins, and dies at a random moment after that. */
async function startMortals(wire: Wire, random: () => number) {
  const { livekit, python, agentName } = wire.info;
  const deaths = new Map<string, Death>();
  const living: Promise<void>[] = [];
  const live = async (room: string, token: string) => {
    const joined = Promise.withResolvers<void>();
    const media: Media = await startMedia(python, ({ joined: isIn, failed }) => {
      if (isIn || failed !== undefined) joined.resolve();
    });
    media.join(room, livekit.url, token);
    await joined.promise;
    await new Promise((resolve) => setTimeout(resolve, random() * LIVES_MILLISECONDS));
    const how = random() < 0.5 ? "killed" : "leaves";
    deaths.set(room, { how, at: Date.now() });
    if (how === "killed") media.kill();
    await media.end();
  };
  const worker = await registerWorker(livekit, {
    name: agentName,
    accepts: () => true,
    onAssigned: ({ job, token }) => void living.push(live(job?.room?.name ?? "", token)),
  });
  return {
    deaths,
    async [Symbol.asyncDispose]() {
      worker.close();
      await Promise.all(living);
    },
  };
}

/** How long somebody was on the line after the agent had died; 0 where nobody had picked up. */
function silenceOf({ answeredAt, hungUpAt, cancelledAt }: SipCall, death: Death): number {
  if (answeredAt === undefined) {
    assert(cancelledAt !== undefined, "it rings on");
    return 0;
  }
  assert(hungUpAt !== undefined, "the call goes on");
  return hungUpAt - Math.max(answeredAt, death.at);
}

wireTest("two hundred agents die at a random moment: nobody hears silence", async (wire) => {
  await wire.query(`update phone_pool.settings
    set agent_wait_seconds = 30, calls_per_organization_per_minute = 1000`);
  const random = createRandom(Date.now());
  await using carrier = await wire.startCarrier("answers-and-stays");
  await using mortals = await startMortals(wire, () => random.integer(1_000_000) / 1_000_000);
  const clinics = await wire.clinics(CLINICS);
  const silences: Record<Death["how"], number[]> = { killed: [], leaves: [] };
  let unplaced = 0;
  let next = 0;
  const caller = async () => {
    while (next < CALLS) {
      const clinic = clinics[next++ % CLINICS]!;
      const patient = wire.nextPatient();
      const { status, body } = await wire.application.call(clinic, patient);
      if (status !== 202) {
        // The agent died before the phone was to ring.
        assertEquals([status, body.code], [502, "agent_unavailable"]);
        unplaced++;
        continue;
      }
      const call = await carrier.call(
        patient,
        "the end",
        ({ hungUpAt, cancelledAt }) => hungUpAt !== undefined || cancelledAt !== undefined,
      );
      const room = String(body.room_name);
      const death = await until("its agent died", () => mortals.deaths.get(room));
      silences[death.how].push(silenceOf(call, death));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
  for (const [how, all] of Object.entries(silences)) {
    const sorted = all.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1];
    console.log(`${how}: ${all.length} calls, p50 ${at(0.5)} ms, most ${at(1)} ms of silence`);
  }
  console.log(`${unplaced} phones did not ring`);
  assert(Math.max(...silences.killed, ...silences.leaves) <= SILENCE_MILLISECONDS);
  assertEquals(unplaced + silences.killed.length + silences.leaves.length, CALLS);
});
