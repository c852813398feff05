import { assertEquals, assertRejects } from "../../support/assert.ts";
import { buyNumbers } from "../../support/account.ts";
import { leave, phoneOf, readNumber } from "../../support/lifecycle.ts";
import { registerOne, value } from "../../support/pool.ts";
import { type Supply, withSupply } from "../../support/supply.ts";
import { lineRequests, reached, runLines, setCallback, sweep } from "./support/lines.ts";

const DESK = "+16175550188";
const DAY = 24 * 3600;

async function clinic(supply: Supply): Promise<{ id: string; number: string }> {
  const id = await registerOne(supply.db);
  return { id, number: (await phoneOf(supply.db, id)) ?? "" };
}

Deno.test("a project that wants no lines sends no request about them", async () => {
  await withSupply({}, async (supply) => {
    await buyNumbers(supply, 2);
    const { id } = await clinic(supply);
    await sweep(supply.db);
    await runLines(supply);
    await leave(supply.db, id);
    await supply.pass(91 * DAY);
    await sweep(supply.db);
    await runLines(supply);
    assertEquals(lineRequests(supply), []);
    assertEquals(await value(supply.db, "(select count(*)::int from phone_pool.lines)"), 0);
  });
});

Deno.test("a callback number is applied and seen, follows its change, and goes", async () => {
  await withSupply({}, async (supply) => {
    await buyNumbers(supply, 2);
    const { id, number } = await clinic(supply);
    assertEquals(await setCallback(supply.db, id, "(617) 555-0188"), DESK);
    await runLines(supply);
    assertEquals(reached(supply, number), DESK);
    assertEquals(lineRequests(supply), ["update", "retrieve"]);
    await runLines(supply);
    assertEquals(lineRequests(supply).length, 2, "what is as it should be is not asked for again");
    assertEquals(
      await supply.db.query(
        "select phone_number, forward_to, is_applied, problem from admin_lines",
      ),
      [{ phone_number: number, forward_to: DESK, is_applied: true, problem: null }],
    );
    await setCallback(supply.db, id, null);
    await runLines(supply);
    assertEquals(reached(supply, number), null);
  });
});

Deno.test("after a clinic left it is called for 30 days, then nobody, then the number is free", async () => {
  await withSupply({}, async (supply) => {
    await supply.db.query("update phone_pool.settings set keep_idle_above = 20");
    await buyNumbers(supply, 1);
    const { id, number } = await clinic(supply);
    await setCallback(supply.db, id, DESK);
    await runLines(supply);
    await supply.pass(2 * DAY);
    await supply.db.query("delete from public.organizations where id = $1", [id]);
    await supply.pass(29 * DAY);
    await sweep(supply.db);
    await runLines(supply);
    assertEquals(reached(supply, number), DESK);
    await supply.pass(2 * DAY);
    await sweep(supply.db);
    await runLines(supply);
    assertEquals(reached(supply, number), null);
    await supply.pass(60 * DAY);
    await sweep(supply.db);
    assertEquals((await readNumber(supply.db, number)).status, "available");
  });
});

Deno.test("a number that cannot be cleared waits outside the pool, visibly", async () => {
  await withSupply({}, async (supply) => {
    await buyNumbers(supply, 1);
    const { id, number } = await clinic(supply);
    await setCallback(supply.db, id, DESK);
    await runLines(supply);
    await supply.pass(2 * DAY);
    await leave(supply.db, id);
    supply.simulator.control.addFault({ operation: "*", kind: "server_error" });
    await supply.pass(91 * DAY);
    await sweep(supply.db);
    await runLines(supply);
    await supply.pass(1000);
    await sweep(supply.db);
    assertEquals((await readNumber(supply.db, number)).status, "suspended");
    assertEquals(
      await value(supply.db, "(select waiting_for from admin_phone_numbers)"),
      "its line at Telnyx to be cleared: see admin_lines",
    );
    assertEquals(
      await value(
        supply.db,
        "(select count(*)::int from phone_pool.alerts where kind = 'line_not_applied' and closed_at is null)",
      ),
      1,
    );
    await assertRejects(
      () =>
        supply.db.query(
          `update public.phone_numbers set status = 'available', suspended_until = null,
             suspended_reason = null`,
        ),
      Error,
      "The line of this phone number is not clear",
    );
    supply.simulator.control.clearFaults();
    await supply.pass(1000);
    await runLines(supply);
    await sweep(supply.db);
    assertEquals((await readNumber(supply.db, number)).status, "available");
    assertEquals(reached(supply, number), null);
  });
});

Deno.test("a number that calls are not put through to is an alert, and the default is used", async () => {
  await withSupply({}, async (supply) => {
    const { db } = supply;
    await buyNumbers(supply, 1);
    const { id, number } = await clinic(supply);
    await db.query(
      `update public.organizations set settings = '{"callback_number": "+19005550123"}'`,
    );
    await db.query("update phone_pool.settings set callback_default = $1", [DESK]);
    await sweep(db);
    await runLines(supply);
    assertEquals(reached(supply, number), DESK);
    assertEquals(
      await db.query("select subject from admin_alerts where kind = 'callback_refused'"),
      [{ subject: id }],
    );
    assertEquals(
      await db.query("select calls_are_forwarded_to from admin_support_numbers"),
      [{ calls_are_forwarded_to: DESK }],
    );
    // The target becomes a number of the pool: no call goes round.
    await db.query(
      `insert into public.phone_numbers (phone_number, telnyx_phone_number_id, area_code,
         monthly_cost) values ($1, '1', '617', 1)`,
      [DESK],
    );
    await runLines(supply);
    assertEquals(reached(supply, number), null);
  });
});
