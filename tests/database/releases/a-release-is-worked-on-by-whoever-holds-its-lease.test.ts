import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import { addNumbers, openAlerts, rolledBack, setVault, travel } from "../../support/pool.ts";

interface Claim extends Record<string, unknown> {
  phone_number_id: string;
  claim_token: string;
}

async function claim(db: TestDatabase): Promise<Claim> {
  const [row] = await db.query<Claim>(
    "select * from phone_pool_worker.claim_number_releases(10, 90)",
  );
  assert(row, "nothing is due");
  return row;
}

/** "ok" or the SQLSTATE; what fails leaves the transaction of the test as it was. */
async function outcome(db: TestDatabase, sql: string, parameters: unknown[]): Promise<string> {
  await db.query("savepoint before");
  const code = await outcomeOf(db.query(sql, parameters));
  await db.query(code === "ok" ? "release savepoint before" : "rollback to savepoint before");
  return code;
}

const gone = (db: TestDatabase, { phone_number_id, claim_token }: Claim) =>
  outcome(db, "select phone_pool_worker.record_number_gone($1, $2)", [
    phone_number_id,
    claim_token,
  ]);

const failed = (db: TestDatabase, { phone_number_id, claim_token }: Claim, error: string) =>
  outcome(db, "select phone_pool_worker.record_number_release_failure($1, $2, $3, 'a test', 30)", [
    phone_number_id,
    claim_token,
    error,
  ]);

async function state(db: TestDatabase) {
  const [row] = await db.query(
    `select attempts, gone_at is not null as is_gone,
       round(extract(epoch from next_attempt_at - phone_pool.clock()))::int as due_in
     from phone_pool.carrier_releases`,
  );
  return row;
}

Deno.test("a release is worked on by whoever holds its lease, and by nobody else", async (t) => {
  await using db = await createTestDatabase();
  await setVault(db);
  const [number] = await addNumbers(db, 1);
  await db.query("select retire_phone_number($1, 'a test')", [number]);
  const step = (what: string, work: () => Promise<void>) =>
    t.step(what, () => rolledBack(db, work));

  await step("while it is leased nobody else has it", async () => {
    await claim(db);
    assertEquals(await db.query("select * from phone_pool_worker.claim_number_releases()"), []);
    await travel(db, "91 seconds");
    await claim(db);
  });
  await step("with its lease over, a worker that was asleep records nothing", async () => {
    const late = await claim(db);
    await travel(db, "91 seconds");
    assertEquals(await gone(db, late), "PP006");
    assertEquals(await failed(db, late, "invalid"), "PP006");
    assertEquals((await state(db))?.is_gone, false);
  });
  await step("nor with the token of another claim", async () => {
    const late = await claim(db);
    await travel(db, "91 seconds");
    const now = await claim(db);
    assertEquals([await gone(db, late), await gone(db, now)], ["PP006", "ok"]);
    assertEquals((await state(db))?.is_gone, true);
  });
  await step("a rate limit is no failed attempt, and waits as long as Telnyx says", async () => {
    for (let time = 0; time < 9; time++) {
      assertEquals(await failed(db, await claim(db), "rate_limited"), "ok");
      assertEquals(await state(db), { attempts: 0, is_gone: false, due_in: 30 });
      await travel(db, `${31 * (time + 1)} seconds`);
    }
    assertEquals(await openAlerts(db), []);
  });
  await step("a refusal is one: it is told, and tried again after ten minutes", async () => {
    assertEquals(await failed(db, await claim(db), "invalid"), "ok");
    assertEquals(await state(db), { attempts: 1, is_gone: false, due_in: 600 });
    assertEquals(await openAlerts(db), ["release_failing"]);
  });
  await step("a number that is kept, as an operator has said, is never deleted", async () => {
    await db.query(
      "insert into phone_pool.known_numbers (phone_number, note) values ($1, 'kept')",
      [
        number,
      ],
    );
    assertEquals(await db.query("select * from phone_pool_worker.claim_number_releases()"), []);
    assertEquals((await state(db))?.is_gone, true);
  });
});
