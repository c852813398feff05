import type { Context } from "../../../supabase/deploy/context.ts";
import { connectDatabase } from "../../../supabase/deploy/database.ts";
import { pool } from "../../../supabase/deploy/steps/pool.ts";
import { assertEquals, assertMatch } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { addNumbers, value } from "../../support/pool.ts";

/** The step alone, on a project where nothing buys: what it orders stays on order. */
async function withStep(
  settings: string,
  work: (db: TestDatabase, order: () => Promise<string>, plan: () => Promise<string[]>) => unknown,
): Promise<void> {
  await using db = await createTestDatabase();
  await db.query(`update phone_pool.settings set initial_size = 6, low_water = 0, ${settings}`);
  await using database = await connectDatabase(db.url);
  const context = {
    database,
    target: {},
    dialogue: { say: () => {}, confirm: () => Promise.resolve(true) },
    patience: { purchases: 0, nudge: 0 },
  } as unknown as Context;
  await work(db, () => pool.run(context), () => pool.plan(context));
}

const onOrder = (db: TestDatabase) =>
  value<number>(
    db,
    "select count(*)::int from phone_pool.purchases where status in ('asked', 'planned', 'ordering', 'ordered')",
  );

const CASES: [what: string, settings: string, ordered: number][] = [
  ["the initial size", "max_numbers = 500", 6],
  ["as many as max_numbers allows", "max_numbers = 4", 4],
  ["as many as the budget allows", "monthly_budget_usd = 3.50", 3],
  ["none, where there is no room", "max_numbers = 0", 0],
];

for (const [what, settings, ordered] of CASES) {
  Deno.test(`ordered is ${what}, and no more by a repetition while it is on order`, () =>
    withStep(settings, async (db, order, plan) => {
      assertEquals(
        await plan(),
        ordered === 0 ? [] : [
          `buy ${ordered} numbers at Telnyx: about $${ordered}.00 a month`,
        ],
      );
      for (let run = 1; run <= 3; run++) {
        const said = await order();
        assertMatch(
          said,
          run === 1 && ordered > 0 ? /numbers ordered, 0 bought/ : /^nothing to do$/,
        );
        assertEquals(await onOrder(db), ordered);
        assertEquals(await plan(), []);
      }
    }));
}

Deno.test("what is owned counts, whoever has it", () =>
  withStep("max_numbers = 500", async (db, order) => {
    await addNumbers(db, 4);
    await db.query("select public.register_organization($1)", [{ name: "Clinic", slug: "clinic" }]);
    await order();
    assertEquals(await onOrder(db), 2);
  }));
