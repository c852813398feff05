import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import { freeNumbers, planNow, registerOne, value } from "../../support/pool.ts";
import {
  choose,
  claim,
  readPurchase,
  recordOrdered,
  recordOwned,
} from "../../support/purchases.ts";

const NUMBER = "+14155550123";

Deno.test("what is on order for an organization that left becomes the pool's, or is not ordered", async (t) => {
  await t.step("not ordered yet: cancelled, and the worker that has it is told", async () => {
    await using db = await createTestDatabase();
    const { organizationId, purchaseId } = await waitingFor(db);
    const claimed = await claim(db, purchaseId);
    await db.query("delete from public.organizations where id = $1", [organizationId]);
    assertEquals((await readPurchase(db, purchaseId)).status, "cancelled");
    assertEquals(await outcomeOf(choose(db, claimed, NUMBER)), "PP006");
  });
  await t.step("ordered: the number joins the pool", async () => {
    await using db = await createTestDatabase();
    const { organizationId, purchaseId } = await waitingFor(db);
    const claimed = await claim(db, purchaseId);
    await choose(db, claimed, NUMBER);
    await recordOrdered(db, claimed);
    await db.query(
      "update public.organizations set subscription_status = 'canceled' where id = $1",
      [
        organizationId,
      ],
    );
    assertEquals((await readPurchase(db, purchaseId)).status, "ordered");
    assertEquals(await recordOwned(db, claimed), null);
    assertEquals(await freeNumbers(db), [NUMBER]);
  });
  await t.step("a worker is writing the row: the sweep frees it", async () => {
    await using db = await createTestDatabase();
    const { organizationId, purchaseId } = await waitingFor(db);
    const worker = await db.connect();
    await worker.query("begin");
    await worker.query("select from phone_pool.purchases where id = $1 for update", [purchaseId]);
    await db.query("delete from public.organizations where id = $1", [organizationId]);
    await worker.query("rollback");
    assertEquals((await readPurchase(db, purchaseId)).status, "planned");
    await db.query("select phone_pool.sweep()");
    assertEquals((await readPurchase(db, purchaseId)).status, "cancelled");
  });
});

async function waitingFor(db: Parameters<typeof registerOne>[0]) {
  const organizationId = await registerOne(db, { areaCode: "415" });
  await planNow(db);
  const purchaseId = await value<string>(
    db,
    "select id from phone_pool.purchases where organization_id = $1",
    [organizationId],
  );
  return { organizationId, purchaseId };
}
