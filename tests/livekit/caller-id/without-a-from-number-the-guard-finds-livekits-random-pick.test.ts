import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { assertShowsOwnNumber } from "../support/own-number.ts";
import { wireTest } from "../support/wire.ts";

const CALLS = 12;

// The product cannot dial so: this shows that the tests beside it would notice.
wireTest("without a from number the guard finds LiveKit's random pick", async (wire) => {
  await using carrier = await wire.startCarrier("busy");
  const [clinic, ...others] = await wire.clinics(4);
  const numbers = others.map(({ phone }) => phone);
  await using _trunk = await wire.trunkWithNumbers(numbers);
  const shown = new Set<string>();
  for (let number = 0; number < CALLS; number++) {
    const patient = wire.nextPatient();
    const room = `without-from-${crypto.randomUUID()}`;
    await wire.sip.createSipParticipant(wire.info.trunkId, patient, room);
    const call = await carrier.call(patient, "an INVITE", () => true);
    assertThrows(() => assertShowsOwnNumber(call, clinic!, patient));
    assert(numbers.includes(call.from), `${call.from} is not of the trunk's list`);
    assertEquals(call.to, patient);
    shown.add(call.from);
  }
  // Three numbers, twelve picks: that all are the same happens once in 177,147 runs.
  assert(shown.size > 1, "always the same number");
});
