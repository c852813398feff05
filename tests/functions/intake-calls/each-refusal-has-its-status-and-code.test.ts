import { assertEquals, assertMatch, assertNotEquals } from "../../support/assert.ts";
import {
  type Answer,
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
import { registerOne, value } from "../../support/pool.ts";

type Case = [
  what: string,
  ask: (scene: Scene, clinic: string) => Promise<Answer>,
  expected: [status: number, code: string],
];

const raw: Case[] = [
  ["no JSON", ({ post }) => post("{"), [400, "invalid_request"]],
  ["an empty body", ({ post }) => post(""), [400, "invalid_request"]],
  ["no object", ({ post }) => post([]), [422, "invalid_request"]],
  ["nothing but brackets", ({ post }) => post("[".repeat(9999)), [422, "invalid_request"]],
  [
    "nesting without end",
    ({ post }, c) =>
      post(
        JSON.stringify(callBody(c)).replace(
          "{",
          `{"metadata":{"a":${"[".repeat(20000)}${"]".repeat(20000)}},`,
        ),
      ),
    [422, "invalid_request"],
  ],
  ["a body of 100 KiB", ({ post }) => post(" ".repeat(102400)), [413, "request_too_large"]],
  ["no credentials", ({ post }, c) => post(callBody(c), {}), [401, "unauthorized"]],
  ["a wrong key", ({ post }, c) => post(callBody(c), { apikey: "sb_secret_x" }), [
    401,
    "unauthorized",
  ]],
  [
    "another clinic's user",
    async ({ post, db }, c) => post(callBody(c), await userHeaders(await registerOne(db))),
    [403, "not_allowed"],
  ],
];

const BODIES: [string, Record<string, unknown>, [number, string]][] = [
  ["a short organization_id", { organization_id: "123" }, [422, "invalid_request"]],
  ["no patient_id", { patient_id: undefined }, [422, "invalid_request"]],
  ["an unknown field", { from_number: "+12125550100" }, [422, "invalid_request"]],
  ["a number without +", { phone_number: "2125550123" }, [422, "invalid_request"]],
  ["a SIP address", { phone_number: "sip:+12125550123@x" }, [422, "invalid_request"]],
  ["a tel: address", { phone_number: "tel:+12125550123" }, [422, "invalid_request"]],
  ["a number too short", { phone_number: "+1212555" }, [422, "invalid_request"]],
  ["an exchange that cannot be", { phone_number: "+12121550123" }, [422, "invalid_request"]],
  ["U+0000 in metadata", { metadata: { note: "a\0" } }, [422, "invalid_request"]],
  ["half a surrogate pair", { metadata: { note: "\ud800" } }, [422, "invalid_request"]],
  ["metadata of 9 KiB", { metadata: { note: "x".repeat(9000) } }, [422, "invalid_request"]],
  ["a time zone abroad", { time_zone: "Asia/Tokyo" }, [422, "invalid_request"]],
  ["an unknown organization", { organization_id: crypto.randomUUID() }, [
    404,
    "organization_not_found",
  ]],
  ["911", { phone_number: "911" }, [403, "destination_not_allowed"]],
  ["a short code", { phone_number: "24273" }, [403, "destination_not_allowed"]],
  ["a number in Britain", { phone_number: "+442079460000" }, [403, "destination_not_allowed"]],
  ["a number in Canada", { phone_number: "+14165550123" }, [403, "destination_not_allowed"]],
  ["the Dominican Republic", { phone_number: "+18095550123" }, [403, "destination_not_allowed"]],
  ["a premium number", { phone_number: "+19005550123" }, [403, "destination_not_allowed"]],
  ["a toll-free number", { phone_number: "+18005550123" }, [403, "destination_not_allowed"]],
  ["an emergency area code", { phone_number: "+19115550123" }, [403, "destination_not_allowed"]],
];

const bodies: Case[] = BODIES.map(([what, changes, expected]) => [
  what,
  ({ post }, clinic) => post({ ...callBody(clinic), ...changes }),
  expected,
]);

const ruled: Case[] = [
  [
    "a clinic that has left",
    async ({ db, post }, c) => {
      await db.query("update phone_pool.settings set inactive_statuses = '{active}'");
      const answer = await post(callBody(c));
      await db.query("update phone_pool.settings set inactive_statuses = '{canceled}'");
      return answer;
    },
    [409, "organization_inactive"],
  ],
  [
    "a patient who wants no calls",
    async ({ db, post }, c) => {
      await db.query("select add_do_not_call('+12125550166', $1)", [c]);
      return await post(callBody(c, { phone_number: "+1 (212) 555-0166" }));
    },
    [403, "do_not_call"],
  ],
  [
    "a number that nobody calls",
    async ({ db, post }, c) => {
      await db.query("select add_do_not_call('+12125550167')");
      return await post(callBody(c, { phone_number: "+12125550167" }));
    },
    [403, "do_not_call"],
  ],
  [
    "a patient without consent, where it is required",
    async ({ db, post }, c) => {
      await db.query("update phone_pool.settings set require_consent = true");
      const answer = await post(callBody(c));
      await db.query("update phone_pool.settings set require_consent = false");
      return answer;
    },
    [403, "consent_missing"],
  ],
];

Deno.test("each refusal has its status and code, is on record, and nothing is dialled", async (t) => {
  await withCalls(async (scene) => {
    const clinic = await clinicWith(scene.db, "+19712656795");
    const count = () =>
      value<number>(scene.db, "select count(*)::int from phone_pool.intake_calls");
    for (const [what, ask, [status, code]] of [...raw, ...bodies, ...ruled]) {
      await t.step(what, async () => {
        const before = await count();
        const answer = await ask(scene, clinic);
        assertEquals([answer.status, answer.body.code], [status, code]);
        assertDocumented(answer);
        assertNotEquals(answer.body.detail, "");
        // What is no request at all is logged only.
        const isDecision = !["invalid_request", "request_too_large", "unauthorized"].includes(code);
        assertEquals(await count(), before + (isDecision ? 1 : 0), "rows");
      });
    }
    await t.step("a GET", async () => {
      const request = new Request("http://x/intake-calls", { headers: { apikey: SECRET_KEY } });
      assertEquals((await scene.handler(request)).status, 405);
    });
    assertEquals(scene.simulator.state().requests, [], "LiveKit was asked nothing");
    assertEquals(openRooms(scene), []);
  });
});

Deno.test("outside the calling hours: 409 with the moment when it would be allowed", () =>
  withCalls(async ({ db, post, simulator }) => {
    const clinic = await clinicWith(db, "+19712656795");
    // 22:00 in New York is closed for all of the country but the far west.
    await db.query(`
      create or replace function phone_pool.clock() returns timestamptz
      language sql set search_path = pg_catalog, pg_temp
      as $$ select timestamptz '2026-11-20 22:00-05' $$`);
    await db.query("update phone_pool.settings set calling_hours_enforced = true");
    const answer = await post(callBody(clinic, { phone_number: "+12125550123" }));
    assertEquals([answer.status, answer.body.code], [409, "outside_calling_hours"]);
    assertDocumented(answer);
    assertEquals(
      new Date(String(answer.body.retry_at)).toISOString(),
      "2026-11-21T13:00:00.000Z",
    );
    assertEquals(answer.headers.get("Retry-After"), String(10 * 3600));
    assertEquals(simulator.state().requests, []);
    // The patient's own time zone wins over the area code.
    const there = callBody(clinic, { time_zone: "America/Los_Angeles" });
    assertEquals((await post(there)).status, 202);
    assertEquals(
      await db.query(
        "select time_zone_source, local_times from phone_pool.intake_calls order by created_at, status",
      ),
      [
        {
          time_zone_source: "request",
          local_times: { "America/Los_Angeles": "2026-11-20 19:00:00" },
        },
        {
          time_zone_source: "area_code",
          local_times: { "America/New_York": "2026-11-20 22:00:00" },
        },
      ],
    );
  }));

Deno.test("called too often: 429 with the seconds to wait", () =>
  withCalls(async (scene) => {
    const { db, post } = scene;
    const clinic = await clinicWith(db, "+19712656795");
    const body = callBody(clinic);
    for (let call = 1; call <= 3; call++) {
      await placeCall(scene, body, { kind: "busy" });
      await scene.background();
    }
    const answer = await post(body);
    assertEquals([answer.status, answer.body.code], [429, "too_many_calls"]);
    assertDocumented(answer);
    assertMatch(String(answer.headers.get("Retry-After")), /^86[34]\d\d$/);
    // The same phone under another patient's id is the same phone.
    const other = { ...body, patient_id: crypto.randomUUID() };
    assertEquals((await post(other)).body.code, "too_many_calls");
    const elsewhere = callBody(clinic, { phone_number: "+12125550199" });
    assertEquals((await post(elsewhere)).status, 202);
  }));
