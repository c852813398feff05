import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { explain } from "../support/plans.ts";
import { READINGS } from "../support/readings.ts";
import { fill } from "../support/volume.ts";

const BIG = [
  "organizations",
  "phone_numbers",
  "tenures",
  "intake_calls",
  "purchases",
  "call_records",
];

/** Of 100,000 organizations and 1,000,000 calls; all of them once a week: VIEWS_SCALE=1. */
const SCALE = Number(Deno.env.get("VIEWS_SCALE") ?? 0.2);

/** What can only be added up, or found, by reading a table through: once, and no other. */
const WHOLE: Record<string, { tables: string[]; rows: number }> = {
  "spending of a month": { tables: ["phone_numbers", "tenures"], rows: 410_000 * SCALE },
  "phones of their own": { tables: ["organizations", "phone_numbers"], rows: 210_000 * SCALE },
};

Deno.test("many organizations, numbers and calls: every view looks things up", async () => {
  await using db = await createTestDatabase();
  await fill(await db.connect("supabase_admin"), {
    organizations: 100_000 * SCALE,
    calls: 1_000_000 * SCALE,
  });
  const reader = await db.connect("service_role");
  const wrong: string[] = [];
  for (const [what, sql] of Object.entries(READINGS)) {
    const { scanned, rowsRead, milliseconds } = await explain(reader, sql);
    // A page of a list may come from the beginning of the table: that is not the table.
    const { tables: allowed, rows: most } = WHOLE[what] ?? { tables: [], rows: 70_000 };
    const through = scanned.filter(({ table, rows }) => BIG.includes(table) && rows > 200)
      .map(({ table }) => table).filter((table) => !allowed.includes(table));
    console.log(`${what}: ${milliseconds.toFixed(1)} ms, ${rowsRead} rows read`);
    if (through.length > 0) wrong.push(`${what} scans ${through.join(", ")}`);
    if (rowsRead > most) wrong.push(`${what} reads ${rowsRead} rows`);
  }
  assertEquals(wrong, []);
});
