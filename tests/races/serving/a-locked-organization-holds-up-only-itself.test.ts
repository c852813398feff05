import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  contradictions,
  freeNumbers,
  phonesOf,
  planNow,
  register,
  type Runner,
  sweep,
  travel,
  value,
  waiting,
} from "../../support/pool.ts";
import { buyAllDue, choose, claim, plan, recordOwned } from "../../support/purchases.ts";
import { openSession, type Session, untilItWaits, withoutWaiting } from "../../support/sessions.ts";

/** Two that wait; the application has changed the first one and not committed. */
async function setUp(db: TestDatabase) {
  const ids = await register(db, 2);
  const [application, other] = [await openSession(db), await openSession(db)];
  await application.query("begin");
  await application.query("update public.organizations set name = 'New' where id = $1", [ids[0]]);
  return { ids, application, other };
}

const served = async (db: Runner, ids: string[]) =>
  (await phonesOf(db, ids)).map((phone) => phone !== null);

const WAYS: { name: string; numbers?: number; arrive: (session: Session) => Promise<unknown> }[] = [
  {
    name: "an import and the planner",
    arrive: async (s) => {
      await s.query("select import_phone_number('+12125550900', '77')");
      await planNow(s);
    },
  },
  { name: "the sweep", numbers: 1, arrive: sweep },
  {
    name: "a registration and the planner",
    numbers: 1,
    arrive: async (s) => [await register(s, 1), await planNow(s)],
  },
  {
    name: "a backfill and the planner",
    numbers: 1,
    arrive: async (s) => [
      await s.query("select backfill_organizations(10)"),
      await planNow(s),
    ],
  },
];

for (const { name, numbers = 0, arrive } of WAYS) {
  Deno.test(`${name} serves the next and does not wait`, async () => {
    await using db = await createTestDatabase();
    const { ids, application, other } = await setUp(db);
    await addNumbers(db, numbers);
    await withoutWaiting(db, other, arrive);
    assertEquals(await served(db, ids), [false, true]);
    await application.query("commit");
    await addNumbers(db, 1, { areaCode: "415" });
    await travel(db, "11 seconds");
    await sweep(db);
    assertEquals(await served(db, ids), [true, true]);
    assertEquals(await contradictions(db), []);
  });
}

Deno.test("a number bought for the pool serves the next", async () => {
  await using db = await createTestDatabase();
  const { ids, application, other } = await setUp(db);
  const claimed = await claim(db, await plan(db));
  await choose(db, claimed, "+16465550100");
  await withoutWaiting(db, other, (session) => recordOwned(session, claimed));
  await application.query("commit");
  assertEquals(await served(db, ids), [false, true]);
});

Deno.test("one bought for it is in the books at once, and serves the next", async () => {
  await using db = await createTestDatabase();
  const { ids, application, other } = await setUp(db);
  const its = await claim(db, await plan(db, { organizationId: ids[0] }));
  await choose(db, its, "+16465550100");
  assertEquals(await withoutWaiting(db, other, (session) => recordOwned(session, its)), ids[1]);
  await application.query("commit");
  assertEquals(await contradictions(db), []);
});

Deno.test("one bought for it in its area code is kept for it, and no second one is bought", async () => {
  await using db = await createTestDatabase();
  const [id = ""] = await register(db, 1, { areaCode: "907" });
  await planNow(db);
  const application = await openSession(db);
  await application.query("begin");
  await application.query("update public.organizations set name = 'New' where id = $1", [id]);
  const other = await openSession(db);
  await withoutWaiting(db, other, buyAllDue);
  for (const seconds of [0, 20, 40]) {
    await travel(db, `${seconds} seconds`);
    await withoutWaiting(db, other, sweep);
    assertEquals(
      await value(db, "select count(*)::int from phone_pool.purchases where area_code = '907'"),
      1,
    );
  }
  await application.query("commit");
  await travel(db, "60 seconds");
  await sweep(db);
  assertEquals((await phonesOf(db, [id]))[0]?.slice(0, 5), "+1907");
});

Deno.test("newcomers do not queue behind one whose row a client has", async () => {
  await using db = await createTestDatabase();
  const [first = ""] = await register(db, 1);
  const numbers = await addNumbers(db, 6);
  const application = await openSession(db);
  await application.query("begin");
  await application.query("update public.organizations set name = 'New' where id = $1", [first]);
  await planNow(db);
  assertEquals(await phonesOf(db, await register(db, 1)), numbers.slice(0, 1), "at once");
  assertEquals(await waiting(db), [first], "it keeps its place");
  await application.query("commit");
  await travel(db, "11 seconds");
  await sweep(db);
  assertEquals(await phonesOf(db, [first]), numbers.slice(1, 2));
});

Deno.test("nor are they let in front while an open registration has all the numbers", async () => {
  await using db = await createTestDatabase();
  const application = await openSession(db);
  await addNumbers(db, 2);
  await application.query("begin");
  await register(application, 2);
  const [first = ""] = await register(db, 1);
  await planNow(db);
  await application.query("rollback");
  assertEquals(await phonesOf(db, await register(db, 1)), [null], "first come, first served");
  await planNow(db);
  assertEquals((await phonesOf(db, [first])).includes(null), false);
});

Deno.test("deleted while its number is being recorded: the next is served", async () => {
  await using db = await createTestDatabase();
  const ids = await register(db, 2);
  const its = await claim(db, await plan(db, { organizationId: ids[0] }));
  await choose(db, its, "+16465550100");
  const [application, other] = [await openSession(db), await openSession(db)];
  await application.query("begin");
  await application.query("delete from public.organizations where id = $1", [ids[0]]);
  // The purchase is freed by the same transaction.
  const recording = await untilItWaits(db, other, (session) => recordOwned(session, its));
  await application.query("commit");
  assertEquals(await recording.result, ids[1]);
  assertEquals(await contradictions(db), []);
});

Deno.test("a number that is shown by an organization that a client has is held back for it", async () => {
  await using db = await createTestDatabase();
  const claimed = await claim(db, await plan(db));
  await choose(db, claimed, "+16465550100");
  const [id = ""] = await register(db, 1, { phone: "(646) 555-0100" });
  const [application, other] = [await openSession(db), await openSession(db)];
  await application.query("begin");
  await application.query("update public.organizations set name = 'New' where id = $1", [id]);
  assertEquals(await withoutWaiting(db, other, (session) => recordOwned(session, claimed)), null);
  assertEquals(await freeNumbers(db), []);
  await application.query("commit");
  await travel(db, "2 hours");
  await sweep(db);
  assertEquals(await phonesOf(db, [id]), ["+16465550100"]);
  assertEquals(await contradictions(db), []);
});
