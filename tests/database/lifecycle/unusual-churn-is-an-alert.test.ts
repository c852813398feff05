import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { callIn } from "../../support/lifecycle.ts";
import { addNumbers, openAlerts, register, sweep, travel, values } from "../../support/pool.ts";

async function leaveAll(db: TestDatabase, count: number): Promise<void> {
  await register(db, count);
  await db.query("update organizations set subscription_status = 'canceled'");
}

const isAlarming = async (db: TestDatabase) => (await openAlerts(db)).includes("churn_high");

Deno.test("ten within an hour, where hardly any leave, are an alert; nine are none", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 30);
  await leaveAll(db, 9);
  await sweep(db);
  assertEquals(await isAlarming(db), false);
  await leaveAll(db, 1);
  await sweep(db);
  assertEquals(await isAlarming(db), true);
  await travel(db, "61 minutes");
  await sweep(db);
  assertEquals(await isAlarming(db), false, "an hour later it is over");
});

Deno.test("where many leave every hour, as many are none", async () => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set max_numbers = 9999, monthly_budget_usd = 9999");
  await addNumbers(db, 1700);
  // 56 an hour for a day: 2 an hour over four weeks.
  await travel(db, "-20 hours");
  await leaveAll(db, 1350);
  await travel(db, "0 hours");
  await leaveAll(db, 10);
  await sweep(db);
  assertEquals(await isAlarming(db), false, "five times as many as usual are 10.04");
  await leaveAll(db, 2);
  await sweep(db);
  assertEquals(await isAlarming(db), true);
});

Deno.test("calls to numbers that rest, which make that longer, are no churn", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 12);
  await leaveAll(db, 12);
  await travel(db, "10 days");
  await sweep(db);
  assertEquals(await isAlarming(db), false);
  const numbers = await values<string>(db, "select phone_number as value from phone_numbers");
  for (const number of numbers) assertEquals(await callIn(db, number, number.slice(1)), "counted");
  await sweep(db);
  assertEquals(await isAlarming(db), false);
});
