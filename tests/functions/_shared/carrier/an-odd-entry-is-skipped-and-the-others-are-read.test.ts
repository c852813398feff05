import { accountNumber } from "../../../../functions/_shared/account-number.ts";
import { readEntries } from "../../../../functions/_shared/carrier-entries.ts";
import { readOrderIds } from "../../../../functions/_shared/carrier-orders.ts";
import { readCandidates } from "../../../../functions/_shared/carrier-search.ts";
import { assertEquals, assertThrows } from "../../../support/assert.ts";

const FEATURES = [{ name: "sms" }, { name: "voice" }, { name: "emergency" }];
const PRICE = { upfront_cost: "1.00000", monthly_cost: "1.00000", currency: "USD" };
const GOOD = {
  phone_number: "+12122040101",
  best_effort: false,
  features: FEATURES,
  region_information: [{ region_type: "country_code", region_name: "US" }],
  cost_information: PRICE,
};

const read = (entries: unknown[], areaCode: string | null = null) => {
  const skipped: string[] = [];
  const found = readCandidates({ data: entries }, areaCode, (reason) => skipped.push(reason));
  return { found, skipped };
};

/** The price that is understood, "unknown", or why the entry is not used. */
const CASES: [what: string, entry: unknown, means: string][] = [
  ["as documented", GOOD, "1.00000"],
  ["a price as a number", { ...GOOD, cost_information: { ...PRICE, monthly_cost: 1 } }, "1"],
  ["an empty price", { ...GOOD, cost_information: { ...PRICE, monthly_cost: "" } }, "unknown"],
  ["a dollar sign", { ...GOOD, cost_information: { ...PRICE, monthly_cost: "$1.00" } }, "unknown"],
  ["a negative price", { ...GOOD, cost_information: { ...PRICE, monthly_cost: "-1" } }, "unknown"],
  ["a null price", { ...GOOD, cost_information: { ...PRICE, monthly_cost: null } }, "unknown"],
  ["half a price", { ...GOOD, cost_information: { monthly_cost: "1.00" } }, "unknown"],
  [
    "an odd one-time price",
    { ...GOOD, cost_information: { ...PRICE, upfront_cost: "free" } },
    "unknown",
  ],
  ["no price", { ...GOOD, cost_information: null }, "unknown"],
  ["a price in words", { ...GOOD, cost_information: "one dollar" }, "unknown"],
  ["euros", { ...GOOD, cost_information: { ...PRICE, currency: "EUR" } }, "another currency"],
  ["no currency", { ...GOOD, cost_information: { ...PRICE, currency: undefined } }, "1.00000"],
  ["null", null, "unreadable entry"],
  ["a text", "+12122040101", "unreadable entry"],
  ["no number", { ...GOOD, phone_number: undefined }, "unreadable phone_number"],
  ["a null number", { ...GOOD, phone_number: null }, "unreadable phone_number"],
  ["digits", { ...GOOD, phone_number: 12122040101 }, "unreadable phone_number"],
  ["Berlin", { ...GOOD, phone_number: "+4930123456" }, "no number of North America"],
  ["redacted", { ...GOOD, phone_number: "+1212204xxxx" }, "no number of North America"],
  ["Toronto", { ...GOOD, phone_number: "+14162040101" }, "another country"],
  ["Puerto Rico", { ...GOOD, phone_number: "+17872040101" }, "another country"],
  [
    "said to be in Canada",
    { ...GOOD, region_information: [{ region_type: "country_code", region_name: "CA" }] },
    "another country",
  ],
  ["an odd region", { ...GOOD, region_information: [null, { region_type: 1 }] }, "1.00000"],
  ["no region", { ...GOOD, region_information: "New York" }, "1.00000"],
  ["toll-free", { ...GOOD, phone_number: "+18332040101" }, "another type"],
  ["premium", { ...GOOD, phone_number: "+19002040101" }, "another type"],
  ["said to be toll-free", { ...GOOD, phone_number_type: "toll_free" }, "another type"],
  ["the old name of the type", { ...GOOD, phone_number_type: "longcode" }, "1.00000"],
  ["voiceless", { ...GOOD, features: [{ name: "sms" }] }, "without the features"],
  ["no emergency calls", { ...GOOD, features: [{ name: "voice" }] }, "without the features"],
  ["no features at all", { ...GOOD, features: [] }, "without the features"],
  ["features as texts", { ...GOOD, features: ["voice", "emergency"] }, "1.00000"],
  ["features not told", { ...GOOD, features: undefined }, "1.00000"],
  ["features that cannot be read", { ...GOOD, features: [null] }, "unreadable features.0"],
  ["a near match", { ...GOOD, best_effort: true }, "a near match"],
  // Not known to libphonenumber: the database decides.
  ["a new area code", { ...GOOD, phone_number: "+14362040101" }, "1.00000"],
];

Deno.test("a search: each entry is read by itself, and held against what was asked for", async (t) => {
  for (const [what, entry, means] of CASES) {
    await t.step(`${what}: ${means}`, () => {
      const { found, skipped } = read([entry, { ...GOOD, phone_number: "+12122040199" }]);
      const other = { phoneNumber: "+12122040199", monthlyCost: "1.00000", upfrontCost: "1.00000" };
      assertEquals(found.at(-1), other, "the other one is offered all the same");
      const [candidate] = found.slice(0, -1);
      const price = candidate && (candidate.monthlyCost ?? "unknown");
      assertEquals(price ?? skipped[0], means);
      assertEquals(skipped.length, price === undefined || price === "unknown" ? 1 : 0);
      if (price === "unknown") assertEquals(candidate?.upfrontCost, null);
    });
  }
});

Deno.test("a search in an area code: the others are skipped", () => {
  assertEquals(read([GOOD], "415"), { found: [], skipped: ["another area code"] });
  assertEquals(read([GOOD], "212").found.length, 1);
});

Deno.test("only redacted numbers: an error; some of them: skipped", () => {
  const redacted = { ...GOOD, phone_number: "+1212555xxxx" };
  assertThrows(() => read([redacted, redacted]), Error, "redacted");
  assertEquals(read([redacted, GOOD]).found.length, 1);
});

Deno.test("a list of numbers: what can be read of each", () => {
  const skipped: string[] = [];
  const list = [
    null,
    {},
    { id: "1", phone_number: null },
    // Beyond 2^53 it is not the id any more that was sent.
    { id: Number(1293384261075731499n), phone_number: "+442079460000" },
    { id: 4711, phone_number: "+442079460001", customer_reference: 7, connection_id: {} },
    { id: "2", phone_number: "+12122040101", status: "PORT_PENDING", tags: ["a", null, 5] },
    { id: "3", phone_number: "+12122040102", status: "active", tags: null },
  ];
  const numbers = readEntries(list, accountNumber, (reason) => skipped.push(reason));
  assertEquals(skipped.length, 4);
  assertEquals(
    numbers.map(({ id, status, customerReference, connectionId, tags }) => [
      id,
      status,
      customerReference,
      connectionId,
      tags,
    ]),
    [
      ["4711", null, "7", null, []],
      ["2", "port-pending", null, null, ["a"]],
      ["3", "active", null, null, []],
    ],
  );
});

Deno.test("a list of orders: an odd one is skipped, but not one that is ours", () => {
  const ignore = () => {};
  const list = [null, { id: 5 }, { id: null, customer_reference: null }, {
    id: "an-order",
    customer_reference: "ours",
  }];
  assertEquals(readOrderIds(list, "ours", ignore), ["an-order"]);
  assertThrows(() => readOrderIds([{ id: null, customer_reference: "ours" }], "ours", ignore));
});
