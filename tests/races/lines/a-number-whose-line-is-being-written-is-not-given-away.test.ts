import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import { leave, oneHolder } from "../../support/lifecycle.ts";
import { type Runner, setClock } from "../../support/pool.ts";
import { openSession, untilItWaits } from "../../support/sessions.ts";

const DESK = "+16175550188";

interface Claim extends Record<string, unknown> {
  phone_number_id: string;
  claim_token: string;
  forward_to: string | null;
}

const claim = (db: Runner, follow = true) =>
  db.query<Claim>("select * from phone_pool_worker.claim_lines(p_follow => $1)", [follow]);

const record = (db: Runner, line: Claim | undefined, forwardTo: string | null) =>
  outcomeOf(
    db.query("select phone_pool_worker.record_line($1, $2, $3, null)", [
      line?.phone_number_id,
      line?.claim_token,
      forwardTo,
    ]),
  );

/** A number at the end of its quarantine, whose line is still its former holder's. */
async function resting(db: TestDatabase): Promise<void> {
  await setClock(db, "2030-01-01T00:00:00Z");
  const { organizationId } = await oneHolder(db);
  await db.query("select set_callback_number($1, $2)", [organizationId, DESK]);
  const [first] = await claim(db);
  assertEquals(await record(db, first, DESK), "ok");
  await setClock(db, "2030-01-03T00:00:00Z");
  await leave(db, organizationId);
  await setClock(db, "2030-04-10T00:00:00Z");
}

const giveAway = (db: Runner) =>
  outcomeOf(db.query(
    `update public.phone_numbers set status = 'available', suspended_until = null,
       suspended_reason = null`,
  ));

for (const [end, outcome] of [["commit", "PP032"], ["rollback", "ok"]] as const) {
  Deno.test(`given away during a claim that ends with ${end}: ${outcome}`, async () => {
    await using db = await createTestDatabase();
    await resting(db);
    const [cleared] = await claim(db);
    assertEquals(await giveAway(db), "PP032", "a request is out");
    assertEquals(await record(db, cleared, null), "ok");
    const a = await openSession(db);
    const b = await openSession(db);
    await a.query("begin");
    await a.query("update phone_pool.lines set sent_at = phone_pool.clock()");
    const giving = await untilItWaits(db, b, giveAway);
    await a.query(end);
    assertEquals(await giving.result, outcome);
  });
}

Deno.test("an answer to an older claim is refused", async () => {
  await using db = await createTestDatabase();
  await resting(db);
  const [older] = await claim(db);
  await setClock(db, "2030-04-10T00:02:00Z");
  const [newer] = await claim(db);
  assertEquals(await record(db, older, null), "PP033");
  assertEquals(await record(db, newer, null), "ok");
  assertEquals(await giveAway(db), "PP032", "the older request may still be done");
  await setClock(db, "2030-04-10T00:20:00Z");
  const [look] = await claim(db);
  assertEquals(look?.is_look, true);
  assertEquals(await record(db, look, null), "ok");
  assertEquals(await giveAway(db), "ok");
});

for (
  const [name, answer] of [
    [
      "a read that shows what was there before",
      (db: Runner, line?: Claim) => record(db, line, null),
    ],
    [
      "a read that is refused after the write",
      (db: Runner, line?: Claim) =>
        outcomeOf(db.query(
          `select phone_pool_worker.record_line_failure($1, $2, 'rate_limited', 'x', 429, 600)`,
          [line?.phone_number_id, line?.claim_token],
        )),
    ],
  ] as const
) {
  Deno.test(`${name} proves nothing`, async () => {
    await using db = await createTestDatabase();
    await setClock(db, "2030-01-01T00:00:00Z");
    const { organizationId } = await oneHolder(db);
    await db.query("select set_callback_number($1, $2)", [organizationId, DESK]);
    const [line] = await claim(db);
    assertEquals(await answer(db, line), "ok");
    await setClock(db, "2030-01-03T00:00:00Z");
    await leave(db, organizationId);
    await setClock(db, "2030-04-10T00:00:00Z");
    assertEquals(await giveAway(db), "PP032");
    const [cleared] = await claim(db);
    assertEquals(cleared?.forward_to, null);
    assertEquals(await record(db, cleared, null), "ok");
    await setClock(db, "2030-04-10T01:00:00Z");
    const [look] = await claim(db);
    if (look) assertEquals(await record(db, look, null), "ok");
    assertEquals(await giveAway(db), "ok");
  });
}

Deno.test("two workers share the lines", async () => {
  await using db = await createTestDatabase();
  await resting(db);
  const a = await openSession(db);
  await a.query("begin");
  assertEquals((await claim(a)).length, 1);
  assertEquals((await claim(db, false)).length, 0);
  await a.query("commit");
  assertEquals((await claim(db, false)).length, 0);
});

Deno.test("the line of an available number is not written, by nobody", async () => {
  await using db = await createTestDatabase();
  await resting(db);
  const [cleared] = await claim(db);
  assertEquals(await record(db, cleared, null), "ok");
  assertEquals(await giveAway(db), "ok");
  for (const change of ["sent_at = now()", "seen_forward_to = '+16175550188'", "seen_at = null"]) {
    assertEquals(await outcomeOf(db.query(`update phone_pool.lines set ${change}`)), "PP032");
  }
  assertEquals(await outcomeOf(db.query("delete from phone_pool.lines")), "PP032");
});
