import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addNumbers, contradictions, phonesOf, register, registerOne } from "../../support/pool.ts";

Deno.test("an organization has the oldest free number in the transaction that inserts it", async () => {
  await using db = await createTestDatabase();
  const numbers = await addNumbers(db, 8);
  const first = await registerOne(db);
  assertEquals(await phonesOf(db, [first]), [numbers[0] ?? null]);

  const [row] = await db.query(
    `select n.status, n.organization_id, n.assigned_at is not null as since, n.suspended_until,
       t.organization_id as tenant, upper_inf(t.held) as open,
       lower(t.held) between n.assigned_at and n.assigned_at + interval '10 seconds' as agree,
       t.requested_at < n.assigned_at as waited, t.quarantine_until
     from public.phone_numbers n join phone_pool.tenures t on t.phone_number_id = n.id`,
  );
  assertEquals(row, {
    status: "assigned",
    organization_id: first,
    since: true,
    suspended_until: null,
    tenant: first,
    open: true,
    agree: true,
    waited: true,
    quarantine_until: null,
  });

  const next = await register(db, 2);
  assertEquals(await phonesOf(db, next), numbers.slice(1, 3));
  assertEquals(await contradictions(db), []);
});

Deno.test("who may insert organizations need not be able to touch the pool", async () => {
  await using db = await createTestDatabase();
  const [number] = await addNumbers(db, 6);
  const service = await db.connect("service_role");
  const { rows } = await service.query<{ id: string }>(
    "insert into public.organizations (name, slug) values ('Clinic', 'clinic') returning id",
  );
  assert(rows[0]);
  assertEquals(await phonesOf(db, [rows[0].id]), [number ?? null]);
});
