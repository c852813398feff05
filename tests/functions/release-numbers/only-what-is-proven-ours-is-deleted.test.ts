import { assertEquals } from "../../support/assert.ts";
import {
  buyNumbers,
  holdAndRest,
  releaseAlerts,
  retireOne,
  runRelease,
} from "../../support/account.ts";
import { value } from "../../support/pool.ts";
import { type Supply, withSupply } from "../../support/supply.ts";

const deletions = ({ simulator }: Supply) =>
  simulator.control.snapshot().requests.filter(({ method }) => method === "DELETE").length;

Deno.test("a deletion lock is respected: it is tried less and less often, and alerts", () =>
  withSupply({}, async (supply) => {
    await buyNumbers(supply, 1);
    const number = await retireOne(supply);
    supply.simulator.control.setDeletionLock(number, true);
    await runRelease(supply);
    await supply.pass(300);
    await runRelease(supply);
    assertEquals(deletions(supply), 1, "not due again after five minutes");
    assertEquals(await releaseAlerts(supply), ["release_failing"]);
    supply.simulator.control.setDeletionLock(number, false);
    await supply.pass(301);
    await runRelease(supply);
    assertEquals(await releaseAlerts(supply), []);
    assertEquals(supply.simulator.control.snapshot().numbers, []);
  }));

Deno.test("the same number bought again by somebody else's hand is left alone", () =>
  withSupply({}, async (supply) => {
    await buyNumbers(supply, 1);
    const number = await retireOne(supply);
    const { control } = supply.simulator;
    control.removeNumber(number);
    control.addNumber({ phone_number: number });
    await runRelease(supply);
    assertEquals(deletions(supply), 0);
    assertEquals(await releaseAlerts(supply), ["release_failing"]);
  }));

Deno.test("an id that is another number's is not deleted", () =>
  withSupply({}, async (supply) => {
    const { control } = supply.simulator;
    const other = control.addNumber({ phone_number: "+17302060073" });
    await supply.db.query("select import_phone_number('+12125550100', $1)", [other.id]);
    await supply.pass(1);
    await retireOne(supply);
    await runRelease(supply);
    assertEquals(deletions(supply), 0);
    assertEquals(control.snapshot().numbers.map(({ phone_number }) => phone_number), [
      "+17302060073",
    ]);
  }));

Deno.test("a number that is held or rests is nobody's to claim", () =>
  withSupply({}, async (supply) => {
    await buyNumbers(supply, 3);
    await holdAndRest(supply);
    await runRelease(supply);
    assertEquals(deletions(supply), 0);
    assertEquals(
      await value(supply.db, "select count(*)::int from phone_pool.carrier_releases"),
      0,
    );
  }));
