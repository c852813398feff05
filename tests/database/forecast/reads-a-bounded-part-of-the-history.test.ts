import type pg from "pg";
import { assert } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { explain } from "../../admin/support/plans.ts";
import { fill } from "../../admin/support/volume.ts";
import { on } from "../../support/pool.ts";
import { withoutTriggers } from "../../support/raw-rows.ts";

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

Deno.test("what to buy is decided by wishes and numbers to keep, of however large a pool", async () => {
  await using db = await createTestDatabase();
  const admin = await db.connect("supabase_admin");
  await fill(admin, { organizations: 20_000, calls: 0 });
  await withoutTriggers(on(admin), async () => {
    await admin.query(`
      delete from phone_pool.number_requests where true;
      update public.organizations o set settings = '{"area_code": "201"}' where o.slug like '%0';
      update phone_pool.purchases p set wanted_area_code = '202' where p.phone_number like '%1'`);
  });
  await admin.query("vacuum analyze public.organizations, phone_pool.purchases");
  const body = (await bodyOf(admin, "area_codes_to_buy")).replace("p_most", "20");
  const { rows } = await admin.query<{ bought: string[] }>(
    "select phone_pool.area_codes_to_buy(20) as bought",
  );
  assert(rows[0] && rows[0].bought.length === 0, "two hundred of 201 are free");
  const { rowsRead, scanned } = await explain(admin, body);
  assert(rowsRead < 1000, `reads ${rowsRead} rows`);
  const through = scanned.map(({ table }) => table).filter((table) =>
    !["settings", "planner", "number_requests"].includes(table)
  );
  assert(through.length === 0, `scans ${through}`);
});
