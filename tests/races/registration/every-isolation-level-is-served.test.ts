import pg from "pg";
import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  buyingAlerts,
  contradictions,
  freeNumbers,
  on,
  phonesOf,
  planNow,
  register,
  registerOne,
  type Runner,
  setVault,
  sweep,
  value,
  waiting,
} from "../../support/pool.ts";
import { buyAllDue } from "../../support/purchases.ts";
import { openSessions } from "../../support/sessions.ts";

const LEVELS = ["read committed", "repeatable read", "serializable"];

/** As an application does at these levels. */
async function retried<T>(work: () => Promise<T>, failed: () => void): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof pg.DatabaseError && error.code === "40001")) throw error;
      failed();
    }
  }
}

async function withLevel(level: string): Promise<TestDatabase> {
  const db = await createTestDatabase();
  await db.query(`alter database ${db.name} set default_transaction_isolation = '${level}'`);
  await db.query(`set default_transaction_isolation = '${level}'`);
  await setVault(db);
  return db;
}

/** What the Edge Function and pg_cron do, until nobody waits. */
async function supply(db: Runner): Promise<void> {
  for (let i = 0; i < 10 && (await waiting(db)).length > 0; i++) {
    const steps = await sweep(db);
    assertEquals(Object.entries(steps).filter(([, done]) => done === null), []);
    await planNow(db);
    await buyAllDue(db);
  }
}

for (const level of LEVELS) {
  Deno.test(`${level} by default: one after the other has its number, the rest is bought for`, async () => {
    await using db = await withLevel(level);
    const client = await db.connect();
    assertEquals(await value(on(client), "current_setting('transaction_isolation')"), level);
    const numbers = await addNumbers(db, 12);
    const ids: string[] = [];
    for (let i = 0; i < 20; i++) ids.push(await registerOne(on(client)));
    assertEquals(await phonesOf(db, ids.slice(0, 12)), numbers);
    assertEquals(await waiting(db), ids.slice(12));
    const wish = await registerOne(on(client), { areaCode: "907" });
    await supply(db);
    assertEquals((await phonesOf(db, ids)).includes(null), false);
    assertEquals((await phonesOf(db, [wish]))[0]?.slice(0, 5), "+1907");
    assert((await freeNumbers(db)).length >= 5);
    assertEquals(await contradictions(db), []);
    assertEquals(await buyingAlerts(db), []);
  });

  Deno.test(`${level} by default: 16 at a time beside sweeps and planners, nobody is lost`, async () => {
    await using db = await withLevel(level);
    await addNumbers(db, 30);
    const sessions = await openSessions(db, 16);
    let failures = 0;
    const registering = sessions.map(async (session) => {
      const ids: string[] = [];
      for (let i = 0; i < 4; i++) {
        ids.push(await retried(() => registerOne(session), () => failures++));
      }
      return ids;
    });
    const sweeper = await db.connect();
    let isOver = false;
    const sweeping = (async () => {
      while (!isOver) {
        await retried(() => sweep(on(sweeper)), () => {});
        await retried(() => planNow(on(sweeper)), () => {});
      }
    })();
    const ids = (await Promise.all(registering)).flat();
    isOver = true;
    await sweeping;
    assertEquals(ids.length, 64);
    if (level !== "serializable") assertEquals(failures, 0, "no registration fails");
    await supply(db);
    assertEquals((await phonesOf(db, ids)).includes(null), false);
    assertEquals(await contradictions(db), []);
  });
}

Deno.test("a registration in an old snapshot commits, and the queue serves it; that is no alert", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  const numbers = await addNumbers(db, 9);
  const client = await db.connect();
  await client.query("begin isolation level repeatable read");
  await client.query("select count(*) from public.organizations");
  const theirs = await register(db, 2);
  const [id = ""] = await register(on(client), 1);
  const wish = await registerOne(on(client), { areaCode: "212" });
  await client.query("commit");
  assertEquals(await waiting(db), [id, wish]);
  assertEquals(await buyingAlerts(db), []);
  await planNow(db);
  assertEquals(await phonesOf(db, [...theirs, id, wish]), numbers.slice(0, 4));
});
