import { assertEquals } from "../../support/assert.ts";
import { buyNumbers } from "../../support/account.ts";
import { callOut, phoneOf } from "../../support/lifecycle.ts";
import { registerOne } from "../../support/pool.ts";
import { withSupply } from "../../support/supply.ts";
import { reached, runLines, setCallback, sweep } from "./support/lines.ts";

const DESK = "+16175550188";
const DAY = 24 * 3600;

Deno.test("to its clinic for the whole quarantine, and the clinic knows whom it had called", async () => {
  await withSupply({}, async (supply) => {
    const { db } = supply;
    await buyNumbers(supply, 2);
    const id = await registerOne(db);
    const old = (await phoneOf(db, id)) ?? "";
    await setCallback(db, id, DESK);
    await runLines(supply);
    await callOut(db, id, ["+12125550101", "+12125550102"]);
    await db.query("select replace_phone_number($1, 'marked as spam')", [id]);
    await supply.pass(85 * DAY);
    await sweep(db);
    await runLines(supply);
    assertEquals([reached(supply, old), reached(supply, (await phoneOf(db, id)) ?? "")], [
      DESK,
      DESK,
    ]);
    const [change] = await db.query(
      `select old_phone_number, phone_number, reason, rings_through_to, callees,
         array_length(callee_hashes, 1) as hashes from admin_number_changes`,
    );
    assertEquals(change, {
      old_phone_number: old,
      phone_number: await phoneOf(db, id),
      reason: "marked as spam",
      rings_through_to: DESK,
      callees: "2",
      hashes: 2,
    });
    // A later callback number is where the old number rings, too.
    await setCallback(db, id, "+16175550177");
    await runLines(supply);
    assertEquals(reached(supply, old), "+16175550177");
    await supply.pass(6 * DAY);
    await sweep(db);
    await runLines(supply);
    assertEquals(reached(supply, old), null);
  });
});
