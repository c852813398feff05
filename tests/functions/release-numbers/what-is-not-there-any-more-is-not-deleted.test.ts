import { assertEquals } from "../../support/assert.ts";
import {
  buyNumbers,
  outOfStep,
  releaseAlerts,
  retireOne,
  runRelease,
} from "../../support/account.ts";
import { value } from "../../support/pool.ts";
import { type Supply, withSupply } from "../../support/supply.ts";

const deletions = ({ simulator }: Supply) =>
  simulator.control.snapshot().requests.filter(({ method }) => method === "DELETE").length;
const RENTED = "select numbers::int from phone_pool.spending(phone_pool.clock())";

for (const status of ["deleted", "ported-out"] as const) {
  Deno.test(`${status} at Telnyx: it is gone, and nothing is asked to be deleted`, () =>
    withSupply({}, async (supply) => {
      await buyNumbers(supply, 2);
      const number = await retireOne(supply);
      supply.simulator.control.changeNumber(number, { status });
      await runRelease(supply);
      assertEquals([deletions(supply), await value(supply.db, RENTED)], [0, 1]);
      assertEquals(await releaseAlerts(supply), []);
    }));

  Deno.test(`a row that is ${status} beside ours: ours is deleted`, () =>
    withSupply({}, async (supply) => {
      await buyNumbers(supply, 2);
      const number = await retireOne(supply);
      supply.simulator.control.addNumber({ phone_number: number, status });
      await runRelease(supply);
      assertEquals(await outOfStep(supply), []);
      assertEquals(await value(supply.db, RENTED), 1);
      assertEquals(await releaseAlerts(supply), []);
    }));
}
