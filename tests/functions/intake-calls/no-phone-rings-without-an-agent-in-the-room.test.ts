import { assert, assertEquals } from "../../support/assert.ts";
import { callBody, clinicWith, openRooms, withCalls } from "../../support/calls.ts";
import { assertDocumented } from "../../support/openapi.ts";

Deno.test("no agent comes: 502, no call, and the room is deleted", () =>
  withCalls(async (scene) => {
    const answer = await scene.post(callBody(await clinicWith(scene.db, "+19712656795")));
    assertEquals([answer.status, answer.body.code], [502, "agent_unavailable"]);
    assertDocumented(answer);
    assertEquals(scene.simulator.state().calls, []);
    assertEquals(openRooms(scene), []);
    // The permit was not used: nobody can dial with it any more either.
    assertEquals(
      await scene.db.query("select status, dial_error, dialing_at from phone_pool.intake_calls"),
      [{ status: "failed", dial_error: "agent_unavailable", dialing_at: null }],
    );
  }, { agentNames: [] }));

Deno.test("an agent that is slow is waited for", () =>
  withCalls(async ({ db, simulator, post }) => {
    const answer = await post(callBody(await clinicWith(db, "+19712656795")));
    assertEquals(answer.status, 202);
    const order = simulator.state().requests.map(({ method }) => method);
    assertEquals(order.slice(0, 2), ["CreateRoom", "CreateDispatch"]);
    const before = order.slice(2, order.indexOf("CreateSIPParticipant"));
    assertEquals(new Set(before), new Set(["ListParticipants"]));
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
    });
  }));
