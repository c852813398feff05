import { createCarrierClient } from "../../../../functions/_shared/carrier-client.ts";
import { assertEquals } from "../../../support/assert.ts";

const NUMBER = "+12125550123";
type Row = { id: string; status: string; phone_number?: string };

/** Telnyx, whose look-ups show these rows. */
function lookup(rows: Row[]) {
  const found = rows.map((row) => ({ phone_number: NUMBER, ...row }));
  const fetchRows = (input: URL | RequestInfo) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const id = pathname.split("/").at(-1);
    if (id === "verify_ownership") {
      const ids = found.map((row) => ({ id: row.id, number_val_e164: row.phone_number }));
      return Promise.resolve(Response.json({ data: { found: ids } }));
    }
    if (id === "phone_numbers") return Promise.resolve(Response.json({ data: found }));
    return Promise.resolve(Response.json({ data: found.find((row) => row.id === id) }));
  };
  return createCarrierClient({ apiKey: "KEY", baseUrl: "http://localhost/v2", fetch: fetchRows })
    .numbers;
}

const CASES: [what: string, rows: Row[], id: string | null][] = [
  ["none", [], null],
  ["one", [{ id: "1", status: "active" }], "1"],
  ["one on its way", [{ id: "1", status: "purchase-pending" }], "1"],
  ["deleted, then bought again", [
    { id: "1", status: "deleted" },
    { id: "2", status: "active" },
  ], "2"],
  ["on its way, then active", [
    { id: "1", status: "purchase-pending" },
    { id: "2", status: "active" },
  ], "2"],
  ["ported away", [{ id: "1", status: "ported_out" }], null],
  ["another number, of which it is a part", [
    { id: "1", status: "active", phone_number: `${NUMBER}4` },
    { id: "2", status: "active" },
  ], "2"],
  ["another number only", [{ id: "1", status: "active", phone_number: "+12125550124" }], null],
];

for (const [what, rows, id] of CASES) {
  Deno.test(`${what}: ${id === null ? "not in the account" : `the one with id ${id}`}`, async () => {
    const numbers = lookup(rows);
    assertEquals((await numbers.find(NUMBER))?.id ?? null, id);
    assertEquals((await numbers.findListed(NUMBER))?.id ?? null, id);
  });
}
