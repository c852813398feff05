import { assert, assertEquals } from "../../support/assert.ts";
import {
  type Answer,
  callBody,
  clinicWith,
  openRooms,
  userHeaders,
  withCalls,
} from "../../support/calls.ts";
import { assertDocumented } from "../../support/openapi.ts";
import { registerOne, value } from "../../support/pool.ts";

function countBy(answers: Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const key = `${status} ${body.code ?? body.status}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

Deno.test("of fifty different requests for one patient one rings", () =>
  withCalls(async (scene) => {
    const { db, simulator, post } = scene;
    const body = callBody(await clinicWith(db, "+19712656795"));
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(body)));
    assertEquals(countBy(answers), { "202 queued": 1, "409 patient_in_call": 49 });
    assertEquals(simulator.state().calls.length, 1);
    assertEquals(openRooms(scene).length, 1);
    for (const answer of answers) assertDocumented(answer);
  }, { connections: 12 }));

Deno.test("a week has its own limit, and both end", () =>
  withCalls(async (scene) => {
    const { db, post } = scene;
    const body = callBody(await clinicWith(db, "+19712656795"));
    const call = async () => {
      const answer = await post(body);
      if (answer.status === 202) {
        scene.simulator.control.play(String(answer.body.sip_call_id), { kind: "busy" });
        await scene.background();
      }
      return answer;
    };
    scene.simulator.control.setOutcomes({ "*": { kind: "silent" } });
    const statuses: string[] = [];
    for (let day = 0; day <= 7; day++) {
      await db.query(`create or replace function phone_pool.clock() returns timestamptz
        language sql set search_path = pg_catalog, pg_temp
        as $$ select timestamptz '2026-11-02 12:00-05' + interval '${day} days 1 minute' $$`);
      statuses.push(countBy([await call(), await call()])["202 queued"]?.toString() ?? "0");
    }
    // Two a day: on the fourth day one is left of seven; a week after the first two, two again.
    assertEquals(statuses.join(""), "22210002");
  }));

Deno.test("an organization's calls under way are limited, and end", () =>
  withCalls(async ({ db, post, simulator }) => {
    await db.query("update phone_pool.settings set calls_in_flight_per_organization = 4");
    const clinic = await clinicWith(db, "+19712656795");
    const call = (k: number) => post(callBody(clinic, { phone_number: `+1212555${1000 + k}` }));
    const answers = await Promise.all(Array.from({ length: 12 }, (_, k) => call(k)));
    assertEquals(countBy(answers), { "202 queued": 4, "429 too_many_calls_in_flight": 8 });
    assertEquals(simulator.state().calls.length, 4);
    const [one] = await db.query("select id from phone_pool.intake_calls where status = 'dialing'");
    await db.query("select phone_pool_worker.report_intake_call($1, 'ended', 'no_answer')", [
      one?.id,
    ]);
    assertEquals((await call(50)).status, 202);
  }, { connections: 8 }));

Deno.test("calls a minute are limited: an organization's, and everybody's", () =>
  withCalls(async ({ db, post }) => {
    await db.query(`update phone_pool.settings
      set calls_per_organization_per_minute = 3, calls_per_minute = 5`);
    const first = await clinicWith(db, "+19712656795");
    const second = await clinicWith(db, "+19713334444");
    const call = (clinic: string, k: number) =>
      post(callBody(clinic, { phone_number: `+1212555${1000 + k}` }));
    const answers: Answer[] = [];
    for (let k = 0; k < 5; k++) answers.push(await call(first, k));
    assertEquals(countBy(answers), { "202 queued": 3, "429 rate_limited": 2 });
    assertEquals(countBy([await call(second, 7), await call(second, 8), await call(second, 9)]), {
      "202 queued": 2,
      "429 rate_limited": 1,
    });
  }));

Deno.test("a stolen user's token meets its limit, whatever it asks for, and fills no table", () =>
  withCalls(async ({ db, post, simulator }) => {
    await db.query("update phone_pool.settings set requests_per_user_per_minute = 10");
    const own = await clinicWith(db, "+19712656795");
    const foreign = await registerOne(db);
    const headers = await userHeaders(own);
    const ask = (k: number) =>
      post(callBody(k % 2 ? own : foreign, { phone_number: `+1212555${1000 + k}` }), headers);
    const answers = await Promise.all(Array.from({ length: 60 }, (_, k) => ask(k)));
    const counts = countBy(answers);
    assertEquals(counts["429 rate_limited"], 50);
    assertEquals((counts["202 queued"] ?? 0) + (counts["403 not_allowed"] ?? 0), 10);
    assert(simulator.state().calls.length <= 10);
    assertEquals(
      await value<number>(
        db,
        "select count(*)::int from phone_pool.intake_calls where reason = 'rate_limited'",
      ),
      1,
      "one row a minute, however many organizations it names",
    );
    // The backend is not held up by it.
    assertEquals((await post(callBody(own, { phone_number: "+12125559999" }))).status, 202);
  }, { connections: 8 }));
