import type { WebhookFault } from "../../../supabase/local/simulators/livekit/webhook-faults.ts";
import type { Outcome } from "../../../supabase/local/simulators/livekit/outcomes.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { callBody, clinicWith, placeCall } from "../../support/calls.ts";
import { sweep, travel } from "../../support/pool.ts";
import { untilEnded, type WebhookScene, withWebhooks } from "../../support/webhooks.ts";

const OUTCOMES: Record<string, Outcome> = {
  completed: { kind: "answered", hangUpAfterMs: 2 },
  no_answer: { kind: "not-found" },
  busy: { kind: "busy" },
  declined: { kind: "declined" },
  failed: { kind: "carrier-failure" },
};

const FAULTS: [what: string, faults: WebhookFault[]][] = [
  ["all twice", [{ event: "*", kind: "duplicate" }]],
  ["the joining after the leaving", [{ event: "participant_joined", kind: "reorder", times: 1 }]],
  ["the leaving last", [{ event: "participant_left", kind: "reorder", times: 1 }]],
  ["the joining lost", [{ event: "participant_joined", kind: "drop" }]],
  ["the leaving lost", [{ event: "participant_left", kind: "drop" }]],
  ["all lost", [{ event: "*", kind: "drop" }]],
  ["the leaving forged", [{ event: "participant_left", kind: "tampered" }]],
];

async function endOf(scene: WebhookScene, status: string, callee: string, clinic: string) {
  const { simulator, db } = scene;
  const call = callBody(clinic, { phone_number: callee });
  const { body } = await placeCall(scene, call, OUTCOMES[status] ?? { kind: "no-answer" });
  await untilEnded(scene, body.sip_call_id);
  await scene.background();
  await simulator.control.releaseWebhooks();
  await simulator.control.webhooksIdle();
  const [row] = await db.query(
    "select id, status from phone_pool.intake_calls where sip_call_id = $1",
    [body.sip_call_id],
  );
  assert(row);
  return row;
}

Deno.test("order, repetition and loss of webhooks do not change how a call ended", async (t) => {
  await withWebhooks(async (scene) => {
    const { db, simulator } = scene;
    const clinic = await clinicWith(db, "+19712656795");
    let k = 1000;
    const lost: unknown[] = [];
    for (const [what, faults] of FAULTS) {
      // Nothing but LiveKit's answer to the dial tells busy from declined.
      for (const status of Object.keys(OUTCOMES).filter((each) => each !== "busy")) {
        await t.step(`${what}: ${status}`, async () => {
          simulator.control.setWebhookFaults(faults);
          const row = await endOf(scene, status, `+1212555${k++}`, clinic);
          if (row.status === "dialing") lost.push(row.id);
          else assertEquals(row.status, status);
        });
      }
    }
    await t.step("what was lost is unknown after the sweep, and nothing else is", async () => {
      assertEquals(lost.length, 12);
      await travel(db, "100 minutes");
      assertEquals((await sweep(db)).close_lost_calls, 12);
      const rows = await db.query(
        "select status, reason, talk_time from phone_pool.intake_calls where id = any($1)",
        [lost],
      );
      assertEquals(
        rows,
        lost.map(() => ({ status: "unknown", reason: "outcome_unknown", talk_time: null })),
      );
    });
  }, { ...FAST, diesWithItsAnswer: true });
});

Deno.test("nor do they when the dial was followed to its answer, which they cannot lose", async (t) => {
  await withWebhooks(async (scene) => {
    const clinic = await clinicWith(scene.db, "+19712656795");
    let k = 1000;
    for (const [what, faults] of FAULTS) {
      for (const status of Object.keys(OUTCOMES)) {
        await t.step(`${what}: ${status}`, async () => {
          scene.simulator.control.setWebhookFaults(faults);
          const row = await endOf(scene, status, `+1212555${k++}`, clinic);
          const isEndLost = faults.some(({ event, kind }) =>
            event !== "participant_joined" && (kind === "drop" || kind === "tampered")
          );
          assertEquals(row.status, isEndLost && status === "completed" ? "answered" : status);
        });
      }
    }
  }, FAST);
});

const FAST = { answerMs: 1, millisecondsPerSecond: 100, agentJoinMs: 0 };
