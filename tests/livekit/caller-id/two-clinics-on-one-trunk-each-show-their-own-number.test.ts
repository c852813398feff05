import { assertEquals } from "../../support/assert.ts";
import { assertShowsOwnNumber } from "../support/own-number.ts";
import { wireTest } from "../support/wire.ts";

wireTest("two clinics on one trunk each show their own number", async (wire) => {
  await using carrier = await wire.startCarrier("busy");
  await using _agent = await wire.startAgent();
  for (const clinic of await wire.clinics(2)) {
    const patient = wire.nextPatient();
    const placed = await wire.call(clinic, patient);
    const call = await carrier.call(patient, "an INVITE", () => true);
    assertShowsOwnNumber(call, clinic, patient);
    assertEquals([placed.caller_id, placed.sip_call_id], [clinic.phone, call.tag]);
  }
});
