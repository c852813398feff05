import { assertEquals } from "../../support/assert.ts";
import { buyNumbers, runReconcile, tryReconcile } from "../../support/account.ts";
import { openAlerts, value } from "../../support/pool.ts";
import { type Supply, withSupply } from "../../support/supply.ts";

const FOREIGN = "+17302060073";

const changes = ({ simulator }: Supply) =>
  simulator.control.snapshot().requests.filter(({ method }) =>
    ["PATCH", "DELETE"].includes(method)
  );

Deno.test("a foreign number is left alone, and is no drift once it is listed as known", () =>
  withSupply({}, async (supply) => {
    await buyNumbers(supply, 1);
    supply.simulator.control.addNumber({ phone_number: FOREIGN, customer_reference: "a test" });
    await runReconcile(supply);
    assertEquals(changes(supply), []);
    assertEquals(
      await value(supply.db, "select class from public.admin_drift"),
      "unknown_at_carrier",
    );
    await supply.db.query(
      "insert into phone_pool.known_numbers (phone_number, note) values ($1, 'test number')",
      [FOREIGN],
    );
    await runReconcile(supply);
    assertEquals(await value(supply.db, "select count(*)::int from public.admin_drift"), 0);
    assertEquals((await openAlerts(supply.db)).includes("drift_found"), false);
    assertEquals(changes(supply), []);
  }));

Deno.test("another account's key makes nothing look gone", () =>
  withSupply({}, async (supply) => {
    await buyNumbers(supply, 3);
    // What an account without our numbers answers.
    const kept = new Map(supply.simulator.state.numbers);
    supply.simulator.state.numbers.clear();
    await runReconcile(supply);
    assertEquals(await value(supply.db, "select count(*)::int from phone_pool.drifts"), 0);
    assertEquals((await openAlerts(supply.db)).includes("reconciliation_implausible"), true);
    for (const [id, number] of kept) supply.simulator.state.numbers.set(id, number);
    await runReconcile(supply);
    assertEquals((await openAlerts(supply.db)).includes("reconciliation_implausible"), false);
  }));

Deno.test("a list that cannot be read to its end concludes nothing", () =>
  withSupply({}, async (supply) => {
    await buyNumbers(supply, 3);
    supply.simulator.control.addFault({
      operation: "phone_numbers.slim_list",
      kind: "server_error",
      times: 1,
    });
    assertEquals((await tryReconcile(supply)).length, 1);
    assertEquals(await value(supply.db, "select count(*)::int from phone_pool.drifts"), 0);
    assertEquals(
      await value(supply.db, "select finished_at from phone_pool.reconciliations"),
      null,
    );
    // The lease of the run that failed runs out.
    await supply.pass(601);
    await runReconcile(supply);
    assertEquals(
      await value(
        supply.db,
        "select result from phone_pool.reconciliations order by id desc limit 1",
      ),
      "compared",
    );
  }));
