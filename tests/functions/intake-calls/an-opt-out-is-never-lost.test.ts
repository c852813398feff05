import { assertEquals } from "../../support/assert.ts";
import {
  agentHeaders,
  callBody,
  clinicWith,
  placeCall,
  type Scene,
  SECRET_KEY,
  userHeaders,
  withCalls,
} from "../../support/calls.ts";
import { assertDocumented } from "../../support/openapi.ts";
import { values } from "../../support/pool.ts";

const backend = { apikey: SECRET_KEY };

/** Organization and number of each entry on the list. */
const suppressed = ({ db }: Scene) =>
  values<string>(
    db,
    `select coalesce(organization_id::text, 'all') || ' ' || phone_number as value
     from phone_pool.do_not_call where removed_at is null order by phone_number, 1`,
  );

async function ask(scene: Scene, path: string, headers: Record<string, string>, body: unknown) {
  const answer = await scene.post(body, headers, `/${path}/opt-out`);
  assertDocumented(answer, "/intake-calls/{intake_id}/opt-out");
  return [answer.status, answer.body.code];
}

Deno.test("a stop counts, however another clinic names its calls", () =>
  withCalls(async (scene) => {
    const b = await clinicWith(scene.db, "+19713334444");
    const called = await placeCall(scene, callBody(b, { phone_number: "+12125550111" }));
    const room = String(called.body.room_name);
    const id = room.replace("call-", "");
    // Clinic A names its call as the id of B's reads.
    const a = await clinicWith(scene.db, "+19712656795");
    await placeCall(scene, callBody(a, { intake_id: id, phone_number: "+12125550122" }));
    const agent = await agentHeaders(scene, room);
    assertEquals(await ask(scene, id, agent, {}), [200, undefined]);
    assertEquals(await suppressed(scene), [`${b} +12125550111`]);
    // An id without an organization is that of its call; with one, it is its intake_id.
    await scene.db.query("select remove_do_not_call('+12125550111', $1, 'a test')", [b]);
    assertEquals(await ask(scene, id, backend, {}), [200, undefined]);
    assertEquals(await suppressed(scene), [`${b} +12125550111`]);
    assertEquals(await ask(scene, id, backend, { organization_id: a }), [200, undefined]);
    assertEquals(await suppressed(scene), [`${b} +12125550111`, `${a} +12125550122`]);
  }));

Deno.test("two clinics use one intake_id, and nobody says whose: it counts for both", () =>
  withCalls(async (scene) => {
    const clinics = [
      await clinicWith(scene.db, "+19712656795"),
      await clinicWith(scene.db, "+19713334444"),
    ];
    for (const [k, clinic] of clinics.entries()) {
      const phone_number = `+1212555012${k}`;
      await placeCall(scene, callBody(clinic, { intake_id: "intake-1", phone_number }));
    }
    assertEquals(await ask(scene, "intake-1", backend, {}), [200, undefined]);
    assertEquals(await suppressed(scene), [
      `${clinics[0]} +12125550120`,
      `${clinics[1]} +12125550121`,
    ]);
  }));

Deno.test("a call that cannot be found: the number is suppressed all the same", async (t) => {
  await withCalls(async (scene) => {
    const clinic = await clinicWith(scene.db, "+19712656795");
    const called = await placeCall(scene, callBody(clinic, { phone_number: "+12125550111" }));
    const agent = await agentHeaders(scene, String(called.body.room_name));
    const elsewhere = await agentHeaders(scene, "somewhere");
    const user = await userHeaders(clinic);
    const number = (k: number) => `+1212555020${k}`;
    type Case = [string, string, Record<string, string>, object, string];
    const cases: Case[] = [
      ["the backend", "lost", backend, { organization_id: clinic }, clinic],
      ["the backend, that knows no organization", "lost", backend, {}, "all"],
      ["a user", "lost", user, { organization_id: clinic }, clinic],
      ["the agent of a room, that names the call wrongly", "lost", agent, {}, clinic],
      ["an agent whose room is no call's", "lost", elsewhere, {}, "all"],
      ["a name that no call can have", "%00%ff", backend, { organization_id: clinic }, clinic],
    ];
    for (const [k, [what, path, headers, body, whose]] of cases.entries()) {
      await t.step(what, async () => {
        const before = await suppressed(scene);
        const told = { ...body, phone_number: number(k), reason: "said stop" };
        assertEquals(await ask(scene, path, headers, told), [200, undefined]);
        const now = (await suppressed(scene)).filter((entry) => !before.includes(entry));
        assertEquals(now, [`${whose} ${number(k)}`]);
      });
    }
    await t.step("a call that is found, and another number as well", async () => {
      const told = { organization_id: clinic, phone_number: "(no number)" };
      assertEquals(await ask(scene, String(called.body.intake_id), backend, told), [
        200,
        undefined,
      ]);
      const both = { organization_id: clinic, phone_number: "+1 (212) 555-0299" };
      assertEquals(await ask(scene, String(called.body.intake_id), backend, both), [
        200,
        undefined,
      ]);
      const now = await suppressed(scene);
      assertEquals(
        [now.includes(`${clinic} +12125550111`), now.includes(`${clinic} +12125550299`)],
        [
          true,
          true,
        ],
      );
    });
    await t.step("neither call nor number: an error that says what to send", async () => {
      assertEquals(await ask(scene, "lost", backend, {}), [404, "intake_call_not_found"]);
      const told = { phone_number: "(no number)" };
      assertEquals(await ask(scene, "lost", backend, told), [422, "invalid_request"]);
    });
    await t.step("a user speaks for the own organization only", async () => {
      const foreign = await userHeaders(await clinicWith(scene.db, "+19713334444"));
      const told = { organization_id: clinic, phone_number: "+12125550777" };
      assertEquals(await ask(scene, "lost", foreign, told), [403, "not_allowed"]);
      assertEquals(await ask(scene, "lost", foreign, { phone_number: "+12125550777" }), [
        403,
        "not_allowed",
      ]);
    });
  });
});
