import { assert, assertEquals } from "../../support/assert.ts";
import {
  callBody,
  clinicWith,
  openRooms,
  type SceneOptions,
  withCalls,
} from "../../support/calls.ts";
import { assertDocumented } from "../../support/openapi.ts";

const ABSENT: Record<string, SceneOptions> = {
  "none of that name is running": { agentNames: [] },
  "it is on its way in and gets no media": { agentMediaMs: null },
  "none of any name comes by itself": { agentNames: [], hasAgent: false },
  "the one that comes by itself gets no media": { hasAgent: false, agentMediaMs: null },
};

for (const [what, options] of Object.entries(ABSENT)) {
  Deno.test(`no agent: 502, no call, and the room is deleted: ${what}`, () =>
    withCalls(async (scene) => {
      await scene.db.query("update phone_pool.settings set agent_wait_seconds = 1");
      const body = callBody(await clinicWith(scene.db, "+19712656795"));
      const answer = await scene.post(body);
      assertEquals([answer.status, answer.body.code], [502, "agent_unavailable"]);
      assertDocumented(answer);
      assertEquals(scene.simulator.state().calls, []);
      assertEquals(openRooms(scene), []);
      // Nobody can dial with the permit any more, and it is no call to the patient.
      assertEquals(
        await scene.db.query("select status, dial_error from phone_pool.intake_calls"),
        [{ status: "failed", dial_error: "agent_unavailable" }],
      );
      await scene.db.query("update phone_pool.settings set calls_per_patient_per_day = 1");
      assertEquals((await scene.post(body)).body.code, "agent_unavailable");
    }, options));
}

Deno.test("an agent that comes by itself is one: its name may be left out", () =>
  withCalls(async ({ db, simulator, post }) => {
    const answer = await post(callBody(await clinicWith(db, "+19712656795")));
    assertEquals([answer.status, answer.body.dispatch_id], [202, null]);
    assertEquals(simulator.state().calls.length, 1);
  }, { hasAgent: false }));

Deno.test("an agent that is slow is waited for", () =>
  withCalls(async ({ db, simulator, post }) => {
    const answer = await post(callBody(await clinicWith(db, "+19712656795")));
    assertEquals(answer.status, 202);
    const order = simulator.state().requests.map(({ method }) => method)
      .filter((method) => method !== "ListSIPOutboundTrunk");
    assertEquals(order[0], "CreateRoom");
    const before = order.slice(1, order.indexOf("CreateSIPParticipant"));
    // The dispatch is looked for, and the agent pinged, beside the dialling.
    const beside = ["ListDispatch", "PerformRpc"];
    const awaited = before.filter((method) => !beside.includes(method));
    assertEquals(new Set(awaited), new Set(["ListParticipants"]));
    assert(before.length > 1, "asked until it was there");
  }, { agentJoinMs: 40 }));

Deno.test("the agent is told an opaque id and no more", () =>
  withCalls(async ({ db, simulator, post }) => {
    const clinic = await clinicWith(db, "+19712656795");
    const body = callBody(clinic, { metadata: { reason: "migraine" }, intake_id: "john.doe" });
    const answer = await post(body);
    assertEquals(answer.status, 202);
    const [row] = await db.query("select id from phone_pool.intake_calls");
    const { requests } = simulator.state();
    const told = JSON.stringify(requests.filter(({ method }) => method !== "CreateSIPParticipant"));
    for (const secret of ["migraine", "john.doe", body.patient_id, "5550123", "2656795", clinic]) {
      assertEquals(told.includes(secret), false, secret);
    }
    const dial = requests.find(({ method }) => method === "CreateSIPParticipant")?.body;
    assertEquals(dial, {
      sipTrunkId: "ST_clinics",
      sipCallTo: "+12125550123",
      sipNumber: "+19712656795",
      roomName: `call-${row?.id}`,
      participantIdentity: `callee-${row?.id}`,
      participantName: "Patient",
      hidePhoneNumber: true,
      ringingTimeout: "40s",
      maxCallDuration: "3600s",
      waitUntilAnswered: true,
      media: { encryption: "SIP_MEDIA_ENCRYPT_ALLOW" },
    });
  }));
