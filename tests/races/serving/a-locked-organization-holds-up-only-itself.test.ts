import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  contradictions,
  phonesOf,
  register,
  type Runner,
  sweep,
} from "../../support/pool.ts";
import { choose, claim, plan, recordOwned } from "../../support/purchases.ts";
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
    name: "add_phone_number",
    arrive: (s) => s.query("select add_phone_number('+12125550900', 'x')"),
  },
  { name: "the sweep", numbers: 1, arrive: sweep },
  { name: "a registration", numbers: 1, arrive: (s) => register(s, 1) },
  { name: "a backfill", numbers: 1, arrive: (s) => s.query("select backfill_organizations(10)") },
];

for (const { name, numbers = 0, arrive } of WAYS) {
  Deno.test(`${name} serves the next and does not wait`, async () => {
    await using db = await createTestDatabase();
    const { ids, application, other } = await setUp(db);
    await addNumbers(db, numbers);
    await withoutWaiting(db, other, arrive);
    if (name === "a backfill") await sweep(db);
    assertEquals(await served(db, ids), [false, true]);
    await application.query("commit");
    await addNumbers(db, 1, { areaCode: "415" });
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

Deno.test("one bought for it waits for it; all else goes on", async () => {
  await using db = await createTestDatabase();
  const { ids, application, other } = await setUp(db);
  const its = await claim(db, await plan(db, { organizationId: ids[0] }));
  await choose(db, its, "+16465550100");
  const another = await claim(db, await plan(db));
  await choose(db, another, "+16465550101");
  const third = await openSession(db);

  const waits = await untilItWaits(db, other, (session) => recordOwned(session, its));
  await withoutWaiting(db, third, (session) => register(session, 1));
  await withoutWaiting(
    db,
    third,
    (session) => session.query("select add_phone_number('+12125550900', 'x')"),
  );
  assertEquals(
    await withoutWaiting(db, third, (session) => recordOwned(session, another)) !== ids[0],
    true,
  );
  await application.query("commit");
  assertEquals(await waits.result, ids[0]);
  assertEquals(await contradictions(db), []);
});

Deno.test("deleted while its number is being recorded: the next is served", async () => {
  await using db = await createTestDatabase();
  const ids = await register(db, 2);
  const its = await claim(db, await plan(db, { organizationId: ids[0] }));
  await choose(db, its, "+16465550100");
  const [application, other] = [await openSession(db), await openSession(db)];
  await application.query("begin");
  await application.query("delete from public.organizations where id = $1", [ids[0]]);
  const recording = await untilItWaits(db, other, (session) => recordOwned(session, its));
  await application.query("commit");
  assertEquals(await recording.result, ids[1]);
  assertEquals(await contradictions(db), []);
});
