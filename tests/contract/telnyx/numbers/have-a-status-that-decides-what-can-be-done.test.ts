import type { FaultRequest } from "../../../../supabase/local/simulators/telnyx/mod.ts";
import { assertEquals } from "../../../support/assert.ts";
import { buy, order, outcome, searchOne, until, withSimulator } from "../support/simulator.ts";

/** Shown, found as owned, still ours. */
const STATUSES = {
  "active": [true, true, true],
  "emergency-only": [true, true, true],
  "port-out-pending": [true, true, true],
  "port-pending": [true, true, true],
  "provision-pending": [true, true, true],
  "requirement-info-exception": [true, true, true],
  "requirement-info-pending": [true, true, true],
  "requirement-info-under-review": [true, true, true],
  "purchase-pending": [true, false, true],
  "purchase-failed": [true, false, true],
  "port-failed": [true, false, true],
  "deleted": [true, false, false],
  "ported-out": [true, false, false],
} as const;

Deno.test("every list shows it, ownership and deletion go by it", async (t) => {
  for (const [status, [isShown, isFound, isOurs]] of Object.entries(STATUSES)) {
    await t.step(status, () =>
      withSimulator({}, async ({ simulator, telnyx }) => {
        const { id, phoneNumber } = await buy(telnyx);
        simulator.control.changeNumber(phoneNumber, { status: status as keyof typeof STATUSES });
        const digits = phoneNumber.slice(1);
        const filter = { phone_number: digits };
        const shown = [
          (await telnyx.phoneNumbers.retrieve(id)).data?.status,
          (await telnyx.phoneNumbers.list({ filter })).data[0]?.status,
          (await telnyx.phoneNumbers.slimList({ filter })).data[0]?.status,
        ];
        assertEquals(shown.every((word) => word === status), isShown);
        const active = await telnyx.phoneNumbers.list({ filter: { status: "active" } });
        assertEquals(active.data.length, status === "active" ? 1 : 0);
        const asked = { phone_numbers: [phoneNumber] };
        const { data } = await telnyx.phoneNumbers.actions.verifyOwnership(asked);
        assertEquals(data?.found?.length, isFound ? 1 : 0);
        assertEquals(simulator.control.snapshot().numbers.length, isOurs ? 1 : 0);
        assertEquals(await outcome(telnyx.phoneNumbers.delete(id)), isOurs ? "ok" : "404 10005");
      }));
  }
});

const operation = "number_orders.create";
const ARRIVALS: [fault: FaultRequest, status: string, connection: string | null | undefined][] = [
  [{ operation, kind: "not_active" }, "purchase-pending", undefined],
  [{ operation, kind: "not_active", status: "port-pending" }, "port-pending", undefined],
  [{ operation, kind: "wrong_connection" }, "active", null],
  [{ operation, kind: "wrong_connection", connection_id: "7" }, "active", "7"],
];

Deno.test("a number can come into the account not active, or on another connection", async (t) => {
  for (const [fault, status, connection] of ARRIVALS) {
    await t.step(JSON.stringify(fault), () =>
      withSimulator({}, async ({ simulator, telnyx }) => {
        const phoneNumber = await searchOne(telnyx);
        simulator.control.addFault(fault);
        const { status: ofOrder } = await order(telnyx, [phoneNumber]);
        assertEquals(ofOrder, "success");
        const [number] = simulator.control.snapshot().numbers;
        assertEquals(number?.status, status);
        if (connection !== undefined) assertEquals(number?.connection_id, connection);
      }));
  }
});

Deno.test("a number can become active by itself after a while", () =>
  withSimulator({}, async ({ simulator, telnyx }) => {
    const phoneNumber = await searchOne(telnyx);
    simulator.control.addFault({ operation, kind: "not_active", ms: 30 });
    await order(telnyx, [phoneNumber]);
    const status = () => simulator.control.snapshot().numbers[0]?.status;
    assertEquals(status(), "purchase-pending");
    await until(() => status() === "active", "the number is active");
  }));

Deno.test("a row that was deleted can stand beside the number that was bought again", () =>
  withSimulator({}, async ({ simulator, telnyx }) => {
    const { id, phoneNumber } = await buy(telnyx);
    simulator.control.addNumber({ phone_number: phoneNumber, status: "deleted", tags: ["old"] });
    assertEquals((await telnyx.phoneNumbers.list()).data.length, 2);
    const asked = { phone_numbers: [phoneNumber] };
    const { data } = await telnyx.phoneNumbers.actions.verifyOwnership(asked);
    assertEquals(data?.found?.map((number) => number.id), [id]);
    assertEquals(simulator.control.snapshot().grave_errors, []);
  }));
