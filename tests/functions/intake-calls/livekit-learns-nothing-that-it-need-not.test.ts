import { SipClient } from "livekit-server-sdk";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { callBody, clinicWith, placeCall, TRUNK, withCalls } from "../../support/calls.ts";
import { value } from "../../support/pool.ts";

const PHONE = "+12125550123";

Deno.test("the agent is told the id of its call, the room takes one phone, and no number is shown", () =>
  withCalls(async (scene) => {
    const { db, simulator } = scene;
    const body = callBody(await clinicWith(db, "+19712656795"), {
      phone_number: PHONE,
      metadata: { language: "es" },
    });
    const { body: { room_name } } = await placeCall(scene, body);
    const { rooms, participants, dispatches, requests } = simulator.state();

    const id = await value<string>(db, "select id from phone_pool.intake_calls");
    assertEquals(
      dispatches.map((dispatch) => JSON.parse(Object(dispatch).metadata)),
      [{ call_id: id }],
    );
    // Who is in a room is told to everybody in it, and by webhooks.
    const shown = JSON.stringify([rooms, participants]);
    assert(!/2125550123|9712656795|language/.test(shown), shown);
    // The numbers go to LiveKit once, to be dialled.
    const told = requests.filter((request) => JSON.stringify(request.body).includes(PHONE));
    assertEquals(told.map(({ method }) => method), ["CreateSIPParticipant"]);
    assert(!JSON.stringify(requests).includes("language"));

    const { apiKey, apiSecret } = simulator.settings;
    const second = new SipClient(simulator.url, apiKey, apiSecret);
    await assertRejects(() =>
      second.createSipParticipant(TRUNK.id, "+12125550124", String(room_name), {
        fromNumber: "+19712656795",
        participantIdentity: "callee-of-another-call",
      })
    );
    assertEquals(simulator.state().calls.length, 1);
  }));
