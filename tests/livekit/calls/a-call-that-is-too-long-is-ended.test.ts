import { assert, assertEquals } from "../../support/assert.ts";
import { until } from "../support/until.ts";
import { wireTest } from "../support/wire.ts";

// livekit-sip before 1.9 lets it go on for ever.
wireTest("the sweep ends a call beyond max_call_minutes on the phone", async (wire) => {
  await using carrier = await wire.startCarrier("answers-and-stays");
  await using _agent = await wire.startAgent();
  const [clinic] = await wire.clinics(1);
  const patient = wire.nextPatient();
  const { room_name } = await wire.call(clinic!, patient);
  await carrier.call(patient, "an answer", ({ answeredAt }) => answeredAt !== undefined);
  await wire.query(
    `update phone_pool.intake_calls
     set dialing_at = dialing_at - interval '61 minutes', checked_at = now() - interval '1 minute'
     where room_name = $1`,
    [room_name],
  );
  await wire.query("select phone_pool.close_lost_calls()");
  const call = await carrier.call(patient, "a hang-up", ({ hungUpAt }) => hungUpAt !== undefined);
  assertEquals(call.hungUpBy, "livekit");
  const row = await until("the end", async () => {
    const [row] = await wire.query(
      `select status, reason from phone_pool.intake_calls
       where room_name = $1 and left_at is not null`,
      [room_name],
    );
    return row;
  });
  assert(row.status === "completed" && row.reason === "max_call_minutes", JSON.stringify(row));
});
