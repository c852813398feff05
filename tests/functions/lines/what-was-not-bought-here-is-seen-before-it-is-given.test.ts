import { assertEquals } from "../../support/assert.ts";
import { buyNumbers } from "../../support/account.ts";
import { phoneOf, readNumber } from "../../support/lifecycle.ts";
import { registerOne, value } from "../../support/pool.ts";
import { type Supply, withSupply } from "../../support/supply.ts";
import { lineRequests, reached, runLines, sweep } from "./support/lines.ts";

const IMPORTED = "+13125550123";
const STRANGER = "+16175550199";
const PLATFORM = "+16175550100";

/** A number of the account that somebody has forwarded in the portal. */
function addForwarded({ simulator }: Supply): string {
  const { id } = simulator.control.addNumber({ phone_number: IMPORTED });
  simulator.control.changeNumber(IMPORTED, {
    forwards_to: STRANGER,
    cnam_listing_details: "A STRANGER",
  });
  return id;
}

const importIt = ({ db }: Supply, id: string, organizationId?: string) =>
  value<string>(db, "(import_phone_number($1, $2, $3)).status", [IMPORTED, id, organizationId]);

const switchOn = ({ db }: Supply) =>
  db.query("update phone_pool.settings set callback_default = $1", [PLATFORM]);

Deno.test("where lines are wanted an imported number joins the pool when it is seen to be clear", async () => {
  await withSupply({}, async (supply) => {
    await switchOn(supply);
    assertEquals(await importIt(supply, addForwarded(supply)), "suspended");
    assertEquals(await registerOne(supply.db).then((id) => phoneOf(supply.db, id)), null);
    await runLines(supply);
    assertEquals((await readNumber(supply.db, IMPORTED)).status, "suspended");
    await supply.pass(30);
    await runLines(supply);
    assertEquals(
      (await readNumber(supply.db, IMPORTED)).status,
      "assigned",
      "to the one that waits",
    );
    assertEquals(supply.simulator.control.shownName(IMPORTED), null);
    await supply.pass(1);
    await runLines(supply);
    assertEquals(reached(supply, IMPORTED), PLATFORM);
  });
});

Deno.test("imported with its clinic it is that clinic's when it is clear", async () => {
  await withSupply({}, async (supply) => {
    await switchOn(supply);
    const organizationId = await registerOne(supply.db);
    await supply.db.query("delete from phone_pool.number_requests");
    assertEquals(await importIt(supply, addForwarded(supply), organizationId), "suspended");
    assertEquals(await phoneOf(supply.db, organizationId), IMPORTED);
    await runLines(supply);
    await supply.pass(30);
    await runLines(supply);
    const number = await readNumber(supply.db, IMPORTED);
    assertEquals([number.status, number.organization_id], ["assigned", organizationId]);
  });
});

Deno.test("one that is clear is only looked at", async () => {
  await withSupply({}, async (supply) => {
    await switchOn(supply);
    const { id } = supply.simulator.control.addNumber({ phone_number: IMPORTED });
    await importIt(supply, id);
    await runLines(supply);
    assertEquals((await readNumber(supply.db, IMPORTED)).status, "available");
    assertEquals(lineRequests(supply), ["retrieve"]);
  });
});

Deno.test("what was imported before leaves the pool until it is seen, and nothing is bought", async () => {
  await withSupply({ lowWater: 1 }, async (supply) => {
    assertEquals(await importIt(supply, addForwarded(supply)), "available");
    assertEquals(lineRequests(supply), []);
    await switchOn(supply);
    await sweep(supply.db);
    assertEquals((await readNumber(supply.db, IMPORTED)).status, "suspended");
    await sweep(supply.db);
    assertEquals(await value(supply.db, "(select count(*)::int from phone_pool.purchases)"), 0);
    await runLines(supply);
    await supply.pass(30);
    await runLines(supply);
    assertEquals((await readNumber(supply.db, IMPORTED)).status, "available");
    assertEquals(reached(supply, IMPORTED), null);
  });
});

Deno.test("a number that was bought needs no look", async () => {
  await withSupply({}, async (supply) => {
    await switchOn(supply);
    await buyNumbers(supply, 2);
    await sweep(supply.db);
    await runLines(supply);
    assertEquals(lineRequests(supply), []);
  });
});
