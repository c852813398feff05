import { assertEquals } from "../../support/assert.ts";
import { buyNumbers } from "../../support/account.ts";
import { phoneOf } from "../../support/lifecycle.ts";
import { registerOne, values } from "../../support/pool.ts";
import { type Supply, withSupply } from "../../support/supply.ts";
import { lineRequests, reached, runLines, setCallback } from "./support/lines.ts";

const DESK = "+16175550188";

async function withClinic(body: (supply: Supply, number: string) => Promise<void>): Promise<void> {
  await withSupply({}, async (supply) => {
    await buyNumbers(supply, 1);
    const id = await registerOne(supply.db);
    await setCallback(supply.db, id, DESK);
    await runLines(supply);
    await body(supply, (await phoneOf(supply.db, id)) ?? "");
  });
}

const drifts = ({ db }: Supply) => values<string>(db, "select class as value from admin_drift");

Deno.test("another forwarding or name is a drift within a day, and is written again", async () => {
  await withClinic(async (supply, number) => {
    supply.simulator.control.changeNumber(number, {
      forwards_to: "+16175550199",
      cnam_listing_details: "A STRANGER",
    });
    await supply.pass(24 * 3600 + 60);
    const asked = lineRequests(supply).length;
    supply.simulator.control.addFault({
      operation: "phone_numbers.voice.update",
      kind: "server_error",
      times: 1,
    });
    await runLines(supply);
    assertEquals((await drifts(supply)).sort(), ["wrong_forwarding", "wrong_name"]);
    await supply.pass(60);
    await runLines(supply);
    assertEquals(await drifts(supply), []);
    assertEquals(reached(supply, number), DESK);
    assertEquals(supply.simulator.control.shownName(number), null);
    assertEquals(lineRequests(supply).slice(asked), ["retrieve", "update", "update", "retrieve"]);
  });
});

Deno.test("a rate limit is waited for as its header says", async () => {
  await withClinic(async (supply, number) => {
    const { db, simulator } = supply;
    simulator.control.addFault({
      operation: "phone_numbers.voice.update",
      kind: "rate_limited",
      reset_seconds: 600,
      times: 1,
    });
    await db.query(
      `update public.organizations set settings = '{"callback_number": "617-555-0177"}'`,
    );
    const asked = lineRequests(supply).length;
    for (const seconds of [0, 300, 200]) {
      await supply.pass(seconds);
      await runLines(supply);
    }
    assertEquals(lineRequests(supply).length, asked + 1, "not asked again before that");
    await supply.pass(150);
    await runLines(supply);
    assertEquals(reached(supply, number), "+16175550177");
  });
});

Deno.test("while Telnyx is away a run asks three times, not for every number", async () => {
  await withSupply({}, async (supply) => {
    await buyNumbers(supply, 8);
    for (let nth = 0; nth < 8; nth++) await registerOne(supply.db);
    await supply.db.query("update phone_pool.settings set callback_default = $1", [DESK]);
    supply.simulator.control.addFault({ operation: "*", kind: "server_error" });
    await runLines(supply);
    assertEquals(lineRequests(supply).length, 3);
  });
});
