import type Telnyx from "telnyx";
import { assertEquals } from "../../../support/assert.ts";
import { order, searchOne, withSimulator } from "../support/simulator.ts";

Deno.test("orders are listed newest first, by filter and page by page", async (t) => {
  await withSimulator({}, async ({ simulator, telnyx }) => {
    for (const reference of ["a", "b", "c"]) {
      if (reference === "c") {
        simulator.control.addFault({ operation: "number_orders.create", kind: "order_pending" });
      }
      await order(telnyx, [await searchOne(telnyx)], reference);
    }
    const now = new Date();
    const hour = (count: number) => new Date(now.getTime() + count * 3_600_000).toISOString();
    const cases: [string, Telnyx.NumberOrderListParams, string[]][] = [
      ["all", {}, ["c", "b", "a"]],
      ["by reference", { filter: { customer_reference: "b" } }, ["b"]],
      ["reference unknown", { filter: { customer_reference: "B" } }, []],
      ["by status", { filter: { status: "success" } }, ["b", "a"]],
      ["in pages of one", { "page[size]": 1 }, ["c", "b", "a"]],
      ["after a time", { filter: { created_at: { gt: hour(-1) } } }, ["c", "b", "a"]],
      ["before a time", { filter: { created_at: { lt: hour(-1) } } }, []],
    ];
    for (const [name, parameters, expected] of cases) {
      await t.step(name, async () => {
        const found: string[] = [];
        for await (const listed of telnyx.numberOrders.list(parameters)) {
          found.push(listed.customer_reference ?? "");
        }
        assertEquals(found, expected);
      });
    }
    await t.step("with a meta that counts", async () => {
      const page = await telnyx.numberOrders.list({ "page[size]": 2, "page[number]": 2 });
      assertEquals<object>(page.meta, {
        page_number: 2,
        page_size: 2,
        total_pages: 2,
        total_results: 3,
      });
      assertEquals(page.data.length, 1);
    });
  });
});
