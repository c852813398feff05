import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  buyingAlerts,
  contradictions,
  countInFlight,
  countNudges,
  existing,
  phonesOf,
  register,
  type Runner,
  setVault,
  values,
  waiting,
} from "../../support/pool.ts";

const BACKFILL = "select assigned, waiting from backfill_organizations($1)";

async function several(db: Runner, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push(await existing(db));
  return ids;
}

Deno.test("oldest first, p_limit at a time, until nobody is left", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  const ids = await several(db, 7);
  await register(db, 1, { status: "canceled" });
  await register(db, 1, { phone: "+12125550199" });
  const numbers = await addNumbers(db, 4);

  assertEquals(await db.query(BACKFILL, [3]), [{ assigned: 3, waiting: 0 }]);
  assertEquals([await countInFlight(db), await countNudges(db)], [10, 1]);
  assertEquals(await db.query(BACKFILL, [3]), [{ assigned: 1, waiting: 2 }]);
  assertEquals(await db.query(BACKFILL, [3]), [{ assigned: 0, waiting: 1 }]);
  assertEquals(await db.query(BACKFILL, [3]), [{ assigned: 0, waiting: 0 }]);
  assertEquals(await phonesOf(db, ids.slice(0, 4)), numbers);
  assertEquals(await waiting(db), ids.slice(4));
  assertEquals(await contradictions(db), []);
  assertEquals(await buyingAlerts(db), []);
});

Deno.test("who waits in the queue comes before them", async () => {
  await using db = await createTestDatabase();
  const later = await several(db, 1);
  const first = await register(db, 1);
  const [number] = await addNumbers(db, 1);
  assertEquals(await db.query(BACKFILL, [10]), [{ assigned: 0, waiting: 1 }]);
  assertEquals(await phonesOf(db, [...first, ...later]), [number ?? null, null]);
});

Deno.test("the area code in their settings is their wish, as in a registration", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 8);
  const [near] = await addNumbers(db, 1, { areaCode: "415" });
  const served = await existing(db, { areaCode: "415" });
  const waits = await existing(db, { areaCode: "907" });
  await db.query(BACKFILL, [10]);
  assertEquals(await phonesOf(db, [served, waits]), [near ?? null, null]);
  assertEquals(
    await values(db, "select area_code as value from phone_pool.number_requests"),
    ["907"],
  );
});
