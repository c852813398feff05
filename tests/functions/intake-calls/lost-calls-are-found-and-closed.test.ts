import { assertEquals } from "../../support/assert.ts";
import {
  callBody,
  clinicWith,
  NUDGE_SECRET,
  openRooms,
  type Scene,
  SECRET_KEY,
  withCalls,
} from "../../support/calls.ts";
import { setVault, sweep, travel, value } from "../../support/pool.ts";

const nudge = (scene: Scene, secret = NUDGE_SECRET) =>
  scene.post("{}", { Authorization: `Bearer ${secret}` }, "/sweep").then(async (answer) => {
    await scene.background();
    return answer;
  });

const statusOf = ({ db }: Scene) =>
  value<string>(db, "select status from phone_pool.intake_calls order by created_at desc limit 1");

const nudges = ({ db }: Scene) =>
  value<number>(
    db,
    "select count(*)::int from net.http_request_queue where url like '%/intake-calls/sweep'",
  );

Deno.test("a call that LiveKit no longer knows is closed as unknown; one that goes on is not", () =>
  withCalls(async (scene) => {
    const { db, simulator, post } = scene;
    await setVault(db, { secret: NUDGE_SECRET });
    const { body } = await post(callBody(await clinicWith(db, "+19712656795")));
    assertEquals((await sweep(db)).close_lost_calls, 0);
    assertEquals(await nudges(scene), 0, "a call that has just begun is not asked after");

    await travel(db, "3 minutes");
    await sweep(db);
    assertEquals(await nudges(scene), 1);
    assertEquals((await nudge(scene)).status, 202);
    assertEquals(await statusOf(scene), "dialing", "the phone leg is in the room");
    await sweep(db);
    assertEquals(await nudges(scene), 1, "not before two minutes have passed");

    // No webhook tells: the simulator has none to send to.
    simulator.control.answer(String(body.sip_call_id));
    simulator.control.hangUp(String(body.sip_call_id));
    await travel(db, "6 minutes");
    await nudge(scene);
    assertEquals(await statusOf(scene), "unknown");
  }, { answerMs: 60_000 }));

Deno.test("LiveKit away: nothing is concluded from it", () =>
  withCalls(async (scene) => {
    const { db, simulator, post } = scene;
    await post(callBody(await clinicWith(db, "+19712656795")));
    simulator.control.setFaults({ method: "*", kind: "unavailable" });
    await travel(db, "3 minutes");
    await nudge(scene);
    assertEquals(await statusOf(scene), "dialing");
  }, { answerMs: 60_000 }));

Deno.test("a call that must be over by its own limits is closed without asking", () =>
  withCalls(async (scene) => {
    await scene.post(callBody(await clinicWith(scene.db, "+19712656795")));
    await travel(scene.db, "64 minutes");
    assertEquals((await sweep(scene.db)).close_lost_calls, 0);
    await travel(scene.db, "66 minutes");
    assertEquals((await sweep(scene.db)).close_lost_calls, 1);
    assertEquals(await statusOf(scene), "unknown");
  }));

Deno.test("a permit that nobody used is closed, and its caller told so", () =>
  withCalls(async (scene) => {
    const { db, post } = scene;
    const body = callBody(await clinicWith(db, "+19712656795"), { intake_id: "intake-1" });
    await assertFails(() => post(body));
    assertEquals(await statusOf(scene), "queued");
    await travel(db, "2 minutes");
    assertEquals((await sweep(db)).close_lost_calls, 1);
    assertEquals(await statusOf(scene), "failed");
    const again = await post(body);
    assertEquals([again.status, again.body.code], [409, "permit_expired"]);
  }, {
    // The function dies with its first permit in hand.
    wrapDatabase: (call) => async (name, parameters, result) => {
      const answer = await call(name, parameters, result);
      if (name === "open_intake_call" && isFirst) {
        isFirst = false;
        throw new Error("killed");
      }
      return answer;
    },
  }));
let isFirst = true;

async function assertFails(ask: () => ReturnType<Scene["post"]>): Promise<void> {
  assertEquals((await ask()).status, 500);
}

Deno.test("a room that could not be deleted is deleted later", () =>
  withCalls(async (scene) => {
    const { db, simulator, post } = scene;
    simulator.control.setFaults([
      { method: "CreateSIPParticipant", kind: "reset-before" },
      { method: "DeleteRoom", kind: "unavailable" },
    ]);
    assertEquals((await post(callBody(await clinicWith(db, "+19712656795")))).status, 502);
    assertEquals(openRooms(scene).length, 1);
    assertEquals(scene.logs.filter((line) => line.includes("room_not_deleted")).length, 1);
    simulator.control.setFaults([]);
    await travel(db, "1 minute");
    await nudge(scene);
    assertEquals(openRooms(scene), []);
  }));

Deno.test("only Postgres may ask for it", () =>
  withCalls(async (scene) => {
    assertEquals((await nudge(scene, "wrong")).status, 401);
    assertEquals((await nudge(scene, SECRET_KEY)).status, 401);
    assertEquals(scene.simulator.state().requests, []);
  }));
