import { assertEquals } from "../../support/assert.ts";
import type { SipCall } from "./sip-calls.ts";

/**
 * The guard of the promise that a call leaves only with the organization's own number: what the
 * carrier was sent shows this number, calls this patient, and is one call.
 */
export function assertShowsOwnNumber(call: SipCall, clinic: { phone: string }, patient: string) {
  assertEquals([call.from, call.to, call.invites.length], [clinic.phone, patient, 1]);
}
