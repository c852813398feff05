import { createLog, maskPhoneNumbers } from "../../../../functions/_shared/log.ts";
import { assertEquals, assertMatch } from "../../../support/assert.ts";

const ID = "0b5e2d0e-1111-4222-8333-212555010012";

const TEXTS: [text: string, masked: string][] = [
  ["+12125550123", "…0123"],
  ["12125550123", "…0123"],
  ["2125550123", "…0123"],
  ["(212) 555-0123", "(…0123"],
  ["212.555.0123", "…0123"],
  ["+1 212 555 0123", "…0123"],
  ["+442079460000", "…0000"],
  ["+123456789012345", "…2345"],
  ["call +12125550123, then +12125550124", "call …0123, then …0124"],
  ["number …0123 is taken", "number …0123 is taken"],
  // Neither an amount, nor a time, nor an id of Telnyx, which has more digits.
  ["3.00 of 500.00", "3.00 of 500.00"],
  ["after 1200 ms", "after 1200 ms"],
  ["1293384261075731499", "1293384261075731499"],
];

for (const [text, masked] of TEXTS) {
  Deno.test(`${text} is told as ${masked}`, () => assertEquals(maskPhoneNumbers(text), masked));
}

Deno.test("a line is what it says, field by field", () => {
  const lines: string[] = [];
  const log = createLog("intake-calls", (line) => lines.push(line), { request_id: ID });
  log("call_failed", {
    call_id: ID,
    order_id: "2125550123",
    code: "callee_busy",
    status: 502,
    is_final: true,
    retry_at: null,
    failure: undefined,
    error: "Error: +12125550123 is busy",
    from: "+1 (415) 555-0100",
    phone_number: "+12125550123",
    event_type: "call to 2125550123",
  });
  log("reconciliation_running");
  const [first, second] = lines.map((line) => JSON.parse(line));
  assertMatch(first.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assertEquals({ ...first, at: "" }, {
    at: "",
    source: "intake-calls",
    event: "call_failed",
    request_id: ID,
    call_id: ID,
    order_id: "2125550123",
    code: "callee_busy",
    status: 502,
    is_final: true,
    retry_at: null,
    error: "Error: …0123 is busy",
    from: "…0100",
    phone_number: "…0123",
    event_type: "call to …0123",
  });
  assertEquals({ ...second, at: "" }, {
    at: "",
    source: "intake-calls",
    event: "reconciliation_running",
    request_id: ID,
  });
});
