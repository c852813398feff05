import { best, type Order, readOrderIds } from "../../../../functions/_shared/carrier-orders.ts";
import { assertEquals } from "../../../support/assert.ts";

const CASES: [outcomes: Order["outcome"][], counts: Order["outcome"] | undefined][] = [
  [[], undefined],
  [["failure"], "failure"],
  [["failure", "success"], "success"],
  [["pending", "success", "failure"], "success"],
  [["failure", "pending"], "pending"],
  [["ended", "failure", "unclear"], "unclear"],
  [["ended", "failure"], "failure"],
];

for (const [outcomes, counts] of CASES) {
  Deno.test(`of ${outcomes.join(", ") || "none"}: ${counts ?? "none"}`, () => {
    const orders = outcomes.map((outcome, nth) => ({ id: `${nth}`, outcome }));
    assertEquals(best(orders)?.outcome, counts);
  });
}

Deno.test("an order of another reference is not ours, whatever the list shows", () => {
  const list = [{ id: "1", customer_reference: "another" }, {
    id: "2",
    customer_reference: "ours",
  }];
  assertEquals(readOrderIds(list, "ours", () => {}), ["2"]);
});
