import { assert, assertEquals } from "../../support/assert.ts";
import {
  agentHeaders,
  callBody,
  clinicWith,
  openRooms,
  placeCall,
  type Scene,
  SECRET_KEY,
  userHeaders,
  withCalls,
} from "../../support/calls.ts";
import { assertDocumented } from "../../support/openapi.ts";
import { registerOne } from "../../support/pool.ts";

const PATH = "/intake-calls/{intake_id}";

interface Placed {
  id: string;
  room_name: string;
  intake_id: string;
}

/** A call that rings on: the function is not told of its answer. */
async function place(scene: Scene, clinic: string, intakeId: string): Promise<Placed> {
  const phone_number = `+1212555${1000 + Math.floor(Math.random() * 9000)}`;
  await placeCall(scene, callBody(clinic, { intake_id: intakeId, phone_number }));
  const [row] = await scene.db.query<Placed & Record<string, unknown>>(
    `select id, room_name, intake_id from phone_pool.intake_calls
     where intake_id = $1 and organization_id = $2`,
    [intakeId, clinic],
  );
  assert(row);
  return row;
}

const backend = { apikey: SECRET_KEY };

Deno.test("the agent tells when it was answered and how it ended", () =>
  withCalls(async (scene) => {
    const { db, post } = scene;
    const clinic = await clinicWith(db, "+19712656795");
    const call = await place(scene, clinic, "intake-1");
    const headers = await agentHeaders(scene, call.room_name);
    const answered = await post("", headers, `/${call.id}/answered`);
    assertDocumented(answered, `${PATH}/answered`);
    assertEquals(answered.body, { intake_id: "intake-1", status: "answered" });
    const at = new Date(Date.now() + 3000).toISOString();
    const ended = await post({ outcome: "completed", at }, headers, `/intake-1/ended`);
    assertDocumented(ended, `${PATH}/ended`);
    assertEquals(ended.body, { intake_id: "intake-1", status: "completed" });
    const [row] = await db.query(
      `select extract(epoch from talk_time) between 3 and 8 as talked,
         ring_time is not null as rang from phone_pool.intake_calls`,
    );
    assertEquals(row, { talked: true, rang: true });
    // Said again, and otherwise: the first word holds.
    assertEquals((await post({ outcome: "failed" }, headers, "/intake-1/ended")).status, 200);
    assertEquals(
      await db.query("select status, reported_outcome from phone_pool.intake_calls"),
      [{ status: "completed", reported_outcome: "completed" }],
    );
  }));

Deno.test("an agent, a user, a stranger: who may report what", async (t) => {
  await withCalls(async (scene) => {
    const { db, post } = scene;
    const clinic = await clinicWith(db, "+19712656795");
    const other = await clinicWith(db, "+19713334444");
    const call = await place(scene, clinic, "intake-1");
    const another = await place(scene, other, "intake-1");
    const agent = await agentHeaders(scene, call.room_name);
    const ended = { outcome: "completed" };
    type Case = [string, Record<string, string>, string, unknown, number];
    const cases: Case[] = [
      ["nobody", {}, `/${call.id}/ended`, ended, 401],
      ["a wrong key", { apikey: "sb_secret_x" }, `/${call.id}/ended`, ended, 401],
      ["an agent of another room", agent, `/${another.id}/ended`, ended, 404],
      ["a token without room", await agentHeaders(scene, ""), `/${call.id}/ended`, ended, 401],
      [
        "a participant's token",
        await agentHeaders(scene, call.room_name, { agent: false }),
        `/${call.id}/ended`,
        ended,
        401,
      ],
      ["a user", await userHeaders(clinic), `/${call.id}/ended`, ended, 403],
      ["two organizations with this intake_id", backend, "/intake-1/ended", ended, 404],
      ["an unknown call", backend, `/${crypto.randomUUID()}/answered`, "", 404],
      ["no outcome", backend, `/${call.id}/ended`, {}, 422],
      ["an unknown outcome", backend, `/${call.id}/ended`, { outcome: "won" }, 422],
      ["no JSON", backend, `/${call.id}/ended`, "{", 400],
      [
        "a time before the call",
        backend,
        `/${call.id}/answered`,
        { at: "2020-01-01T00:00:00Z" },
        422,
      ],
      ["a time to come", backend, `/${call.id}/answered`, { at: "2099-01-01T00:00:00Z" }, 422],
      ["an unknown report", backend, `/${call.id}/won`, "", 404],
      ["a path too long", backend, `/${call.id}/answered/x`, "", 404],
    ];
    for (const [what, headers, path, body, status] of cases) {
      await t.step(what, async () => {
        const answer = await post(body, headers, path);
        assertEquals(answer.status, status, JSON.stringify(answer.body));
        assertDocumented(answer, `${PATH}/${path.includes("ended") ? "ended" : "answered"}`);
      });
    }
    await t.step("none of them changed anything", async () => {
      assertEquals(
        await db.query("select distinct status from phone_pool.intake_calls"),
        [{ status: "dialing" }],
      );
    });
    await t.step("the organization tells which", async () => {
      const body = { ...ended, organization_id: other };
      assertEquals((await post(body, backend, "/intake-1/ended")).status, 200);
      assertEquals(
        await db.query("select status from phone_pool_worker.get_intake_call($1)", [another.id]),
        [{ status: "completed" }],
      );
    });
    await t.step("an agent that signs its own token", async () => {
      const own = await agentHeaders(scene, call.room_name, { agent: false, roomAdmin: true });
      assertEquals((await post(ended, own, "/intake-1/ended")).status, 200);
    });
  });
});

Deno.test("a stop is heard at once, for five years, whoever records it", async (t) => {
  await withCalls(async (scene) => {
    const { db, post, simulator } = scene;
    const clinic = await clinicWith(db, "+19712656795");
    const cases: [string, (room: string) => Promise<Record<string, string>>, object, string][] = [
      ["the agent", (room) => agentHeaders(scene, room), {}, "agent"],
      ["the backend", () => Promise.resolve(backend), {}, "backend"],
      ["a user", () => userHeaders(clinic), { organization_id: clinic }, "user:"],
    ];
    for (const [k, [who, headersFor, body, recordedBy]] of cases.entries()) {
      await t.step(who, async () => {
        const phone_number = `+1212555200${k}`;
        const request = callBody(clinic, { intake_id: `intake-${k}`, phone_number });
        await db.query("select record_consent($1, $2, $3, 'written', now())", [
          clinic,
          request.patient_id,
          phone_number,
        ]);
        const placed = await post(request);
        const headers = await headersFor(String(placed.body.room_name));
        const answer = await post(body, headers, `/intake-${k}/opt-out`);
        assertEquals(answer.status, 200, JSON.stringify(answer.body));
        assertDocumented(answer, `${PATH}/opt-out`);
        const years = new Date(String(answer.body.suppressed_until)).getFullYear() -
          new Date().getFullYear();
        assertEquals(years, 5);
        const again = await post({ ...request, intake_id: undefined });
        assertEquals([again.status, again.body.code], [403, "do_not_call"]);
        const [row] = await db.query(
          `select d.recorded_by, d.source, c.revoked_at is not null as revoked
           from phone_pool.do_not_call d join phone_pool.consents c using (phone_number)
           where d.phone_number = $1`,
          [phone_number],
        );
        assert(String(row?.recorded_by).startsWith(recordedBy));
        assertEquals([row?.source, row?.revoked], ["patient", true]);
      });
    }
    await t.step("another clinic may still call", async () => {
      const other = await clinicWith(db, "+19713334444");
      assertEquals((await post(callBody(other, { phone_number: "+12125552000" }))).status, 202);
    });
    await t.step("a user of another clinic may not say so", async () => {
      const foreign = await userHeaders(await registerOne(db));
      const body = { organization_id: clinic };
      assertEquals((await post(body, foreign, "/intake-0/opt-out")).status, 403);
      assertEquals((await post({}, foreign, "/intake-0/opt-out")).status, 403);
    });
    assertEquals(simulator.state().calls.length, 4);
    assertEquals(openRooms(scene).length, 4);
  });
});
