import { RoomServiceClient } from "livekit-server-sdk";
import type { Outcome } from "../../../supabase/local/simulators/livekit/outcomes.ts";
import { assert, assertEquals, assertNotMatch } from "../../support/assert.ts";
import { callBody, clinicWith } from "../../support/calls.ts";
import { until, untilEnded, type WebhookScene, withWebhooks } from "../../support/webhooks.ts";

interface Row extends Record<string, unknown> {
  id: string;
  status: string;
  reason: string | null;
  rang: boolean;
  talked: boolean;
  ended: boolean;
}

const CASES: [what: string, outcome: Outcome, status: string, reason: string | null][] = [
  ["the patient hangs up", { kind: "answered", hangUpAfterMs: 5 }, "completed", null],
  ["nobody picks up", { kind: "no-answer" }, "no_answer", "user_unavailable"],
  [
    "busy, which LiveKit does not tell from declined",
    { kind: "busy" },
    "declined",
    "user_rejected",
  ],
  ["declined", { kind: "declined" }, "declined", "user_rejected"],
  ["no such number", { kind: "not-found" }, "no_answer", "user_unavailable"],
  ["the carrier fails", { kind: "carrier-failure" }, "failed", "carrier_failure"],
  ["the carrier is down", { kind: "unavailable" }, "failed", "carrier_failure"],
  ["the sound is lost", { kind: "media-timeout", silentAfterMs: 5 }, "failed", "media_timeout"],
];

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

Deno.test("each end of a call is told apart by what LiveKit sends", async (t) => {
  await withWebhooks(async (scene) => {
    const { db, simulator, post } = scene;
    const clinic = await clinicWith(db, "+19712656795");
    for (const [k, [what, outcome, status, reason]] of CASES.entries()) {
      await t.step(what, async () => {
        const callee = `+121255510${10 + k}`;
        simulator.control.setOutcomes({ [callee]: outcome });
        const { body } = await post(callBody(clinic, { phone_number: callee }));
        await untilEnded(scene, body.sip_call_id);
        const { id: _, ...row } = await rowOf(scene, body.sip_call_id);
        const rang = ["no_answer", "declined"].includes(status);
        // Without the agent nobody knows since when they talked: null, not a guess.
        assertEquals(row, { status, reason, rang, talked: false, ended: true });
      });
    }
    await t.step("we end it before it is answered", async () => {
      const callee = "+12125551101";
      simulator.control.setOutcomes({ [callee]: { kind: "no-answer" } });
      const { body } = await post(callBody(clinic, { phone_number: callee }));
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
      assertNotMatch(line, /\+1\d{10}|eyJ/);
    }
    const stored = await db.query("select payload from phone_pool.webhook_events");
    assertNotMatch(JSON.stringify(stored), /\+?1?2125551|Patient|call_id/);
  }, { answerMs: 1, millisecondsPerSecond: 20, agentJoinMs: 0 });
});

async function deleteRoom({ simulator }: WebhookScene, name: string): Promise<void> {
  const { apiKey, apiSecret } = simulator.settings;
  await new RoomServiceClient(simulator.url, apiKey, apiSecret).deleteRoom(name);
}
