import { assert, assertEquals, assertNotEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { type Runner, travel, value, values } from "../../support/pool.ts";
import { plan, readPurchase } from "../../support/purchases.ts";

const claimIds = (db: Runner, limit: number | null = 50, lease: number | null = 90) =>
  values<string>(db, "select id as value from phone_pool_worker.claim_purchases($1, $2)", [
    limit,
    lease,
  ]);

async function setUp(db: Runner, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push(await plan(db));
  return ids;
}

Deno.test("what is due is claimed once, oldest first, until the lease is over", async () => {
  await using db = await createTestDatabase();
  const ids = await setUp(db, 3);
  assertEquals((await claimIds(db, 2)).toSorted(), ids.slice(0, 2).toSorted());
  assertEquals(await claimIds(db), ids.slice(2));
  assertEquals(await claimIds(db), []);
  await travel(db, "89 seconds");
  assertEquals(await claimIds(db), []);
  const token = (id: string | undefined) =>
    value(db, "select claim_token from phone_pool.purchases where id = $1", [id]);
  const before = await token(ids[0]);
  await travel(db, "91 seconds");
  assertEquals((await claimIds(db)).toSorted(), ids.toSorted());
  assertNotEquals(await token(ids[0]), before);
});

Deno.test("limit and lease stay within bounds", async (t) => {
  await using db = await createTestDatabase();
  await setUp(db, 60);
  const release = () =>
    db.query("update phone_pool.purchases set claim_token = null, lease_until = null");
  const seconds = () =>
    value(
      db,
      "select max(round(extract(epoch from lease_until - phone_pool.clock())))::int from phone_pool.purchases",
    );
  const cases: [limit: number | null, lease: number | null, claimed: number, seconds: number][] = [
    [0, 90, 1, 90],
    [-5, 0, 1, 1],
    [null, null, 1, 1],
    [100, 100_000, 50, 600],
    [7, -3, 7, 1],
  ];
  for (const [limit, lease, claimed, expected] of cases) {
    await t.step(`${limit}, ${lease}`, async () => {
      await release();
      assertEquals((await claimIds(db, limit, lease)).length, claimed);
      assertEquals(await seconds(), expected);
    });
  }
});

Deno.test("50 are under way at once, whoever works on them", async () => {
  await using db = await createTestDatabase();
  const seconds = () =>
    value(db, "select phone_pool_worker.seconds_until_purchase_due() is not null");
  await setUp(db, 60);
  for (let i = 0; i < 4; i++) assertEquals((await claimIds(db, 12)).length, 12);
  assertEquals((await claimIds(db, 12)).length, 2);
  assertEquals([await claimIds(db), await seconds()], [[], false]);
  const done = (many: number) =>
    db.query(
      `select phone_pool_worker.drop_purchase_claim(id, claim_token, 3600) from phone_pool.purchases
       where claim_token is not null limit $1`,
      [many],
    );
  await done(3);
  assertEquals([(await claimIds(db)).length, await seconds()], [3, false]);
  await travel(db, "91 seconds");
  assertEquals((await claimIds(db)).length, 50, "the leases of the dead are over");
});

Deno.test("only what is in flight and due", async () => {
  await using db = await createTestDatabase();
  const [due = "", later = "", ended = ""] = await setUp(db, 3);
  await db.query(
    `update phone_pool.purchases set next_attempt_at = phone_pool.clock() + interval '1 minute'
     where id = $1`,
    [later],
  );
  await db.query(
    "update phone_pool.purchases set status = 'cancelled', ended_at = now() where id = $1",
    [ended],
  );
  assertEquals(await claimIds(db), [due]);
  await travel(db, "61 seconds");
  assertEquals(await claimIds(db), [later]);
});

Deno.test("a number written down by who did not come back may have been ordered", async () => {
  await using db = await createTestDatabase();
  const [id = ""] = await setUp(db, 1);
  await claimIds(db);
  assertEquals((await readPurchase(db, id)).outcome_unknown, false);
  assert(
    await value(
      db,
      `select phone_pool_worker.choose_purchase_number(id, claim_token, '+16465550100', 1, 0)
       from phone_pool.purchases`,
    ),
  );
  assertEquals((await readPurchase(db, id)).outcome_unknown, false);
  await travel(db, "2 minutes");
  assertEquals(await claimIds(db), [id]);
  const { status, phone_number, outcome_unknown } = await readPurchase(db, id);
  assertEquals([status, phone_number, outcome_unknown], ["ordering", "+16465550100", true]);
});
