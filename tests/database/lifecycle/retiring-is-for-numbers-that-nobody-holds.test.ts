import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import { leave, oneHolder, readNumber } from "../../support/lifecycle.ts";
import { addNumbers, sweep, travel } from "../../support/pool.ts";

Deno.test("retire_phone_number is for numbers that nobody holds", async (t) => {
  await using db = await createTestDatabase();
  const held = await oneHolder(db);
  const retire = (number: string, reason = "labelled as spam") =>
    outcomeOf(db.query("select retire_phone_number($1, $2)", [number, reason]));
  await t.step("held: refused", async () => {
    assertEquals(await retire(held.phoneNumber), "PP009");
  });
  await t.step("unknown, or without a reason: refused", async () => {
    assertEquals(await retire("+12125559999"), "PP008");
    assertEquals(await retire(held.phoneNumber, " "), "PP005");
  });
  await t.step("free: given back at once", async () => {
    const [free = ""] = await addNumbers(db, 1);
    assertEquals(await retire(free), "ok");
    const { status, retire_reason } = await readNumber(db, free);
    assertEquals([status, retire_reason], ["released", "labelled as spam"]);
    assertEquals(await retire(free, "another reason"), "ok");
    assertEquals((await readNumber(db, free)).retire_reason, "labelled as spam");
  });
  await t.step("in quarantine: given back when that is over", async () => {
    await leave(db, held.organizationId);
    assertEquals(await retire(held.phoneNumber), "ok");
    assertEquals((await readNumber(db, held.phoneNumber)).status, "suspended");
    await travel(db, "91 days");
    await sweep(db);
    assertEquals((await readNumber(db, held.phoneNumber)).status, "released");
  });
});
