import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  buyingAlerts,
  countInFlight,
  countNudges,
  phonesOf,
  register,
  setVault,
  sweep,
  travel,
  value,
  values,
  waiting,
} from "../../support/pool.ts";
import { buyAllDue, claim, plan, recordFailure } from "../../support/purchases.ts";

Deno.test("a full pool: nothing to do, no nudge, a heartbeat", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await addNumbers(db, 5);
  await db.query("delete from phone_pool.heartbeats");
  await sweep(db);
  assertEquals([await countInFlight(db), await countNudges(db)], [0, 0]);
  const beat =
    "select last_at > now() - interval '1 minute' from phone_pool.heartbeats where job = 'sweep'";
  assertEquals(await value(db, beat), true);
  assertEquals(await value(db, "select status from admin_pool_health"), "healthy");
  await travel(db, "4 minutes");
  assertEquals(await value(db, "select status from admin_pool_health"), "stalled");
});

Deno.test("an empty pool is planned and asked for; what is leased or not due is not", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await sweep(db);
  assertEquals([await countInFlight(db), await countNudges(db)], [10, 1]);
  await db.query("select phone_pool_worker.claim_purchases(10)");
  await sweep(db);
  assertEquals([await countInFlight(db), await countNudges(db)], [10, 1]);
  await travel(db, "2 minutes");
  await sweep(db);
  assertEquals([await countInFlight(db), await countNudges(db)], [10, 2]);
});

Deno.test("numbers that lie about are given to who waits, in order", async () => {
  await using db = await createTestDatabase();
  const ids = await register(db, 4);
  const numbers = await addNumbers(db, 3);
  await sweep(db);
  assertEquals(await phonesOf(db, ids), [...numbers, null]);
});

Deno.test("who got a number otherwise waits no longer", async () => {
  await using db = await createTestDatabase();
  const [own, waits] = await register(db, 2);
  await db.query("update public.organizations set phone = '+12025550123' where id = $1", [own]);
  await sweep(db);
  assertEquals(await waiting(db), [waits]);
});

Deno.test("after a purchase was given up, planning pauses for 15 minutes", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  const wishing = await register(db, 1, { areaCode: "907" });
  await db.query("delete from phone_pool.purchases");
  await recordFailure(db, await claim(db, await plan(db)), "insufficient_funds");
  for (
    const [when, some] of [["0 minutes", false], ["14 minutes", false], [
      "16 minutes",
      true,
    ]] as const
  ) {
    await travel(db, when);
    await sweep(db);
    assertEquals(await countInFlight(db) > 0, some, when);
  }
  // However few are tried at first: success ends the pause.
  await buyAllDue(db);
  await sweep(db);
  await buyAllDue(db);
  assertEquals((await phonesOf(db, wishing)).includes(null), false);
});

Deno.test("the alert of a failed assignment closes when it has not come again", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await db.query("select phone_pool.raise_alert('assignment_failed', 'a test', 'XX000')");
  await sweep(db);
  assertEquals(await buyingAlerts(db), ["assignment_failed"]);
  await travel(db, "11 minutes");
  await sweep(db);
  assertEquals(await buyingAlerts(db), []);
});

Deno.test("pg_cron runs it every minute", async () => {
  await using db = await createTestDatabase();
  assertEquals(
    await values(
      db,
      "select schedule || ' ' || command as value from cron.job where jobname = 'phone-pool-sweep'",
    ),
    ["* * * * * select phone_pool.sweep()"],
  );
});
