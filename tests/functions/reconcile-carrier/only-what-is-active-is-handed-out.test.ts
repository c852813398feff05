import { assertEquals } from "../../support/assert.ts";
import { buyNumbers, runReconcile } from "../../support/account.ts";
import { loseRecord } from "../../support/drift.ts";
import { freeNumbers, openAlerts, register, value } from "../../support/pool.ts";
import { type Supply, withSupply } from "../../support/supply.ts";

const STATUSES = [
  "purchase-pending",
  "purchase-failed",
  "port-pending",
  "port-failed",
  "emergency-only",
  "requirement-info-pending",
  "requirement-info-under-review",
  "requirement-info-exception",
  "provision-pending",
  "port-out-pending",
] as const;

const statusHere = ({ db }: Supply, number: string) =>
  value<string>(
    db,
    "select status || ', ' || carrier_status from public.phone_numbers where phone_number = $1",
    [number],
  );

const drifts = ({ db }: Supply) =>
  db.query("select class, phone_number, heals_itself from public.admin_drift");

for (const status of STATUSES) {
  Deno.test(`${status}: not adopted, taken out of the pool, and back when it is active`, async (t) => {
    await t.step("a number of ours without a record", () =>
      withSupply({}, async (supply) => {
        const { db, simulator: { control } } = supply;
        const number = await loseRecord(supply);
        control.changeNumber(number, { status });
        await supply.pass(86_400);
        await runReconcile(supply);
        assertEquals(await value(db, "select count(*)::int from public.phone_numbers"), 0);
        assertEquals(await drifts(supply), [
          { class: "unknown_at_carrier", phone_number: number, heals_itself: false },
        ]);
        control.changeNumber(number, { status: "active" });
        await runReconcile(supply);
        assertEquals(await statusHere(supply, number), "available, active");
        assertEquals(await drifts(supply), []);
      }));
    await t.step("a number of the pool", () =>
      withSupply({}, async (supply) => {
        const { db, simulator: { control } } = supply;
        const [number = "", other] = await buyNumbers(supply, 2);
        control.changeNumber(number, { status });
        await runReconcile(supply);
        assertEquals(await statusHere(supply, number), `suspended, ${status}`);
        assertEquals(await freeNumbers(db), [other]);
        assertEquals(await drifts(supply), [
          { class: "not_active", phone_number: number, heals_itself: false },
        ]);
        control.changeNumber(number, { status: "active" });
        await runReconcile(supply);
        assertEquals(await statusHere(supply, number), "available, active");
      }));
  });
}

Deno.test("adopted by what it is when it is looked at, not by what the list said", () =>
  withSupply({}, async (supply) => {
    const { db, simulator: { control, state } } = supply;
    const number = await loseRecord(supply);
    await supply.pass(86_400);
    const list = state.faults.draw;
    // The list has been read; then it changes.
    state.faults.draw = (operation, areaCode) => {
      if (operation === "phone_numbers.retrieve") {
        control.changeNumber(number, { status: "port-out-pending" });
      }
      return list(operation, areaCode);
    };
    await runReconcile(supply);
    assertEquals(await value(db, "select count(*)::int from public.phone_numbers"), 0);
    assertEquals(
      await value(db, "select last_error from public.admin_drift"),
      "the number is not active: port-out-pending",
    );
  }));

for (const gone of ["deleted", "ported-out", "not found"] as const) {
  Deno.test(`${gone}: the number is gone, never handed out, and its organization is told of`, () =>
    withSupply({}, async (supply) => {
      const { db, simulator: { control } } = supply;
      const [held = "", free = "", third] = await buyNumbers(supply, 3);
      await register(db, 1);
      for (const number of [held, free]) {
        if (gone === "not found") control.removeNumber(number);
        else control.changeNumber(number, { status: gone });
      }
      await runReconcile(supply);
      assertEquals(await statusHere(supply, held), "assigned, gone");
      assertEquals(await statusHere(supply, free), "suspended, gone");
      assertEquals(await freeNumbers(db), [third]);
      assertEquals((await drifts(supply)).map((drift) => drift.class), [
        "gone_at_carrier",
        "gone_at_carrier",
      ]);
      assertEquals((await openAlerts(db)).includes("number_gone"), true);
    }));
}

Deno.test("a row that was deleted beside the active one says nothing", () =>
  withSupply({}, async (supply) => {
    const { db, simulator: { control } } = supply;
    const [number = ""] = await buyNumbers(supply, 2);
    for (const status of ["deleted", "ported-out"] as const) {
      control.addNumber({ phone_number: number, status });
    }
    await runReconcile(supply);
    assertEquals(await drifts(supply), []);
    assertEquals((await freeNumbers(db)).length, 2);
  }));
