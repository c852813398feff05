import { assertEquals } from "../../support/assert.ts";
import { until } from "../support/until.ts";
import { wireTest } from "../support/wire.ts";

wireTest("a trunk whose password is wrong opens calls_failing within five calls", async (wire) => {
  await using _carrier = await wire.startCarrier("refuses-login");
  await using _agent = await wire.startAgent();
  const [clinic] = await wire.clinics(1);
  await wire.query("select phone_pool.close_alert('calls_failing')");
  await wire.query("select phone_pool.fold_alert_events()");
  for (let call = 1; call <= 5; call++) {
    const patient = wire.nextPatient();
    // LiveKit's refusal may be there before the call has been seen.
    const { status, body } = await wire.application.call(clinic!, patient);
    if (status !== 202) assertEquals([status, body.code], [502, "trunk_login_refused"]);
    await until("the end", async () =>
      (await wire.query(
        "select from phone_pool.intake_calls where callee = $1 and dial_is_final",
        [patient],
      )).length === 1);
  }
  await wire.query("select phone_pool.watch_calls()");
  await wire.query("select phone_pool.fold_alert_events()");
  const alerts = await wire.query(
    `select from phone_pool.alerts
     where kind = 'calls_failing' and closed_at is null and quiet_since is null`,
  );
  assertEquals(alerts.length, 1);
});
