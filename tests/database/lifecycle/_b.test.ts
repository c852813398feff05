import { createTestDatabase } from "../../support/database.ts";
import { addNumbers, setVault } from "../../support/pool.ts";
Deno.test("b", async () => {
  const med = (a: number[]) => a.toSorted((x, y) => x - y)[a.length >> 1]!;
  const mk = async (strip: boolean) => {
    const db = await createTestDatabase(); await setVault(db);
    await db.query("update phone_pool.settings set max_numbers=100000, monthly_budget_usd=100000");
    await addNumbers(db, 9000);
    if (strip) for (const s of ["drop trigger tenures_open_by_functions on phone_pool.tenures", "drop trigger organizations_follow_status on public.organizations", "drop trigger phone_numbers_keep_quarantine on public.phone_numbers", "drop trigger phone_numbers_give_back on public.phone_numbers"]) await db.query(s);
    await db.query("analyze"); const c = await db.connect(); return { db, c, t: [] as number[] };
  };
  const a = await mk(false), b = await mk(true);
  let n = 0;
  for (let i = 0; i < 8000; i++) for (const x of i % 2 ? [a, b] : [b, a]) {
    const t = performance.now();
    await x.c.query("insert into public.organizations (name, slug, subscription_status) values ('x', $1, 'active')", ["s" + n++]);
    if (i > 500) x.t.push(performance.now() - t);
  }
  console.log("##with", med(a.t).toFixed(4), "without", med(b.t).toFixed(4), "ratio", (med(a.t) / med(b.t)).toFixed(3));
  await a.db.drop(); await b.db.drop();
});
