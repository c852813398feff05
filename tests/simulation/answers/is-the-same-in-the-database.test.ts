import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addNumbers, on, registerOne, type Runner, value } from "../../support/pool.ts";
import { createRandom } from "../../support/random.ts";
import { withoutTriggers } from "../../support/raw-rows.ts";
import { chanceOfSoFew, RULE, verdicts } from "../answers.ts";

Deno.test("the probability is the one of the model", async () => {
  await using db = await createTestDatabase();
  const random = createRandom(7);
  for (let n = 0; n < 200; n++) {
    const calls = random.integer(51);
    const answered = random.integer(calls + 1);
    const [a, b] = [0.5 + random.integer(300), 0.5 + random.integer(300)];
    const sql = await value<number>(db, "select phone_pool.chance_of_so_few($1, $2, $3, $4)", [
      answered,
      calls,
      a,
      b,
    ]);
    const model = chanceOfSoFew(answered, calls, a, b);
    assert(Math.abs(sql - model) <= 1e-9 * Math.max(model, 1e-300), `${sql} ${model}`);
  }
});

/** The clinic's calls from its number, an hour between two of them, the last one an hour ago. */
async function call(db: Runner, answered: boolean[], statuses: string[] = []): Promise<void> {
  await db.query("delete from phone_pool.intake_calls where true");
  await db.query(
    `insert into phone_pool.intake_calls (intake_id, organization_id, patient_id, callee,
       phone_number_id, caller_id, status, reason, request_hash, requested_by, room_name,
       created_at, expires_at, dialing_at, answered_at, left_at, left_reason, ended_at)
     select a.place::text, n.organization_id, n.id, '+12125550123', n.id, n.phone_number, a.status,
       'a test', '', 'secret_key', '', t.at, t.at, t.at,
       case when a.status = 'completed' then t.at end, t.at + interval '1 minute', 1, t.at
     from unnest($1::text[]) with ordinality a (status, place)
     cross join lateral (select phone_pool.clock()
       - interval '1 hour' * (1 + cardinality($1::text[]) - a.place) as at) t
     cross join public.phone_numbers n where n.organization_id is not null`,
    [[...answered.map((is) => is ? "completed" : "no_answer"), ...statuses]],
  );
}

Deno.test("the view's verdict is the model's", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 1);
  await registerOne(db);
  // Of the number from the first call on; 28 days are the fleet's.
  await db.query("update public.phone_numbers set assigned_at = now() - interval '1 year'");
  const session = on(await db.connect("supabase_admin"));
  const seen = new Set<string>();
  for (let seed = 1; seed <= 12; seed++) {
    const random = createRandom(seed);
    const answered = [
      ...Array.from({ length: random.integer(300) }, () => random.chance(0.7)),
      ...Array.from({ length: 10 + random.integer(60) }, () => random.chance(0.7 / (1 + seed % 4))),
    ];
    await withoutTriggers(session, () => call(session, answered));
    const [row] = await db.query<{ verdict: string; fleet: number; latest: string }>(
      `select verdict, fleet_answer_rate::float8 as fleet, latest_calls as latest
       from admin_number_health`,
    );
    assert(row);
    // One clinic is its own fleet, and its whole history is younger than 28 days.
    const fleet = Math.min(Math.max(answered.filter(Boolean).length / answered.length, 0.05), 0.95);
    assert(Math.abs(row.fleet - fleet) < 0.001);
    const expected = answered.length < RULE.least
      ? "too_few_calls"
      : verdicts(answered, fleet).at(-1)
      ? "losing_answers"
      : "as_usual";
    assertEquals([row.verdict, Number(row.latest)], [
      expected,
      Math.min(answered.length, RULE.latest),
    ]);
    seen.add(row.verdict);
  }
  assert(seen.has("losing_answers") && seen.has("as_usual"), [...seen].join());
});

Deno.test("calls that failed on our side say nothing of the number", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 1);
  await registerOne(db);
  await db.query("update public.phone_numbers set assigned_at = now() - interval '1 year'");
  const session = on(await db.connect("supabase_admin"));
  const good = Array.from({ length: 100 }, () => true);
  const failed = Array.from({ length: 60 }, () => "failed");
  await withoutTriggers(session, () => call(session, good, failed));
  assertEquals(await value(db, "select verdict from admin_number_health"), "as_usual");
});
