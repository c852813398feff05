import { assert, assertEquals } from "../../support/assert.ts";
import { buyNumbers, runReconcile } from "../../support/account.ts";
import { freeNumbers, openAlerts, value, values } from "../../support/pool.ts";
import { type Supply, withSupply } from "../../support/supply.ts";

const lastResult = ({ db }: Supply) =>
  value(db, "select result from phone_pool.reconciliations order by id desc limit 1");

const changes = ({ simulator }: Supply) =>
  simulator.control.snapshot().requests.filter(({ method }) =>
    ["PATCH", "DELETE"].includes(method)
  );

Deno.test("entries of the list that cannot be read: the others are compared, and it is said", () =>
  withSupply({}, async (supply) => {
    const { db, simulator: { control } } = supply;
    const numbers = await buyNumbers(supply, 3);
    control.addFault({ operation: "phone_numbers.slim_list", kind: "odd_entries" });
    control.addFault({ operation: "phone_numbers.verify_ownership", kind: "odd_entries" });
    await runReconcile(supply);
    assertEquals(await lastResult(supply), "compared");
    // One of ours was unreadable in the list, and is there when it is asked for by itself.
    assertEquals(await freeNumbers(db), numbers);
    assertEquals(
      await value(db, "select jsonb_agg(distinct class) from public.admin_drift"),
      ["unknown_at_carrier"],
      "what could be read of somebody else's",
    );
    assertEquals(changes(supply), []);
    assertEquals(
      await values(
        db,
        `select operation as value from phone_pool.carrier_requests
         where skipped_entries > 0 order by 1`,
      ),
      ["list_numbers", "verify_ownership"],
    );
    assert((await openAlerts(db)).includes("entries_skipped"));
  }));

Deno.test("a number that cannot be asked for counts as there, and the others are asked for", () =>
  withSupply({}, async (supply) => {
    const { db, simulator: { control } } = supply;
    const [first = "", second = "", third] = await buyNumbers(supply, 3);
    control.removeNumber(first);
    control.removeNumber(second);
    for (const kind of ["refused", "server_error"] as const) {
      control.setFaults([
        kind === "refused"
          ? { operation: "phone_numbers.retrieve", kind, status: 422, code: "10027", times: 1 }
          : { operation: "phone_numbers.verify_ownership", kind, times: 1 },
      ]);
      await runReconcile(supply);
      assertEquals(await lastResult(supply), "compared");
    }
    const gone = await values(
      db,
      "select phone_number as value from public.admin_drift where class = 'gone_at_carrier'",
    );
    assertEquals(gone.length, 1);
    control.clearFaults();
    await runReconcile(supply);
    assertEquals(await freeNumbers(db), [third]);
  }));

Deno.test("Telnyx answers no look: after three the rest is left for another day", () =>
  withSupply({}, async (supply) => {
    const { db, simulator: { control } } = supply;
    const numbers = await buyNumbers(supply, 8);
    for (const number of numbers.slice(0, 6)) control.removeNumber(number);
    control.addFault({ operation: "phone_numbers.verify_ownership", kind: "server_error" });
    const before = control.snapshot().requests.length;
    await runReconcile(supply);
    assertEquals(control.snapshot().requests.length - before, 4);
    assertEquals(await value(db, "select count(*)::int from public.admin_drift"), 0);
    assertEquals((await freeNumbers(db)).length, 8);
  }));
