import Telnyx from "telnyx";
import { readOrder } from "../../../../functions/_shared/carrier-orders.ts";
import {
  type CarrierErrorClass,
  classifyCarrierError,
  type RequestKind,
} from "../../../../functions/_shared/carrier-errors.ts";
import { assertEquals } from "../../../support/assert.ts";

const NUMBER = "+12122040101";

const ORDERS: [order: string | null, line: string | null, means: string][] = [
  ["pending", "pending", "pending"],
  ["success", "success", "success"],
  ["success", "pending", "pending"],
  ["pending", "success", "pending"],
  ["success", null, "success"],
  ["failure", "failure", "failure"],
  ["failure", "success", "success"],
  ["success", "failure", "failure"],
  ["cancelled", "cancelled", "ended"],
  ["expired", "pending", "ended"],
  ["Cancelled", null, "ended"],
  ["success", "rejected", "ended"],
  ["cancelled", "success", "success"],
  ["archived", "archived", "unclear"],
  ["archived", "success", "success"],
  [null, null, "unclear"],
];

Deno.test("what an order says, and its line", async (t) => {
  for (const [status, line, means] of ORDERS) {
    await t.step(`${status}, ${line}: ${means}`, () => {
      const lines = line === null ? [null] : [null, { phone_number: NUMBER, status: line }];
      const reply = { data: { id: "an-order", status, phone_numbers: lines } };
      assertEquals(readOrder(reply, NUMBER, () => {}).outcome, means);
    });
  }
});

const KINDS: RequestKind[] = ["search", "order", "deletion", "other"];
type Classes = [
  search: CarrierErrorClass,
  order: CarrierErrorClass,
  deletion: CarrierErrorClass,
  other: CarrierErrorClass,
];
const all = (one: CarrierErrorClass): Classes => [one, one, one, one];
/** Of one request's own parameters; a look that is refused says nothing about the number. */
const REFUSED: Classes = ["invalid", "invalid", "invalid", "carrier_down"];
const NO_ANSWER: Classes = ["carrier_down", "unknown_outcome", "carrier_down", "carrier_down"];

const ERRORS: [status: number | undefined, code: string | undefined, means: Classes][] = [
  [400, "10031", ["none_in_stock", "invalid", "invalid", "carrier_down"]],
  [400, "10015", ["invalid", "taken", "invalid", "carrier_down"]],
  [409, "85001", ["carrier_down", "taken", "carrier_down", "carrier_down"]],
  [422, "10027", REFUSED],
  [404, "10005", REFUSED],
  [400, "10004", REFUSED],
  [405, undefined, REFUSED],
  [401, "10009", all("unauthorized")],
  [403, "10010", all("unauthorized")],
  [403, undefined, all("unauthorized")],
  [400, "20014", all("unauthorized")],
  [402, "20100", all("insufficient_funds")],
  [400, "20100", all("insufficient_funds")],
  [429, "10011", all("rate_limited")],
  [500, "10007", NO_ANSWER],
  [503, undefined, NO_ANSWER],
  [408, undefined, NO_ANSWER],
  [409, undefined, NO_ANSWER],
  [undefined, undefined, NO_ANSWER],
];

Deno.test("what an error means, by what was asked", async (t) => {
  for (const [status, code, means] of ERRORS) {
    for (const [place, kind] of KINDS.entries()) {
      await t.step(`${status ?? "no answer"} ${code ?? ""} to ${kind}: ${means[place]}`, () => {
        const body = code === undefined ? undefined : { errors: [{ code, title: "a test" }] };
        const error = Telnyx.APIError.generate(status, body, "a test", new Headers());
        assertEquals(classifyCarrierError(error, kind).errorClass, means[place]);
      });
    }
  }
});
