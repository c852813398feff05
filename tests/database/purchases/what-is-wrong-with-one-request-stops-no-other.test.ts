import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import {
  buyingAlerts,
  countInFlight,
  openAlerts,
  planNow,
  registerOne,
  setVault,
  travel,
  value,
  values,
} from "../../support/pool.ts";
import { claim, plan, readPurchase, recordFailure } from "../../support/purchases.ts";

const isPaused = (db: TestDatabase) =>
  value<boolean>(db, "select is_paused or is_failing from phone_pool.buying_pause()");

/** An organization that waits for 907, which has no neighbours, or 415, which has; its purchase. */
async function wish(db: TestDatabase, areaCode: string) {
  const organizationId = await registerOne(db, { areaCode });
  await planNow(db);
  const purchaseId = await value<string>(
    db,
    "select id from phone_pool.purchases where organization_id = $1",
    [organizationId],
  );
  return { organizationId, purchaseId };
}

for (const errorClass of ["invalid", "none_in_stock", "price"]) {
  Deno.test(`${errorClass} in one clinic's area code: it looks elsewhere, the others are bought for`, async () => {
    await using db = await createTestDatabase();
    await setVault(db);
    await db.query("update phone_pool.settings set low_water = 0");
    const { organizationId, purchaseId } = await wish(db, "415");
    const seen: (string | null)[] = [];
    for (let i = 0; i < 60; i++) {
      const claimed = await claim(db, purchaseId);
      const { area_code } = await readPurchase(db, purchaseId);
      seen.push(area_code);
      if (area_code === null) break;
      assertEquals(await recordFailure(db, claimed, errorClass), "retrying");
      assertEquals(await isPaused(db), false);
      const { status, due_in } = await readPurchase(db, purchaseId);
      assertEquals(status, "planned");
      assert(due_in <= 0, `at once: ${due_in}`);
    }
    const neighbours = await value<string[]>(
      db,
      "select neighbours from phone_pool.area_codes where area_code = '415'",
    );
    assertEquals(seen, ["415", ...neighbours, null]);
    assertEquals(
      await values(
        db,
        `select coalesce(area_code, 'any') || ' instead of ' || wanted_area_code as value
         from phone_pool.number_requests where organization_id = $1`,
        [organizationId],
      ),
      ["any instead of 415"],
    );
    assertEquals(await buyingAlerts(db), []);
    await db.query("update phone_pool.settings set low_water = 5");
    assertEquals(await planNow(db), 10, "planning goes on");
  });

  Deno.test(`${errorClass} in an area code that was ordered by hand: that order ends, nothing pauses`, async () => {
    await using db = await createTestDatabase();
    await setVault(db);
    await db.query("select order_phone_numbers(1, '415')");
    await planNow(db);
    const id = await value<string>(
      db,
      "select id from phone_pool.purchases where area_code = '415'",
    );
    assertEquals(await recordFailure(db, await claim(db, id), errorClass), "failed");
    assertEquals(await isPaused(db), false);
    assertEquals(await buyingAlerts(db), ["none_in_stock"]);
    assertEquals(
      await value(db, "select subject from phone_pool.alerts where kind = 'none_in_stock'"),
      "415",
    );
  });
}

Deno.test("everywhere too dear: looked for soon, then every 10 minutes, and nothing else waits", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  const id = await plan(db);
  for (let i = 0; i < 12; i++) {
    assertEquals(await recordFailure(db, await claim(db, id), "price"), "retrying");
    const { status, due_in } = await readPurchase(db, id);
    assertEquals(status, "planned", "never given up");
    const [least, most] = i < 10 ? [1, 20] : [449, 750];
    assert(due_in > least && due_in <= most, `due in ${due_in} s after ${i + 1}`);
    assertEquals(await openAlerts(db), i < 3 ? [] : ["price_too_high"]);
  }
  assertEquals(await isPaused(db), false);
  assertEquals(await planNow(db), 10);
});

Deno.test("what is wrong with the account pauses all, and says so", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await db.query("update phone_pool.settings set low_water = 0");
  const { purchaseId } = await wish(db, "415");
  assertEquals(await recordFailure(db, await claim(db, purchaseId), "unauthorized"), "failed");
  assertEquals(await isPaused(db), true);
  assertEquals(await buyingAlerts(db), ["purchase_failing"]);
  assertEquals([await planNow(db), await countInFlight(db)], [0, 0]);
  await travel(db, "16 minutes");
  assertEquals(await planNow(db), 1, "one tries");
});

Deno.test("the first number of a class is not the last: without an area code invalid is the account's", async () => {
  await using db = await createTestDatabase();
  assertEquals(await recordFailure(db, await claim(db, await plan(db)), "invalid"), "failed");
  assertEquals(await isPaused(db), true);
});
