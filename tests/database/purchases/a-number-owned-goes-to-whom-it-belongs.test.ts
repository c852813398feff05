import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { contradictions, freeNumbers, register, value } from "../../support/pool.ts";
import {
  buy,
  choose,
  claim,
  nextNumber,
  plan,
  readPurchase,
  recordOrdered,
  recordOwned,
} from "../../support/purchases.ts";

Deno.test("for whom it was bought, though others wait longer", async () => {
  await using db = await createTestDatabase();
  const [first, second] = await register(db, 2);
  assertEquals(await buy(db, await plan(db, { organizationId: second })), second);
  assertEquals(await buy(db, await plan(db, { organizationId: second })), first);
  assertEquals(await buy(db, await plan(db)), null);
  assertEquals((await freeNumbers(db)).length, 1);
  assertEquals(await contradictions(db), []);
});

Deno.test("its row has the price of the search, its purchase and its id at Telnyx", async () => {
  await using db = await createTestDatabase();
  const id = await plan(db);
  await buy(db, id);
  assertEquals(
    await db.query(
      `select phone_number, telnyx_phone_number_id, area_code, monthly_cost::float8, purchase_id,
         status from public.phone_numbers`,
    ),
    [{
      phone_number: "+16465560001",
      telnyx_phone_number_id: `telnyx-${id}`,
      area_code: "646",
      monthly_cost: 1.1,
      purchase_id: id,
      status: "available",
    }],
  );
  assertEquals((await readPurchase(db, id)).status, "owned");
});

Deno.test("owned without an answer to the order, or with one", async () => {
  await using db = await createTestDatabase();
  for (const ordered of [true, false]) {
    const claimed = await claim(db, await plan(db));
    await choose(db, claimed, await nextNumber(db));
    if (ordered) await recordOrdered(db, claimed);
    await recordOwned(db, claimed);
    assertEquals((await readPurchase(db, claimed.id)).status, "owned");
  }
});

Deno.test("added by hand in the meantime, the purchase ends all the same", async () => {
  await using db = await createTestDatabase();
  const claimed = await claim(db, await plan(db));
  await choose(db, claimed, "+16465550100");
  await db.query("select import_phone_number('+16465550100', '29357')");
  await recordOwned(db, claimed);
  assertEquals((await readPurchase(db, claimed.id)).status, "owned");
  assertEquals(await value(db, "select count(*)::int from public.phone_numbers"), 1);
  assertEquals(
    await value(db, "select numbers::int from phone_pool.spending(phone_pool.clock())"),
    1,
  );
});
