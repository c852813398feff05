import { assert } from "../../support/assert.ts";
import { compare } from "../compare.ts";
import { WISHES } from "../scenarios.ts";

Deno.test("half of the wishes are met at once, with as many purchases and nobody else waiting", async (t) => {
  for (const scenario of WISHES.slice(0, 2)) {
    await t.step(scenario.name, () => {
      const { fixed, forecast } = compare(scenario, [101, 102]);
      assert(fixed.wishes > 200 && fixed.wishesWaited > fixed.wishes * 0.95);
      assert(
        forecast.wishesWaited < forecast.wishes * 0.55,
        `${forecast.wishesWaited} of ${forecast.wishes} wait`,
      );
      assert(forecast.waited === forecast.wishesWaited, "nobody else waits");
      assert(forecast.purchases <= fixed.purchases * 1.02 + 10, `${forecast.purchases} bought`);
      assert(forecast.idleUsd <= fixed.idleUsd * 1.25, `${forecast.idleUsd} USD idle`);
    });
  }
});
