import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  buyingAlerts,
  countInFlight,
  countNudges,
  freeNumbers,
  phonesOf,
  planNow,
  register,
  registerOne,
  setVault,
  sweep,
  waiting,
} from "../../support/pool.ts";
import { buyAllDue, claim, recordFailure } from "../../support/purchases.ts";

const purchases = (db: Parameters<typeof sweep>[0]) =>
  db.query(
    "select id, reason, area_code, organization_id, status from phone_pool.purchases order by planned_at",
  );

Deno.test("the oldest number of that area code, though others are older", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 8);
  const wished = await addNumbers(db, 2, { areaCode: "415" });
  const ids = await register(db, 2, { areaCode: "415" });
  assertEquals(await phonesOf(db, ids), wished);
  assertEquals(await countInFlight(db), 0);
});

Deno.test("none in the pool: it waits, one is bought just for it and goes to it alone", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  const numbers = await addNumbers(db, 8);
  const id = await registerOne(db, { areaCode: "907" });
  assertEquals(await countNudges(db), 1);
  await planNow(db);
  const [purchase, ...others] = await purchases(db);
  assertEquals(others, []);
  assertEquals({ ...purchase, id: null }, {
    id: null,
    reason: "area_code",
    area_code: "907",
    organization_id: id,
    status: "planned",
  });
  await sweep(db);
  assertEquals(await waiting(db), [id], "no other number will do");
  assertEquals(await countInFlight(db), 1, "the sweep does not plan it again");

  await buyAllDue(db);
  assertEquals((await phonesOf(db, [id]))[0]?.slice(0, 5), "+1907");
  assertEquals(await freeNumbers(db), numbers);
});

Deno.test("who wishes nothing does not wait behind one who wishes", async () => {
  await using db = await createTestDatabase();
  const numbers = await addNumbers(db, 8);
  await register(db, 1, { areaCode: "907" });
  assertEquals(await phonesOf(db, await register(db, 1)), numbers.slice(0, 1));
});

Deno.test("none at the carrier: any number will do", async () => {
  await using db = await createTestDatabase();
  const numbers = await addNumbers(db, 8);
  const id = await registerOne(db, { areaCode: "907" });
  await planNow(db);
  const [purchase] = await purchases(db);
  const claimed = await claim(db, String(purchase?.id));
  assertEquals(await recordFailure(db, claimed, "none_in_stock"), "cancelled");
  assertEquals(await phonesOf(db, [id]), numbers.slice(0, 1));
});

Deno.test("no room for a purchase: the sweep plans it once there is", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await addNumbers(db, 8);
  await db.query("update phone_pool.settings set max_numbers = 8");
  const id = await registerOne(db, { areaCode: "907" });
  await planNow(db);
  assertEquals([await waiting(db), await countInFlight(db)], [[id], 0]);
  assertEquals(await buyingAlerts(db), ["max_numbers_reached"]);
  await db.query("update phone_pool.settings set max_numbers = 9");
  await sweep(db);
  assertEquals(await countInFlight(db), 1);
  assertEquals(await buyingAlerts(db), []);
});
