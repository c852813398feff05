import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { failureOf } from "../../support/failure.ts";
import { rolledBack, travel } from "../../support/pool.ts";
import {
  choose,
  type Claim,
  claim,
  plan,
  readPurchase,
  recordFailure,
  recordOrdered,
  recordOwned,
} from "../../support/purchases.ts";

type Step = (db: TestDatabase, claimed: Claim) => Promise<unknown>;

const release: Step = (db, { id, token }) =>
  db.query("select phone_pool_worker.drop_purchase_claim($1, $2, 5)", [id, token]);

const STEPS: Record<string, Step> = {
  choose_purchase_number: (db, claimed) => choose(db, claimed, "+16465550199"),
  record_purchase_ordered: recordOrdered,
  record_purchase_owned: recordOwned,
  record_purchase_failure: (db, claimed) => recordFailure(db, claimed, "carrier_down"),
  drop_purchase_claim: release,
};

const LOST: Record<string, Step> = {
  "the lease is over": (db) => travel(db, "91 seconds"),
  "another worker has it": (db, { id }) => claim(db, id),
  "it was released": release,
  "it failed": (db, claimed) => recordFailure(db, claimed, "carrier_down"),
};

Deno.test("every step tells a worker that lost its claim, and changes nothing", async (t) => {
  await using db = await createTestDatabase();
  const id = await plan(db);
  for (const [how, lose] of Object.entries(LOST)) {
    for (const [name, step] of Object.entries(STEPS)) {
      await t.step(`${name}: ${how}`, () =>
        rolledBack(db, async () => {
          const claimed = await claim(db, id);
          const needsNumber = name !== "choose_purchase_number";
          if (needsNumber) await choose(db, claimed, "+16465550100");
          await lose(db, claimed);
          const before = await readPurchase(db, id);
          await db.query("savepoint before");
          const { code, detail, hint } = await failureOf(step(db, claimed));
          assertEquals([code, detail], ["PP006", `purchase ${id}`]);
          assertEquals(hint.startsWith("Another worker has it, or the lease ran out."), true);
          await db.query("rollback to before");
          const { due_in: _, ...after } = await readPurchase(db, id);
          const { due_in: __, ...expected } = before;
          assertEquals(after, expected);
        }));
    }
  }
});

Deno.test("no step is taken for a foreign token, an unknown purchase or none", async () => {
  await using db = await createTestDatabase();
  const { id, token } = await claim(db, await plan(db));
  for (const step of Object.values(STEPS)) {
    for (
      const wrong of [{ id, token: crypto.randomUUID() }, { id: crypto.randomUUID(), token }]
    ) {
      assertEquals((await failureOf(step(db, wrong))).code, "PP006");
    }
  }
  const nothing = db.query("select phone_pool_worker.drop_purchase_claim($1, null, 5)", [id]);
  assertEquals((await failureOf(nothing)).code, "PP006");
});

Deno.test("a step out of turn is refused", async (t) => {
  await using db = await createTestDatabase();
  const early = await claim(db, await plan(db));
  for (const name of ["record_purchase_ordered", "record_purchase_owned"]) {
    await t.step(`${name} before a number is chosen`, async () => {
      const step = STEPS[name];
      assertEquals(step && (await failureOf(step(db, early))).code, "PP006");
    });
  }
  await t.step("a second number after the first", async () => {
    await choose(db, early, "+16465550100");
    assertEquals((await failureOf(choose(db, early, "+16465550101"))).code, "PP006");
  });
  await t.step("owned twice", async () => {
    await recordOwned(db, early);
    assertEquals((await failureOf(recordOwned(db, early))).code, "PP006");
  });
});
