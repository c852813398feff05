import { RoomServiceClient } from "livekit-server-sdk";
import type { Outcome } from "../../../supabase/local/simulators/livekit/outcomes.ts";
import { assert, assertEquals, assertNotMatch } from "../../support/assert.ts";
import { callBody, clinicWith, placeCall } from "../../support/calls.ts";
import { until, untilEnded, type WebhookScene, withWebhooks } from "../../support/webhooks.ts";

interface Row extends Record<string, unknown> {
  id: string;
  status: string;
  reason: string | null;
  rang: boolean;
  talked: boolean;
  ended: boolean;
}

type End = [status: string, reason: string | null];
interface Case {
  outcome: Outcome;
  /** By the webhooks alone. */
  told: End;
  /** When LiveKit's answer to the dial was waited for; the same, if not given. */
  followed?: End;
}

const INVALID = "Caller Origination Number is Invalid D35";
const CASES: Record<string, Case> = {
  "the patient hangs up": {
    outcome: { kind: "answered", hangUpAfterMs: 50 },
    told: ["completed", null],
  },
  "nobody picks up": { outcome: { kind: "no-answer" }, told: ["no_answer", "user_unavailable"] },
  "busy, which webhooks do not tell from declined": {
    outcome: { kind: "busy" },
    told: ["declined", "user_rejected"],
    followed: ["busy", "callee_busy"],
  },
  "declined": {
    outcome: { kind: "declined" },
    told: ["declined", "user_rejected"],
    followed: ["declined", "callee_declined"],
  },
  "the carrier refuses the caller ID, which webhooks do not tell from declined": {
    outcome: { kind: "sip-status", status: 403, reason: INVALID },
    told: ["declined", "user_rejected"],
    followed: ["failed", "carrier_failure"],
  },
  "no such number": {
    outcome: { kind: "not-found" },
    told: ["no_answer", "user_unavailable"],
    followed: ["no_answer", "callee_unavailable"],
  },
  "the carrier fails": {
    outcome: { kind: "carrier-failure" },
    told: ["failed", "carrier_failure"],
  },
  "the carrier is down": {
    outcome: { kind: "unavailable" },
    told: ["failed", "carrier_failure"],
  },
  "the carrier is silent": { outcome: { kind: "silent" }, told: ["no_answer", "user_unavailable"] },
  "the sound is lost": {
    outcome: { kind: "media-timeout", silentAfterMs: 50 },
    told: ["failed", "media_timeout"],
  },
};

// LiveKit's seconds: long enough for an answer to be given while a phone rings.
const FAST = { answerMs: 1, millisecondsPerSecond: 50, agentJoinMs: 0 };

async function rowOf({ db }: WebhookScene, sipCallId: unknown): Promise<Row> {
  const [row] = await db.query<Row>(
    `select id, status, reason, ring_time is not null as rang, talk_time is not null as talked,
       ended_at is not null as ended
     from phone_pool.intake_calls where sip_call_id = $1`,
    [sipCallId],
  );
  assert(row);
  return row;
}

for (const isFollowed of [true, false]) {
  const name = `each end of a call is told apart, ${
    isFollowed ? "" : "not "
  }followed to its answer`;
  Deno.test(name, (t) =>
    withWebhooks(async (scene) => {
      const clinic = await clinicWith(scene.db, "+19712656795");
      for (
        const [k, [what, { outcome, told, followed = told }]] of Object.entries(CASES).entries()
      ) {
        await t.step(what, async () => {
          const callee = `+121255510${10 + k}`;
          const call = callBody(clinic, { phone_number: callee });
          const { body } = await placeCall(scene, call, outcome);
          await untilEnded(scene, body.sip_call_id);
          await scene.background();
          const { id: _, ...row } = await rowOf(scene, body.sip_call_id);
          const [status, reason] = isFollowed ? followed : told;
          const wasAnswered = ["answered", "media-timeout"].includes(outcome.kind);
          // Without the answer nobody knows since when they talked: null, not a guess.
          const talked = wasAnswered && isFollowed;
          const rang = talked || ["no_answer", "busy", "declined"].includes(status);
          assertEquals(row, { status, reason, rang, talked, ended: true });
          assertEquals(simulatorCalls(scene, callee), 1);
        });
      }
    }, { ...FAST, diesWithItsAnswer: !isFollowed }));
}

const simulatorCalls = ({ simulator }: WebhookScene, callee: string) =>
  simulator.state().calls.filter(({ to }) => to === callee).length;

Deno.test("what we end is told apart, and nothing stored or logged names a number", async (t) => {
  await withWebhooks(async (scene) => {
    const { db, simulator, post } = scene;
    const clinic = await clinicWith(db, "+19712656795");
    await t.step("we end it before it is answered", async () => {
      const callee = "+12125551101";
      const { body } = await placeCall(scene, callBody(clinic, { phone_number: callee }));
      await deleteRoom(scene, String(body.room_name));
      await untilEnded(scene, body.sip_call_id);
      const row = await rowOf(scene, body.sip_call_id);
      assertEquals([row.status, row.reason], ["cancelled", "ended_by_us"]);
    });
    await t.step("we end it while they talk, and the agent told when they began", async () => {
      const callee = "+12125551102";
      simulator.control.setOutcomes({ [callee]: { kind: "answered" } });
      const { body } = await post(callBody(clinic, { phone_number: callee }));
      await until(
        "the answer",
        () =>
          simulator.state().calls.some(({ to, answeredAt }) =>
            to === callee && answeredAt !== undefined
          ),
      );
      const { id } = await rowOf(scene, body.sip_call_id);
      const answered = await post("", undefined, `/${id}/answered`);
      assertEquals(answered.body, { intake_id: body.intake_id, status: "answered" });
      await deleteRoom(scene, String(body.room_name));
      await untilEnded(scene, body.sip_call_id);
      const row = await rowOf(scene, body.sip_call_id);
      assertEquals([row.status, row.rang, row.talked], ["completed", true, true]);
    });
    for (const line of [...scene.logs, ...scene.webhookLogs]) {
      assertNotMatch(line, /\+1\d{10}|\beyJ/);
    }
    const stored = await db.query("select payload from phone_pool.webhook_events");
    assertNotMatch(JSON.stringify(stored), /\+?1?2125551|Patient|call_id/);
  }, FAST);
});

async function deleteRoom({ simulator }: WebhookScene, name: string): Promise<void> {
  const { apiKey, apiSecret } = simulator.settings;
  await new RoomServiceClient(simulator.url, apiKey, apiSecret).deleteRoom(name);
}
