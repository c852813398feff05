import { assert } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { explain } from "../../admin/support/plans.ts";
import { fill } from "../../admin/support/volume.ts";

Deno.test("the forecast reads 2,048 arrivals and 100 purchases, of however many", async () => {
  await using db = await createTestDatabase();
  const admin = await db.connect("supabase_admin");
  await fill(admin, { organizations: 20_000, calls: 0 });
  const body = async (name: string) => {
    const { rows: [row] } = await admin.query<{ prosrc: string }>(
      "select prosrc from pg_proc where oid = to_regproc($1)",
      [`phone_pool.${name}`],
    );
    assert(row);
    return row.prosrc.replace(/;\s*$/, "");
  };
  for (const name of ["latest_arrivals", "carrier_lead_time"]) {
    const { rowsRead, scanned } = await explain(admin, await body(name));
    assert(rowsRead <= 3 * 2048, `${name} reads ${rowsRead} rows`);
    const through = scanned.map(({ table }) => table).filter((table) =>
      table !== "number_requests"
    );
    assert(through.length === 0, `${name} scans ${through}`);
  }
});
