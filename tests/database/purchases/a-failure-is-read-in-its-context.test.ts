import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { failureOf } from "../../support/failure.ts";
import { buyingAlerts, value } from "../../support/pool.ts";
import { choose, claim, plan, readPurchase, recordFailure } from "../../support/purchases.ts";

async function ordering(db: TestDatabase) {
  const claimed = await claim(db, await plan(db));
  assert(await choose(db, claimed, "+16465550100"));
  return claimed;
}

Deno.test("the time that Telnyx names is kept to, up to an hour and give or take two seconds", async () => {
  await using db = await createTestDatabase();
  for (const [named, kept] of [[30, 30], [0, 0], [86_400, 3600]] as const) {
    const claimed = await claim(db, await plan(db));
    await recordFailure(db, claimed, "rate_limited", named);
    const { due_in } = await readPurchase(db, claimed.id);
    assert(due_in > kept - 1 && due_in <= kept + 2, `${named}: ${due_in}`);
  }
});

Deno.test("taken, shortly after an order of unknown outcome, may be our own order", async () => {
  await using db = await createTestDatabase();
  const claimed = await ordering(db);
  await recordFailure(db, claimed, "unknown_outcome");
  const again = await claim(db, claimed.id);
  await recordFailure(db, again, "taken");
  const { status, last_error_class, refused_numbers } = await readPurchase(db, claimed.id);
  assertEquals([status, last_error_class, refused_numbers], ["ordering", "taken", []]);
});

Deno.test("no stock in an area code that nobody waits for: given up, and nothing pauses", async () => {
  await using db = await createTestDatabase();
  const claimed = await claim(db, await plan(db, { areaCode: "907" }));
  assertEquals(await recordFailure(db, claimed, "none_in_stock"), "failed");
  assertEquals(await buyingAlerts(db), ["none_in_stock"]);
  assertEquals(await value(db, "select is_paused from phone_pool.buying_pause()"), false);
});

Deno.test("an unknown class is refused, and so is none", async () => {
  await using db = await createTestDatabase();
  const claimed = await ordering(db);
  for (const errorClass of ["bad luck", "", null]) {
    const record = db.query("select phone_pool_worker.record_purchase_failure($1, $2, $3, 'x')", [
      claimed.id,
      claimed.token,
      errorClass,
    ]);
    assertEquals((await failureOf(record)).code, "PP005");
  }
});
