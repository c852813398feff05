import { readBody } from "../../../functions/intake-calls/body.ts";
import { intakeCallRequest } from "../../../functions/intake-calls/schema.ts";
import { assertEquals, assertNotMatch } from "../../support/assert.ts";

const RIGHT = {
  organization_id: "0b5e2d0e-1111-4222-8333-444455556666",
  patient_id: "0b5e2d0e-1111-4222-8333-444455556667",
  phone_number: "+12125550123",
};
/** A right body, with this JSON as its metadata. */
const withMetadata = (json: string) => JSON.stringify(RIGHT).replace(/}$/, `,"metadata":${json}}`);
const deep = (levels: number) => withMetadata(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`);

const CASES: [what: string, body: string, status: number][] = [
  ["a number as the name of a field", JSON.stringify({ ...RIGHT, "+12125550123": 1 }), 422],
  ["a number as a name in metadata", JSON.stringify({ ...RIGHT, metadata: [2125550123] }), 422],
  ["a number where an id belongs", JSON.stringify({ ...RIGHT, patient_id: "+12125550123" }), 422],
  ["a name of a thousand letters", JSON.stringify({ ...RIGHT, ["x".repeat(1000)]: 1 }), 422],
  ["half a surrogate pair", withMetadata('{"2125550123":"\\ud800"}'), 422],
  ["U+0000 in a name", withMetadata('{"2125550123\\u0000":1}'), 422],
  ["fifteen levels in the body", deep(15), 200],
  ["sixteen levels and one more", deep(16), 422],
  ["ten thousand levels", deep(10_000), 422],
  ["a number and no JSON", "+12125550123", 400],
];

for (const [what, body, status] of CASES) {
  Deno.test(`${what}: ${status}, no digit of it is told`, async () => {
    const request = new Request("http://localhost", { method: "POST", body });
    const refused = await readBody(request, intakeCallRequest).then(
      () => ({ status: 200, detail: "" }),
      ({ status, detail }) => ({ status, detail }),
    );
    assertEquals(refused.status, status);
    assertNotMatch(refused.detail, /\d{4}|x{100}/);
  });
}
