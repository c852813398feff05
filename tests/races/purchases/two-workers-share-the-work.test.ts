import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import { freeNumbers, type Runner, travel, values } from "../../support/pool.ts";
import {
  choose,
  type Claim,
  claim,
  plan,
  readPurchase,
  recordFailure,
  recordOrdered,
  recordOwned,
} from "../../support/purchases.ts";
import { openSession, untilItWaits, withoutWaiting } from "../../support/sessions.ts";

const claimIds = (db: Runner) =>
  values<string>(db, "select id as value from phone_pool_worker.claim_purchases(2)");

Deno.test("two workers claim different purchases, and neither waits", async () => {
  await using db = await createTestDatabase();
  const ids = [await plan(db), await plan(db), await plan(db)];
  const [a, b] = [await openSession(db), await openSession(db)];
  await a.query("begin");
  const first = await claimIds(a);
  const second = await withoutWaiting(db, b, claimIds);
  await a.query("commit");
  assertEquals([first.length, second.length], [2, 1]);
  assertEquals([...first, ...second].toSorted(), ids.toSorted());
});

Deno.test("a worker about to finish keeps its purchase from the next, though its lease ends", async () => {
  await using db = await createTestDatabase();
  const claimed = await chosen(db);
  const [a, b] = [await openSession(db), await openSession(db)];
  await a.query("begin");
  await recordOwned(a, claimed);
  await travel(db, "2 minutes");
  assertEquals(await withoutWaiting(db, b, claimIds), []);
  await a.query("commit");
  assertEquals(await claimIds(b), []);
  assertEquals((await freeNumbers(db)).length, 1);
});

const STEPS: Record<string, (db: Runner, claimed: Claim) => Promise<unknown>> = {
  record_purchase_ordered: recordOrdered,
  record_purchase_owned: recordOwned,
  record_purchase_failure: (db, claimed) => recordFailure(db, claimed, "taken"),
};

for (const [name, step] of Object.entries(STEPS)) {
  Deno.test(`${name} while the next worker claims: the claim is lost`, async () => {
    await using db = await createTestDatabase();
    const claimed = await chosen(db);
    await travel(db, "2 minutes");
    const [next, late] = [await openSession(db), await openSession(db)];
    await next.query("begin");
    assertEquals(await claimIds(next), [claimed.id]);
    // The late worker's clock is behind: to it the lease still runs, only the token can tell.
    await travel(db, "0 minutes");
    const tooLate = await untilItWaits(
      db,
      late,
      (session) => outcomeOf(step(session, claimed)),
    );
    await next.query("commit");
    assertEquals(await tooLate.result, "PP006");
    const { status, phone_number } = await readPurchase(db, claimed.id);
    assertEquals([status, phone_number], ["ordering", "+16465550100"]);
  });
}

Deno.test("one number is chosen by one of two workers", async () => {
  await using db = await createTestDatabase();
  const [one, other] = [await plan(db), await plan(db)];
  const [first, second] = [await claim(db, one), await claim(db, other)];
  const [a, b] = [await openSession(db), await openSession(db)];
  await a.query("begin");
  assertEquals(await choose(a, first, "+16465550100"), true);
  const choosing = await untilItWaits(db, b, (s) => choose(s, second, "+16465550100"));
  await a.query("commit");
  assertEquals(await choosing.result, false);
  assertEquals((await readPurchase(db, other)).status, "planned");
});

async function chosen(db: TestDatabase): Promise<Claim> {
  const claimed = await claim(db, await plan(db));
  await choose(db, claimed, "+16465550100");
  return claimed;
}
