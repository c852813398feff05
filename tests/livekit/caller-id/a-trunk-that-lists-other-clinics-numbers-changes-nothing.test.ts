import { assertShowsOwnNumber } from "../support/own-number.ts";
import { wireTest } from "../support/wire.ts";

wireTest("a trunk that lists other clinics' numbers changes nothing", async (wire) => {
  await using carrier = await wire.startCarrier("busy");
  await using _agent = await wire.startAgent();
  const [clinic, ...others] = await wire.clinics(4);
  await using _trunk = await wire.trunkWithNumbers(others.map(({ phone }) => phone));
  for (let number = 0; number < 5; number++) {
    const patient = wire.nextPatient();
    await wire.call(clinic!, patient);
    assertShowsOwnNumber(
      await carrier.call(patient, "an INVITE", () => true),
      clinic!,
      patient,
    );
  }
});
