import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addNumbers, registerOne } from "../../support/pool.ts";
import { buy, choose, claim, plan, readPurchase, recordFailure } from "../../support/purchases.ts";

Deno.test("a number that was ours, is chosen or was refused is no candidate", async (t) => {
  await using db = await createTestDatabase();
  const [ours = ""] = await addNumbers(db, 1);
  const other = await claim(db, await plan(db));
  await choose(db, other, "+16465550100");
  const ownedId = await plan(db);
  await buy(db, ownedId);
  const { phone_number: owned } = await readPurchase(db, ownedId);
  const id = await plan(db);
  const first = await claim(db, id);
  await choose(db, first, "+16465550101");
  await recordFailure(db, first, "order_failed");
  await registerOne(db, { phone: "(303) 555-0100 x7" });
  const claimed = await claim(db, id);

  const cases: Record<string, string> = {
    "in the pool": ours,
    "bought before": owned ?? "",
    "chosen by another purchase": "+16465550100",
    "refused before": "+16465550101",
    "not a US number": "+442079460000",
    "no area code at all": "+11235550100",
    "in Toronto": "+14165550100",
    "toll-free": "+18005550100",
    "premium": "+19005550100",
    "in Jamaica": "+18765550100",
    "of a service": "+19115550100",
    "an exchange that cannot be": "+12121550100",
    "the phone of an organization, as it writes it": "+13035550100",
    "too long": "+121255501000",
  };
  for (const [why, candidate] of Object.entries(cases)) {
    await t.step(why, async () => assertEquals(await choose(db, claimed, candidate), false));
  }
  await t.step("a fresh one", async () => {
    assertEquals(await choose(db, claimed, "+16465550102"), true);
    const { status, phone_number } = await readPurchase(db, id);
    assertEquals([status, phone_number], ["ordering", "+16465550102"]);
  });
});

Deno.test("a number given up with its purchase may be chosen by another", async () => {
  await using db = await createTestDatabase();
  const first = await claim(db, await plan(db));
  await choose(db, first, "+16465550100");
  assertEquals(await recordFailure(db, first, "unauthorized"), "failed");
  assertEquals(await choose(db, await claim(db, await plan(db)), "+16465550100"), true);
});
