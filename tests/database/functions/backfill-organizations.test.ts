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
  planNow,
  register,
  type Runner,
  setVault,
  stopClock,
  sweep,
  value,
  values,
  waiting,
} from "../../support/pool.ts";

const backfill = (db: Runner, limit: number) =>
  value<number>(db, "select backfill_organizations($1)", [limit]);

async function several(db: Runner, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push(await existing(db));
  return ids;
}

Deno.test("oldest first, p_limit at a time, until nobody is left; then they are served", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await stopClock(db);
  const ids = await several(db, 7);
  await register(db, 1, { status: "canceled" });
  await register(db, 1, { phone: "+12125550199" });
  const numbers = await addNumbers(db, 4);

  for (const [asked, queued] of [[3, 3], [3, 3], [3, 1], [3, 0]] as const) {
    assertEquals(await backfill(db, asked), queued);
  }
  assertEquals([await waiting(db), await countNudges(db)], [ids, 1]);
  await planNow(db);
  assertEquals(await countInFlight(db), 10);
  assertEquals(await phonesOf(db, ids.slice(0, 4)), numbers);
  assertEquals(await waiting(db), ids.slice(4));
  assertEquals(await backfill(db, 100), 0, "safe to repeat");
  assertEquals(await contradictions(db), []);
  assertEquals(await buyingAlerts(db), []);
});

Deno.test("an organization in the queue comes before them", async () => {
  await using db = await createTestDatabase();
  const later = await several(db, 1);
  const first = await register(db, 1);
  const [number] = await addNumbers(db, 1);
  assertEquals(await backfill(db, 10), 1);
  await planNow(db);
  assertEquals(await phonesOf(db, [...first, ...later]), [number ?? null, null]);
});

Deno.test("the area code in their settings is their wish, as in a registration", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 8);
  const [near] = await addNumbers(db, 1, { areaCode: "415" });
  const served = await existing(db, { areaCode: "415" });
  const waits = await existing(db, { areaCode: "907" });
  const any = await existing(db, { areaCode: "911" });
  assertEquals(await backfill(db, 10), 3);
  await planNow(db);
  assertEquals(await phonesOf(db, [served, waits, any]), [near ?? null, null, "+12125550001"]);
  assertEquals(
    await values(db, "select area_code as value from phone_pool.number_requests"),
    ["907"],
  );
});

/** What stands in organizations.phone of one from before phone-pool, and whether it gets a number. */
const PHONES: [phone: string | null, queued: number][] = [
  [null, 1],
  ["", 1],
  ["-", 1],
  ["N/A", 1],
  ["   ", 1],
  ["none yet", 1],
  ["+12125550199", 0],
  ["(212) 555-0199", 0],
  ["911", 0],
  // A copy of another clinic's row, with the number that that one holds.
  ["+12125550001", 1],
  ["212-555-0001", 1],
];

Deno.test("no digits is no phone, and another clinic's number is none of its own", async (t) => {
  for (const [phone, queued] of PHONES) {
    await t.step(String(phone), async () => {
      await using db = await createTestDatabase();
      await addNumbers(db, 2);
      const holder = await register(db, 1);
      const id = await existing(db, phone === null ? {} : { phone });
      assertEquals(await backfill(db, 10), queued);
      await sweep(db);
      const expected = queued === 1 ? "+12125550002" : phone;
      assertEquals(await phonesOf(db, [...holder, id]), ["+12125550001", expected]);
      assertEquals(await contradictions(db), []);
    });
  }
});

Deno.test("an organization from which its number was taken on purpose stays without", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 3);
  const [id = ""] = await register(db, 1);
  await db.query("select unassign_phone_number($1, 'fraud')", [id]);
  assertEquals(await backfill(db, 10), 0);
  await sweep(db);
  assertEquals([await phonesOf(db, [id]), await waiting(db)], [[null], []]);
});
