import { assertEquals } from "../../support/assert.ts";
import { assertShowsOwnNumber } from "../support/own-number.ts";
import { until } from "../support/until.ts";
import { wireTest } from "../support/wire.ts";

const CLINICS = 20;
const CALLS = 200;
const AT_ONCE = 8;

wireTest("two hundred interleaved calls show not one wrong number", async (wire) => {
  await using carrier = await wire.startCarrier("busy");
  await using _agent = await wire.startAgent();
  const clinics = await wire.clinics(CLINICS);
  const todo = Array.from({ length: CALLS }, (_, index) => ({
    clinic: clinics[index % CLINICS]!,
    patient: wire.nextPatient(),
  }));
  const left = [...todo];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      await wire.call(next.clinic, next.patient);
    }
  }));
  const calls = await until("every INVITE has arrived", async () => {
    const arrived = await carrier.calls();
    return arrived.length >= CALLS && arrived;
  });
  assertEquals(calls.length, CALLS);
  const byPatient = new Map(calls.map((call) => [call.to, call]));
  for (const { clinic, patient } of todo) {
    const call = byPatient.get(patient);
    if (!call) throw new Error(`${patient} was not called`);
    assertShowsOwnNumber(call, clinic, patient);
  }
});
