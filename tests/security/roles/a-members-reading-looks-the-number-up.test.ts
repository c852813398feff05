import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { explain } from "../../admin/support/plans.ts";
import { on } from "../../support/pool.ts";
import { withoutTriggers } from "../../support/raw-rows.ts";

const READING = "select id, phone_number, organization_id from public.phone_numbers";
const ID = "00000000-0000-4000-8000-000000054321";

Deno.test("of 100,000 numbers a member's unfiltered reading touches one", async (t) => {
  await using db = await createTestDatabase();
  const admin = on(await db.connect("supabase_admin"));
  await withoutTriggers(admin, () =>
    admin.query(`
    insert into public.phone_numbers (phone_number, telnyx_phone_number_id, organization_id, status,
      area_code, monthly_cost, assigned_at)
    select '+1' || 2010000000 + i, i::text,
      ('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, 'assigned', '201', 1, now()
    from generate_series(1, 100000) i`));
  await admin.query("analyze public.phone_numbers");
  const claims = { sub: crypto.randomUUID(), app_metadata: { organization_id: ID } };

  await t.step("by the token", async () => {
    const member = await db.connect("authenticated", claims);
    const { rows } = await member.query(READING);
    assertEquals(rows.map(({ organization_id }) => organization_id), [ID]);
    const plan = await explain(member, READING);
    if (Deno.env.has("SHOW")) console.log(plan);
    assertEquals(plan.scanned, []);
    assert(plan.rowsRead <= 1, `${plan.rowsRead} rows`);
  });

  await t.step("by memberships of the application", async () => {
    await db.query(`
      create table public.members (user_id uuid, organization_id uuid);
      create or replace function phone_pool.my_organizations()
      returns setof uuid language sql stable security definer set search_path = pg_catalog, pg_temp
      as $$ select m.organization_id from public.members m
        where m.user_id = (select auth.uid()) $$`);
    await db.query(
      `insert into public.members select $1, organization_id from public.phone_numbers
       where phone_number in ('+12010000001', '+12010000002')`,
      [claims.sub],
    );
    const member = await db.connect("authenticated", claims);
    const plan = await explain(member, READING);
    assert(!plan.scanned.some(({ table }) => table === "phone_numbers"));
    const { rows } = await member.query(`${READING} order by phone_number`);
    assertEquals(rows.map(({ phone_number }) => phone_number), ["+12010000001", "+12010000002"]);
  });

  await t.step("narrowed by a stricter may_call() of the application", async () => {
    await db.query(`
      create or replace function phone_pool.may_call(p_organization_id uuid)
      returns boolean language sql stable security definer set search_path = pg_catalog, pg_temp
      as $$ select exists (select from public.members m where m.user_id = (select auth.uid())
        and m.organization_id = p_organization_id and m.organization_id::text like '%2') $$`);
    const member = await db.connect("authenticated", claims);
    const { rows } = await member.query(`${READING} order by phone_number`);
    assertEquals(rows.map(({ phone_number }) => phone_number), ["+12010000002"]);
  });
});
