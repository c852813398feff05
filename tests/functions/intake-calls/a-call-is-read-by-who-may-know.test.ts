import { assert, assertEquals } from "../../support/assert.ts";
import {
  agentHeaders,
  type Answer,
  callBody,
  clinicWith,
  get,
  placeCall,
  SECRET_KEY,
  userHeaders,
  withCalls,
} from "../../support/calls.ts";
import { assertDocumented } from "../../support/openapi.ts";

const PATH = "/intake-calls/{intake_id}";
const METADATA = { questions: ["allergies"], language: "en" };

Deno.test("a call is read by its intake_id, and by its agent with the token of its room", async (t) => {
  await withCalls(async (scene) => {
    const { db, post } = scene;
    const clinic = await clinicWith(db, "+19712656795");
    const other = await clinicWith(db, "+19713334444");
    const body = callBody(clinic, { intake_id: "intake-1", metadata: METADATA });
    const placed = await placeCall(scene, body);
    const room = String(placed.body.room_name);
    const id = room.replace("call-", "");
    const expected = {
      call_id: id,
      intake_id: "intake-1",
      organization_id: clinic,
      status: "dialing",
      outcome: null,
      caller_id: "+19712656795",
      attempt: 1,
      metadata: METADATA,
    };
    const shown = ({ body }: Answer): Record<string, unknown> => {
      const { created_at, dialing_at, answered_at, ended_at, ...rest } = body;
      const isAt = (value: unknown) => typeof value === "string";
      return { ...rest, times: [created_at, dialing_at, answered_at, ended_at].map(isAt) };
    };
    const own = `organization_id=${clinic}`;
    const agent = await agentHeaders(scene, room);
    const readers: [string, string, Record<string, string>][] = [
      ["the backend, by intake_id", `/intake-1?${own}`, { apikey: SECRET_KEY }],
      ["the backend, by the call's id", `/${id.toUpperCase()}?${own}`, { apikey: SECRET_KEY }],
      ["a user of the clinic", `/intake-1?${own}`, await userHeaders(clinic)],
      ["its agent", `/${id}`, agent],
      [
        "its agent, with a token that it signs itself",
        `/${id}`,
        await agentHeaders(scene, room, { agent: false, roomAdmin: true }),
      ],
    ];
    for (const [who, path, headers] of readers) {
      await t.step(who, async () => {
        const answer = await get(scene, path, headers);
        assertEquals(answer.status, 200, JSON.stringify(answer.body));
        assertDocumented(answer, PATH, "get");
        assertEquals(shown(answer), { ...expected, times: [true, true, false, false] });
        assert(!JSON.stringify(answer.body).includes("2125550123"), "not the patient's number");
      });
    }
    const refused: [string, string, Record<string, string>, number, string][] = [
      ["nobody", `/intake-1?${own}`, {}, 401, "unauthorized"],
      ["no organization", "/intake-1", { apikey: SECRET_KEY }, 422, "invalid_request"],
      ["no uuid", "/intake-1?organization_id=x", { apikey: SECRET_KEY }, 422, "invalid_request"],
      [
        "another organization",
        `/intake-1?organization_id=${other}`,
        { apikey: SECRET_KEY },
        404,
        "intake_call_not_found",
      ],
      ["a user of another", `/intake-1?${own}`, await userHeaders(other), 403, "not_allowed"],
      ["a user without it", "/intake-1", await userHeaders(clinic), 422, "invalid_request"],
      ["an unknown call", `/intake-2?${own}`, { apikey: SECRET_KEY }, 404, "intake_call_not_found"],
      ["what is no id", `/a%00b?${own}`, { apikey: SECRET_KEY }, 404, "intake_call_not_found"],
      ["no UTF-8", `/%ff?${own}`, { apikey: SECRET_KEY }, 404, "intake_call_not_found"],
      [
        "the agent of another room",
        `/${id}`,
        await agentHeaders(scene, `call-${crypto.randomUUID()}`),
        404,
        "intake_call_not_found",
      ],
      ["the agent, another call", `/${crypto.randomUUID()}`, agent, 404, "intake_call_not_found"],
      ["the agent, by intake_id", "/intake-1", agent, 404, "intake_call_not_found"],
      [
        "a participant of the room",
        `/${id}`,
        await agentHeaders(scene, room, { agent: false }),
        401,
        "unauthorized",
      ],
    ];
    for (const [who, path, headers, status, code] of refused) {
      await t.step(`${who}: ${status}`, async () => {
        const answer = await get(scene, path, headers);
        assertEquals([answer.status, answer.body.code], [status, code]);
        assertDocumented(answer, PATH, "get");
      });
    }
    await t.step(
      "its number, where the clinic's owner says so; and only to the agent",
      async () => {
        await db.query("update phone_pool.settings set agent_sees_callee = true");
        assertEquals((await get(scene, `/${id}`, agent)).body.phone_number, body.phone_number);
        assertEquals((await get(scene, `/intake-1?${own}`)).body.phone_number, undefined);
      },
    );
    await t.step("after its end", async () => {
      await post({ outcome: "busy" }, agent, `/${id}/ended`);
      const answer = await get(scene, `/intake-1?${own}`);
      assertEquals(shown(answer), {
        ...expected,
        status: "busy",
        outcome: "busy",
        times: [true, true, false, true],
      });
    });
    await t.step("the second call to the patient", async () => {
      // LiveKit tells that the phone is down.
      await db.query("update phone_pool.intake_calls set room_finished_at = phone_pool.clock()");
      const again = { ...body, intake_id: "intake-2" };
      assertEquals((await post(again)).status, 202);
      assertEquals((await get(scene, `/intake-2?${own}`)).body.attempt, 2);
    });
    await t.step("a call that was refused is none", async () => {
      await db.query("select add_do_not_call('+12125550199', $1)", [clinic]);
      const refusedCall = { ...body, intake_id: "intake-3", phone_number: "+12125550199" };
      assertEquals((await post(refusedCall)).status, 403);
      assertEquals((await get(scene, `/intake-3?${own}`)).status, 404);
    });
  }, { delay: () => Promise.resolve() });
});
