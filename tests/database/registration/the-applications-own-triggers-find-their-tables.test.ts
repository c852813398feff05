import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addNumbers, openAlerts, phonesOf, register } from "../../support/pool.ts";

// As applications write them: no search_path of their own, no schema before the names.
const AUDIT = `
  create table public.audit_log (organization_id uuid, phone text);
  create function public.audit_organization() returns trigger language plpgsql as $$
  begin
    insert into audit_log values (new.id, new.phone);
    return new;
  end $$;
  create trigger audit_organization after update on public.organizations
    for each row execute function public.audit_organization()`;

Deno.test("a trigger of the application's own, without a path, works when we write its table", async () => {
  await using db = await createTestDatabase();
  await db.query(AUDIT);
  await addNumbers(db, 1);
  const [id] = await register(db, 1);
  assertEquals(await phonesOf(db, [id ?? ""]), ["+12125550001"]);
  await db.query("update public.organizations set subscription_status = 'canceled'");
  await db.query("update public.organizations set subscription_status = 'active'");
  assertEquals(await phonesOf(db, [id ?? ""]), ["+12125550001"]);
  const log = await db.query<{ phone: string | null }>(
    "select distinct phone from audit_log order by 1",
  );
  assertEquals(log.map(({ phone }) => phone), ["+12125550001", null]);
  assertEquals(
    (await openAlerts(db)).filter((kind) => /^(assignment|churn)_failed$/.test(String(kind))),
    [],
  );
});
