import { readCandidates } from "../../../../functions/_shared/carrier-search.ts";
import { assertEquals } from "../../../support/assert.ts";

const RIGHT = {
  phone_number: "+12125550123",
  phone_number_type: "local",
  features: [{ name: "voice" }, { name: "emergency" }],
  region_information: [{ region_type: "country_code", region_name: "US" }],
  cost_information: { monthly_cost: "1.00", upfront_cost: "0.00", currency: "USD" },
};

const CASES: [what: string, change: Record<string, unknown>, skipped: string | null][] = [
  ["as asked", {}, null],
  ["with its features as words", { features: ["voice", "emergency", "sms"] }, null],
  ["of the type's old name", { phone_number_type: "longcode" }, null],
  ["of another area code", { phone_number: "+14155550123" }, "another area code"],
  ["no number of North America", { phone_number: "+442079460000" }, "no number of North America"],
  ["a near match", { best_effort: true }, "a near match"],
  ["toll-free", { phone_number_type: "toll_free" }, "another type"],
  ["without emergency calls", { features: ["voice"] }, "without the features"],
  [
    "of another country",
    { region_information: [{ region_type: "country_code", region_name: "CA" }] },
    "another country",
  ],
  [
    "in another currency",
    { cost_information: { ...RIGHT.cost_information, currency: "CAD" } },
    "another currency",
  ],
];

for (const [what, change, skipped] of CASES) {
  Deno.test(`${what}: ${skipped === null ? "offered" : "skipped"}`, () => {
    const reasons: string[] = [];
    const reply = { data: [{ ...RIGHT, ...change }] };
    const offered = readCandidates(reply, "212", (reason) => reasons.push(reason));
    assertEquals([offered.length, reasons], skipped === null ? [1, []] : [0, [skipped]]);
  });
}
