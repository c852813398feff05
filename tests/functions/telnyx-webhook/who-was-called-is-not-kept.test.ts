import { payloadToKeep } from "../../../functions/telnyx-webhook/schema.ts";
import { assertEquals } from "../../support/assert.ts";

const PATIENT = "+12125550123";
const CLINIC = "+19712656795";

const CASES = [
  { direction: "incoming", from: PATIENT, to: CLINIC, kept: {} },
  { direction: "outgoing", from: CLINIC, to: PATIENT, kept: {} },
  { direction: undefined, from: CLINIC, to: PATIENT, kept: {} },
];

for (const { kept, ...payload } of CASES) {
  Deno.test(`of a call that is ${payload.direction ?? "neither"}, no patient's number is kept`, () => {
    const event = { id: "1", event_type: "call.initiated", occurred_at: null, payload };
    assertEquals(payloadToKeep(event), kept);
  });
}
