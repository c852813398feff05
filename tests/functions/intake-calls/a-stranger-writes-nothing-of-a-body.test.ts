import { assert, assertEquals } from "../../support/assert.ts";
import { callBody, clinicWith, userHeaders, withCalls } from "../../support/calls.ts";
import { registerOne, value } from "../../support/pool.ts";

const SECRET = "what a stranger writes";

Deno.test("a stranger's requests: one row a minute, under the asker, nothing of the body", () =>
  withCalls(async ({ db, post }) => {
    await db.query("update phone_pool.settings set requests_per_user_per_minute = 20");
    const victim = await clinicWith(db, "+19712656795");
    const own = await registerOne(db);
    const sub = crypto.randomUUID();
    const headers = await userHeaders(own, { sub });
    const codes = new Set<unknown>();
    for (let k = 0; k < 30; k++) {
      const body = callBody(victim, {
        intake_id: `stranger-${k}`,
        metadata: { note: SECRET.repeat(300) },
      });
      codes.add((await post(body, headers)).body.code);
    }
    assertEquals([...codes], ["not_allowed", "rate_limited"]);
    const rows = await db.query(
      `select requested_by, reason, organization_id, patient_id, callee, metadata, request_hash,
         caller_id, local_times from phone_pool.intake_calls`,
    );
    assertEquals(rows, [{
      requested_by: `user:${sub}`,
      reason: "not_allowed",
      organization_id: null,
      patient_id: null,
      callee: null,
      metadata: {},
      request_hash: "",
      caller_id: null,
      local_times: null,
    }]);
    const whole = await value<string>(
      db,
      `coalesce((select string_agg(c::text, '') from phone_pool.intake_calls c), '')
       || coalesce((select string_agg(c::text, '') from phone_pool.caller_requests c), '')`,
    );
    for (const part of [SECRET, victim, "5550123", "stranger-"]) {
      assert(!whole.includes(part), part);
    }
  }));

Deno.test("repetitions and reused ids count in a user's rate limit", () =>
  withCalls(async ({ db, post }) => {
    await db.query("update phone_pool.settings set requests_per_user_per_minute = 6");
    const clinic = await clinicWith(db, "+19712656795");
    const headers = await userHeaders(clinic);
    const body = callBody(clinic, { intake_id: "intake-1" });
    const statuses: number[] = [];
    for (const changes of [{}, {}, {}, { metadata: { a: 1 } }, { metadata: { a: 2 } }, {}, {}]) {
      statuses.push((await post({ ...body, ...changes }, headers)).status);
    }
    assertEquals(statuses, [202, 200, 200, 409, 409, 200, 429]);
    // A reused id leaves no row: one call, and that the limit was reached.
    assertEquals(
      await db.query("select status, reason from phone_pool.intake_calls order by created_at"),
      [{ status: "dialing", reason: null }, { status: "refused", reason: "rate_limited" }],
    );
  }, { answerMs: 60_000 }));

Deno.test("a refused call keeps no metadata", () =>
  withCalls(async ({ db, post }) => {
    const clinic = await clinicWith(db, "+19712656795");
    await db.query("select add_do_not_call('+12125550123', $1)", [clinic]);
    const answer = await post(callBody(clinic, { metadata: { note: SECRET } }));
    assertEquals(answer.body.code, "do_not_call");
    assertEquals(await db.query("select metadata, reason from phone_pool.intake_calls"), [
      { metadata: {}, reason: "do_not_call" },
    ]);
  }));
