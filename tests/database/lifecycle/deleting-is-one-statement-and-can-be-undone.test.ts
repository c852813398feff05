import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addNumbers, contradictions, on, register, value } from "../../support/pool.ts";

const STATE = `select jsonb_build_object(
  'numbers', (select jsonb_agg(to_jsonb(n) order by n.id) from public.phone_numbers n),
  'tenures', (select jsonb_agg(to_jsonb(t) order by t.id) from phone_pool.tenures t),
  'organizations', (select jsonb_agg(to_jsonb(o) order by o.id) from public.organizations o),
  'waiting', (select jsonb_agg(to_jsonb(r) order by r.id) from phone_pool.number_requests r),
  'purchases', (select jsonb_agg(to_jsonb(p) order by p.id) from phone_pool.purchases p))`;

Deno.test("a delete that is rolled back changes nothing", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 2);
  await register(db, 3);
  await register(db, 1, { areaCode: "415" });
  const before = await value(db, STATE);
  const session = on(await db.connect());
  await session.query("begin");
  await session.query("delete from public.organizations");
  assertEquals(
    await value(
      session,
      "select count(*)::int from public.phone_numbers where status = 'suspended'",
    ),
    2,
  );
  await session.query("rollback");
  assertEquals(await value(db, STATE), before);
});

Deno.test("a thousand organizations are deleted by one statement", async () => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set max_numbers = 2000, monthly_budget_usd = 2000");
  await addNumbers(db, 1000);
  await register(db, 1000);
  await db.query("delete from public.organizations");
  const counted = await value(
    db,
    `select jsonb_build_object('suspended', count(*) filter (where status = 'suspended'),
       'closed', (select count(*) from phone_pool.tenures where not upper_inf(held)))
     from public.phone_numbers`,
  );
  assertEquals(counted, { suspended: 1000, closed: 1000 });
  assertEquals(await contradictions(db), []);
});
