import type pg from "pg";
import { assert } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { explain } from "../../admin/support/plans.ts";
import { fill } from "../../admin/support/volume.ts";

async function bodyOf(admin: pg.Client, name: string): Promise<string> {
  const { rows: [row] } = await admin.query<{ prosrc: string }>(
    "select prosrc from pg_proc where oid = to_regproc($1)",
    [`phone_pool.${name}`],
  );
  assert(row);
  return row.prosrc.replace(/;\s*$/, "");
}

Deno.test("the forecast reads 2,048 arrivals and 100 purchases, of however many", async () => {
  await using db = await createTestDatabase();
  const admin = await db.connect("supabase_admin");
  await fill(admin, { organizations: 20_000, calls: 0 });
  for (const name of ["recent_arrivals", "carrier_lead_time"]) {
    const { rowsRead, scanned } = await explain(admin, await bodyOf(admin, name));
    assert(rowsRead <= 3 * 2048, `${name} reads ${rowsRead} rows`);
    const through = scanned.map(({ table }) => table).filter((table) =>
      table !== "number_requests"
    );
    assert(through.length === 0, `${name} scans ${through}`);
  }
});

Deno.test("what to buy is decided by the numbers to keep, of however large a pool", async () => {
  await using db = await createTestDatabase();
  const admin = await db.connect("supabase_admin");
  await fill(admin, { organizations: 20_000, calls: 0 });
  await admin.query(`
    set session_replication_role = replica;
    delete from phone_pool.number_requests;
    insert into phone_pool.area_code_forecasts
      (area_code, arrivals, arrivals_per_day, immediate_share, keep)
    values ('201', 9, 1, 1, 30), ('202', 8, 1, 1, 30)`);
  const body = await bodyOf(admin, "area_codes_to_buy");
  const { rowsRead, scanned } = await explain(admin, body.replace("p_most", "20"));
  assert(rowsRead < 100, `reads ${rowsRead} rows`);
  const through = scanned.map(({ table }) => table).filter((table) =>
    !["area_code_forecasts", "settings", "number_requests"].includes(table)
  );
  assert(through.length === 0, `scans ${through}`);
});
