import { buyPool, type BuyPoolOptions } from "../../../seed/buy-pool/buy-pool.ts";
import { createTerminal, type Terminal } from "../../../seed/buy-pool/terminal.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { addNumbers, countInFlight } from "../../support/pool.ts";
import { bought, discrepancies, type Supply, withSupply } from "../../support/supply.ts";

const FORTY: BuyPoolOptions = { count: 40, areaCode: null, yes: true };

interface Session {
  exit: number;
  text: string;
}

/** The command in a terminal; while it waits, the functions work. */
async function runCommand(
  supply: Supply,
  options: BuyPoolOptions,
  { answer = null, work = () => supply.run() }: {
    answer?: boolean | null;
    work?: () => Promise<unknown>;
  } = {},
): Promise<Session> {
  let text = "";
  const terminal: Terminal = {
    ...createTerminal(false, (written) => text += written),
    confirm: (question) => (text += question, answer),
  };
  const exit = await buyPool(options, {
    call: supply.call,
    search: supply.parts.carrier.search,
    terminal,
    pause: async () => {
      await work();
      await supply.pass(10);
    },
    now: supply.time.now,
  });
  return { exit, text };
}

Deno.test("40 numbers: shows price and budget, buys, and says what it bought", () =>
  withSupply({}, async (supply) => {
    const { exit, text } = await runCommand(supply, FORTY);
    assertEquals(exit, 0);
    assertStringIncludes(text, "There are  0 numbers (0 available), 0 on order");
    assertStringIncludes(text, "$1.00 a month, $1.00 once each (Telnyx, just now)");
    assertStringIncludes(text, "$0.00 of $500.00 a month now, $40.00 then");
    assertStringIncludes(text, "Bought     40 numbers for $40.00 a month");
    assertEquals(bought(supply).owned, 40);
    assertEquals(await discrepancies(supply), []);
    const again = await runCommand(supply, FORTY);
    assertEquals([again.exit, bought(supply).orders], [0, 40]);
    assertStringIncludes(again.text, "Wanted     40 numbers: 0 more");
  }));

Deno.test("asks first; nobody to ask: buys nothing", async (t) => {
  for (const [answer, exit, owned] of [[true, 0, 3], [false, 1, 0], [null, 2, 0]] as const) {
    await t.step(String(answer), () =>
      withSupply({}, async (supply) => {
        const session = await runCommand(supply, { ...FORTY, count: 3, yes: false }, { answer });
        assertStringIncludes(session.text, "Buy 3 numbers?");
        assertEquals([session.exit, bought(supply).owned], [exit, owned]);
      }));
  }
});

Deno.test("interrupted and repeated: what is on order counts, and is followed", () =>
  withSupply({}, async (supply) => {
    const interrupted = runCommand(supply, FORTY, { work: () => Promise.reject(new Error("^C")) });
    assertEquals(await interrupted.catch((error) => error.message), "^C");
    assertEquals(await countInFlight(supply.db), 40);
    const { exit, text } = await runCommand(supply, FORTY);
    assertStringIncludes(text, "40 on order");
    assertStringIncludes(text, "Wanted     40 numbers: 0 more");
    assertEquals([exit, bought(supply).orders], [0, 40]);
  }));

Deno.test("some are there: only the rest is bought", () =>
  withSupply({}, async (supply) => {
    await addNumbers(supply.db, 7);
    const { exit } = await runCommand(supply, { ...FORTY, count: 10 });
    assertEquals([exit, bought(supply).orders], [0, 3]);
  }));

Deno.test("an area code: counted there, bought there, and what is not to be had fails", () =>
  withSupply({ inventory: { area_codes: { "415": 2 } } }, async (supply) => {
    await addNumbers(supply.db, 7, { areaCode: "646" });
    const { exit, text } = await runCommand(supply, { count: 5, areaCode: "415", yes: true });
    assertEquals([exit, bought(supply).owned], [1, 2]);
    assertStringIncludes(text, "415 × 2");
    assertStringIncludes(text, "Failed     3 × none_in_stock: no number in area code 415");
    assertStringIncludes(text, "There are 2 of 5");
  }));

Deno.test("a cap leaves no room: says so and buys what fits", () =>
  withSupply({}, async (supply) => {
    await supply.db.query("update phone_pool.settings set monthly_budget_usd = 4");
    const { exit, text } = await runCommand(supply, { ...FORTY, count: 6 });
    assertEquals([exit, bought(supply).owned], [1, 4]);
    assertStringIncludes(text, "Ordered    4 of 6: settings.max_numbers or monthly_budget_usd");
  }));

Deno.test("nothing works: says why, and ends", () =>
  withSupply({}, async (supply) => {
    supply.simulator.control.addFault({
      operation: "number_orders.create",
      kind: "insufficient_funds",
    });
    const { exit, text } = await runCommand(supply, { ...FORTY, count: 2 });
    assertEquals(exit, 1);
    assertStringIncludes(text, "Failed     2 × insufficient_funds");
  }));

Deno.test("nobody works on it: ends after five minutes without news", () =>
  withSupply({}, async (supply) => {
    const { exit, text } = await runCommand(supply, { ...FORTY, count: 2 }, {
      work: () => Promise.resolve(),
    });
    assertEquals(exit, 1);
    assertStringIncludes(text, "Under way  2 × planned");
  }));

Deno.test("on a terminal one line is drawn over; elsewhere a line a change", () => {
  let drawn = "";
  const terminal = createTerminal(true, (text) => drawn += text);
  terminal.progress(1, 4, "");
  terminal.progress(4, 4, "x".repeat(200));
  assert(!drawn.includes("\n"));
  assert(drawn.split("\r").every((line) => line.length <= 79 + "\x1b[2K".length));
  let plain = "";
  const pipe = createTerminal(false, (text) => plain += text);
  pipe.progress(1, 4, "");
  pipe.progress(1, 4, "");
  pipe.progress(2, 4, "slow");
  assertEquals(plain, "1 of 4\n2 of 4 · slow\n");
});
