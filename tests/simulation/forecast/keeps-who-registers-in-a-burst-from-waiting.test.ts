import { assert, assertEquals } from "../../support/assert.ts";
import { compare } from "../compare.ts";
import { BURST_MONTH, SCENARIOS } from "../scenarios.ts";

Deno.test("burst month: a twentieth of those who wait with 5 and 10, idle cost up to a quarter more", () => {
  const { fixed, forecast } = compare(BURST_MONTH, [101, 102, 103]);
  assert(fixed.waited > 1000, `${fixed.waited} waited`);
  assert(forecast.waited <= fixed.waited / 20, `${forecast.waited} of ${fixed.waited}`);
  assert(forecast.idleUsd <= fixed.idleUsd * 1.25, `${forecast.idleUsd} ${fixed.idleUsd}`);
});

Deno.test("a month of ten a day is as it is without a forecast", () => {
  const [steady] = SCENARIOS;
  assert(steady);
  const { fixed, forecast } = compare(steady, [101]);
  assertEquals(forecast, fixed);
});
