import type { FaultRequest } from "../../../../supabase/local/simulators/telnyx/mod.ts";
import { assertEquals } from "../../../support/assert.ts";
import { order, outcome, search, until, withSimulator } from "../support/simulator.ts";

const operation = "number_orders.create";
interface Case {
  fault: FaultRequest;
  status: string;
  lines: string[];
  /** What ordering the second number again answers. */
  again: string;
}

const cases: Case[] = [
  {
    fault: { operation, kind: "order_pending", times: 1 },
    status: "pending",
    lines: ["pending", "pending"],
    again: "409 85001",
  },
  {
    fault: { operation, kind: "order_failed", times: 1 },
    status: "failure",
    lines: ["failure", "failure"],
    again: "ok",
  },
  {
    fault: { operation, kind: "order_failed", taken: true, times: 1 },
    status: "failure",
    lines: ["failure", "failure"],
    again: "409 85001",
  },
  {
    fault: { operation, kind: "partial_failure", times: 1 },
    status: "success",
    lines: ["success", "failure"],
    again: "ok",
  },
  {
    fault: { operation, kind: "partial_failure", order_status: "failure", times: 1 },
    status: "failure",
    lines: ["success", "failure"],
    again: "ok",
  },
];

Deno.test("an order can stay pending, fail, or fail in part", async (t) => {
  for (const { fault, status, lines, again } of cases) {
    await t.step(JSON.stringify(fault), () =>
      withSimulator({}, async ({ simulator, telnyx }) => {
        const phoneNumbers = await search(telnyx, "415", 2);
        simulator.control.addFault(fault);
        const { id = "" } = await order(telnyx, phoneNumbers);
        const { data } = await telnyx.numberOrders.retrieve(id);
        assertEquals(data?.status, status);
        assertEquals(data?.phone_numbers?.map((line) => String(line.status)), lines);
        assertEquals(
          simulator.control.snapshot().numbers.map((number) => number.phone_number),
          phoneNumbers.filter((_, index) => lines[index] === "success"),
        );
        assertEquals(await outcome(order(telnyx, phoneNumbers.slice(1))), again);
      }));
  }
});

Deno.test("an order can stay pending for a given time", async () => {
  await withSimulator({}, async ({ simulator, telnyx }) => {
    simulator.control.addFault({ operation, kind: "order_pending", ms: 50 });
    const created = await order(telnyx, await search(telnyx, "415"));
    assertEquals(created.status, "pending");
    await until(() => simulator.control.snapshot().numbers.length === 1, "the order succeeds");
  });
});

Deno.test("a number can be taken between search and order, for good", async (t) => {
  for (const [as, expected] of [["conflict", "409 85001"], ["bad_request", "400 10015"]] as const) {
    await t.step(as, () =>
      withSimulator({}, async ({ simulator, telnyx }) => {
        const phoneNumbers = await search(telnyx, "415");
        simulator.control.addFault({ operation, kind: "number_taken", as, times: 1 });
        assertEquals(await outcome(order(telnyx, phoneNumbers)), expected);
        assertEquals(await outcome(order(telnyx, phoneNumbers)), "409 85001");
        const next = await search(telnyx, "415");
        assertEquals(await outcome(order(telnyx, next)), "ok");
      }));
  }
});
