import { RoomServiceClient } from "livekit-server-sdk";
import type { Outcome } from "../../../supabase/local/simulators/livekit/outcomes.ts";
import {
  assert,
  assertEquals,
  assertNotMatch,
  assertStringIncludes,
} from "../../support/assert.ts";
import { callBody, clinicWith, openRooms, placeCall, withCalls } from "../../support/calls.ts";
import type { Scene } from "../../support/calls.ts";
import { until } from "../../support/webhooks.ts";

// No test here has a webhook: everything that is known comes from LiveKit's answer to the dial.

async function rowOf({ db }: Scene, sipCallId: unknown) {
  const [row] = await db.query(
    `select id, status, reason, dial_sip_status, dial_failure, dial_answered_at, answered_at
     from phone_pool.intake_calls where sip_call_id = $1`,
    [sipCallId],
  );
  assert(row);
  return row;
}

const sip = (status: number, reason?: string): Outcome => ({ kind: "sip-status", status, reason });
const NO_ONE = ["no_answer", "callee_unavailable"];
const CARRIER = ["failed", "carrier_failure"];
const BLOCKED = ["blocked", "call_blocked"];

const REFUSALS: [outcome: Outcome, status: number, end: string[], failure: string][] = [
  [{ kind: "busy" }, 486, ["busy", "callee_busy"], "429 resource_exhausted sip 486 Busy Here"],
  [sip(600), 600, ["busy", "callee_busy"], "429 resource_exhausted sip 600 SIP_STATUS_600"],
  [
    { kind: "declined" },
    603,
    ["declined", "callee_declined"],
    "403 permission_denied sip 603 Decline",
  ],
  [
    sip(607, "Unwanted"),
    607,
    BLOCKED,
    "403 permission_denied sip 607 Unwanted",
  ],
  [sip(608, "Rejected"), 608, BLOCKED, "403 permission_denied sip 608 Rejected"],
  [
    sip(603, "Network Blocked"),
    603,
    BLOCKED,
    "403 permission_denied sip 603 Network Blocked",
  ],
  [
    { kind: "sip-status", status: 488 },
    488,
    ["failed", "media_refused"],
    "400 invalid_argument sip 488 Not Acceptable Here",
  ],
  [{ kind: "not-found" }, 404, NO_ONE, "404 not_found sip 404 Not Found"],
  [sip(408), 408, NO_ONE, "408 deadline_exceeded sip 408 Request Timeout"],
  [sip(480), 480, NO_ONE, "429 resource_exhausted sip 480 Temporarily Unavailable"],
  [sip(487, "Request Terminated"), 487, NO_ONE, "409 aborted sip 487 Request Terminated"],
  [
    sip(403, "Caller Origination Number is Invalid D35"),
    403,
    CARRIER,
    "403 permission_denied sip 403 Caller Origination Number is Invalid D35",
  ],
  [sip(403, "+12125550123 not allowed"), 403, CARRIER, "403 permission_denied sip 403"],
  [{ kind: "unavailable" }, 503, CARRIER, "412 failed_precondition sip 503 Service Unavailable"],
];

Deno.test("how a carrier refuses a call is told by its SIP status", async (t) => {
  await withCalls(async (scene) => {
    const { db, simulator } = scene;
    const clinic = await clinicWith(db, "+19712656795");
    for (const [k, [outcome, sipStatus, [status, reason], failure]] of REFUSALS.entries()) {
      await t.step(failure, async () => {
        const body = callBody(clinic, {
          phone_number: `+121255510${10 + k}`,
          intake_id: `call-${k}`,
        });
        const placed = await placeCall(scene, body);
        const whileItRings = await scene.post(body);
        assertEquals(
          [whileItRings.status, whileItRings.body.sip_call_id, whileItRings.body.status],
          [200, placed.body.sip_call_id, "dialing"],
        );
        assertEquals((await rowOf(scene, placed.body.sip_call_id)).status, "dialing");

        simulator.control.play(String(placed.body.sip_call_id), outcome);
        await scene.background();
        const row = await rowOf(scene, placed.body.sip_call_id);
        assertEquals([row.status, row.reason], [status, reason]);
        assertEquals([row.dial_sip_status, row.dial_failure], [sipStatus, `livekit ${failure}`]);
        assertEquals(openRooms(scene), []);
        const later = (await scene.post(body)).body;
        assertEquals([later.status, later.outcome], [status, status], "and it is told so");
      });
    }
    assertEquals(simulator.state().calls.length, REFUSALS.length, "no second INVITE");
    for (const line of scene.logs) assertNotMatch(line, /\+?1?2125550123|555101/);
  }, { answerMs: 1 });
});

Deno.test("the moment of the answer is LiveKit's, whatever an agent says before or after", () =>
  withCalls(async (scene) => {
    const { db, simulator } = scene;
    const clinic = await clinicWith(db, "+19712656795");
    for (const agentFirst of [true, false]) {
      const phone_number = agentFirst ? "+12125550123" : "+12125550124";
      const { body } = await placeCall(scene, callBody(clinic, { phone_number }));
      const { id } = await rowOf(scene, body.sip_call_id);
      const report = () => scene.post("", undefined, `/${id}/answered`);
      if (agentFirst) assertEquals((await report()).body.status, "answered");
      const before = new Date();
      simulator.control.answer(String(body.sip_call_id));
      await scene.background();
      if (!agentFirst) assertEquals((await report()).body.status, "answered");
      const row = await rowOf(scene, body.sip_call_id);
      assertEquals([row.status, row.answered_at], ["answered", row.dial_answered_at]);
      const at = row.answered_at;
      assert(at instanceof Date && at >= before && at <= new Date());
      assert(openRooms(scene).includes(String(body.room_name)));
    }
  }));

const UNKNOWN: Record<string, (scene: Scene, room: string) => Promise<unknown>> = {
  "LiveKit goes away": ({ simulator }) => simulator.stop(),
  "the room is deleted": ({ simulator }, room) => {
    const { apiKey, apiSecret } = simulator.settings;
    return new RoomServiceClient(simulator.url, apiKey, apiSecret).deleteRoom(room);
  },
};

for (const [what, happens] of Object.entries(UNKNOWN)) {
  Deno.test(`an answer that tells nothing changes nothing: ${what}`, () =>
    withCalls(async (scene) => {
      const { body } = await placeCall(scene, callBody(await clinicWith(scene.db, "+19712656795")));
      await happens(scene, String(body.room_name));
      await scene.background();
      const row = await rowOf(scene, body.sip_call_id);
      assertEquals([row.status, row.dial_failure], ["dialing", null]);
      assertStringIncludes(scene.logs.join(), "call_not_followed");
      assertEquals(scene.simulator.state().calls.length, 1);
    }));
}

Deno.test("a connection that breaks while the phone rings does not end the call", () =>
  withCalls(async (scene) => {
    const { simulator, post, db } = scene;
    simulator.control.setFaults({ method: "CreateSIPParticipant", kind: "reset-after" });
    const answer = await post(callBody(await clinicWith(db, "+19712656795")));
    assertEquals(answer.status, 202);
    await scene.background();
    assertEquals((await rowOf(scene, answer.body.sip_call_id)).status, "dialing");
    assertEquals(simulator.state().calls.map(({ status }) => status), ["active"]);
  }, { answerMs: 500 }));

// Five real seconds: as long as LiveKit is given to show that it has the call.
Deno.test("a call that was given up, and then answered, is hung up", () =>
  withCalls(async (scene) => {
    const { db, simulator, post } = scene;
    const clinic = await clinicWith(db, "+19712656795");
    simulator.control.setFaults(["ListParticipants", "DeleteRoom"]
      .map((method) => ({ method, kind: "unavailable", after: "CreateSIPParticipant" })));
    simulator.control.setOutcomes({ "*": { kind: "silent" } });
    assertEquals((await post(callBody(clinic))).status, 504);
    simulator.control.setFaults([]);
    const [call] = simulator.state().calls;
    assertEquals(call?.status, "dialing");
    simulator.control.answer(call?.id ?? "");
    await until("the room is deleted", () => openRooms(scene).length === 0);
    await scene.background();
    assertEquals(
      await db.query("select status, reason, dial_error from phone_pool.intake_calls"),
      [{ status: "failed", reason: "telephony_timeout", dial_error: "telephony_timeout" }],
    );
  }));
