import { buyPool, type BuyPoolOptions } from "../../../seed/buy-pool/buy-pool.ts";
import { createTerminal, type Terminal } from "../../../seed/buy-pool/terminal.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { addNumbers, countInFlight } from "../../support/pool.ts";
import { bought, discrepancies, type Supply, withSupply } from "../../support/supply.ts";

const FORTY: BuyPoolOptions = { count: 40, areaCode: null, yes: true };

/** Nothing is bought but what the command asks for. */
const withoutRefill: typeof withSupply = (options, body) =>
  withSupply(options, async (supply) => {
    await supply.db.query("update phone_pool.settings set low_water = 0");
    await body(supply);
  });

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
  withoutRefill({}, async (supply) => {
    const { exit, text } = await runCommand(supply, FORTY);
    assertEquals(exit, 0);
    assertStringIncludes(text, "There are  0 numbers (0 available), 0 on order");
    assertStringIncludes(text, "$1.00 a month, $1.00 once each (Telnyx, just now)");
    assertStringIncludes(text, "$0.00 of $500.00 committed this month, $80.00 then");
    assertStringIncludes(text, "Numbers    0 of 500, 40 then");
    assert(text.split("\n").every((line) => line.length <= 80), text);
    assertStringIncludes(text, "Bought     40 numbers for $40.00 a month");
    assertEquals(bought(supply).owned, 40);
    assertEquals(await discrepancies(supply), []);
    const again = await runCommand(supply, FORTY);
    assertEquals([again.exit, bought(supply).orders], [0, 40]);
    assertStringIncludes(again.text, "Wanted     40 numbers: 0 more");
    assertStringIncludes(again.text, "$80.00 of $500.00 committed this month, $80.00 then");
    assert(again.text.endsWith("Nothing to buy.\n"), again.text);
  }));

Deno.test("asks first; nobody to ask: buys nothing", async (t) => {
  for (const [answer, exit, owned] of [[true, 0, 3], [false, 1, 0], [null, 2, 0]] as const) {
    await t.step(String(answer), () =>
      withoutRefill({}, async (supply) => {
        const session = await runCommand(supply, { ...FORTY, count: 3, yes: false }, { answer });
        assertStringIncludes(session.text, "Buy 3 numbers?");
        assertEquals([session.exit, bought(supply).owned], [exit, owned]);
      }));
  }
});

Deno.test("interrupted and repeated: what is on order counts, and is followed", () =>
  withoutRefill({}, async (supply) => {
    const interrupted = runCommand(supply, FORTY, { work: () => Promise.reject(new Error("^C")) });
    assertEquals(await interrupted.catch((error) => error.message), "^C");
    assertEquals(await countInFlight(supply.db), 40);
    const { exit, text } = await runCommand(supply, FORTY);
    assertStringIncludes(text, "40 on order");
    assertStringIncludes(text, "Wanted     40 numbers: 0 more");
    assertEquals([exit, bought(supply).orders], [0, 40]);
  }));

Deno.test("some are there: only the rest is bought", () =>
  withoutRefill({}, async (supply) => {
    await addNumbers(supply.db, 7);
    const { exit } = await runCommand(supply, { ...FORTY, count: 10 });
    assertEquals([exit, bought(supply).orders], [0, 3]);
  }));

Deno.test("an area code: counted there, bought there, and what is not to be had fails", () =>
  withoutRefill({ inventory: { area_codes: { "415": 2 } } }, async (supply) => {
    await addNumbers(supply.db, 7, { areaCode: "646" });
    const { exit, text } = await runCommand(supply, { count: 5, areaCode: "415", yes: true });
    assertEquals([exit, bought(supply).owned], [1, 2]);
    assertStringIncludes(text, "415 × 2");
    assertStringIncludes(text, "Failed     3 × none_in_stock: no number in area code 415");
    assertStringIncludes(text, "There are 2 of 5");
  }));

const CAPS: [what: string, caps: string, room: number][] = [
  ["the budget, one-time prices included", "monthly_budget_usd = 11.5", 5],
  ["the number of numbers", "max_numbers = 5", 5],
  ["both long passed", "monthly_budget_usd = 0, max_numbers = 1", 0],
];
Deno.test("more than fits is refused: nothing is bought, and what fits is said", async (t) => {
  for (const [what, caps, room] of CAPS) {
    await t.step(what, () =>
      withoutRefill({}, async (supply) => {
        await supply.db.query(`update phone_pool.settings set ${caps}`);
        const { exit, text } = await runCommand(supply, { ...FORTY, count: 6 });
        assertEquals([exit, bought(supply).orders, await countInFlight(supply.db)], [1, 0, 0]);
        assertStringIncludes(text, `there is room for ${room} more numbers, not for 6`);
        if (room === 0) return;
        const fewer = await runCommand(supply, { ...FORTY, count: room });
        assertEquals([fewer.exit, bought(supply).owned], [0, room]);
      }));
  }
});

Deno.test("caps lowered meanwhile: what was not planned is said", () =>
  withoutRefill({}, async (supply) => {
    const call: typeof supply.call = async (name, parameters, schema) => {
      if (name === "run_planner") {
        await supply.db.query("update phone_pool.settings set max_numbers = 4");
      }
      return await supply.call(name, parameters, schema);
    };
    const { exit, text } = await runCommand({ ...supply, call }, { ...FORTY, count: 6 });
    assertEquals([exit, bought(supply).owned], [1, 4]);
    assertStringIncludes(text, "Cancelled  2 × over_budget: settings.max_numbers or");
    assertStringIncludes(text, "There are 4 of 6");
  }));

Deno.test("a planner that cannot plan now: the order stands and is followed", () =>
  withoutRefill({}, async (supply) => {
    let isRefused = true;
    const call: typeof supply.call = async (name, parameters, schema) => {
      if (name === "run_planner" && isRefused) {
        isRefused = false;
        throw new Error("lock timeout");
      }
      return await supply.call(name, parameters, schema);
    };
    const { exit, text } = await runCommand({ ...supply, call }, { ...FORTY, count: 2 });
    assertEquals([exit, bought(supply).owned], [0, 2]);
    assertStringIncludes(text, "Asked, and planned by the next sweep: lock timeout");
  }));

Deno.test("nothing works: says why, and ends", () =>
  withoutRefill({}, async (supply) => {
    supply.simulator.control.addFault({
      operation: "number_orders.create",
      kind: "insufficient_funds",
    });
    const { exit, text } = await runCommand(supply, { ...FORTY, count: 2 });
    assertEquals(exit, 1);
    assertStringIncludes(text, "Failed     2 × insufficient_funds");
  }));

Deno.test("nobody works on it: ends after five minutes without news", () =>
  withoutRefill({}, async (supply) => {
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
