import { assert, assertEquals } from "../../support/assert.ts";
import { FUNCTIONS } from "../../support/catalogue.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import { allowAnyHour, openCall, recordCall, startCall } from "../../support/intake-calls.ts";
import { addNumbers, on, planNow, register, setVault, values } from "../../support/pool.ts";
import { buyAllDue } from "../../support/purchases.ts";

const REFUSED = "21000";

/** What pg-safeupdate refuses, by the stand-in here and by itself on a server that has it. */
const UNSAFE = [
  "update public.organizations set name = 'x'",
  "delete from public.organizations",
  "update public.organizations o set name = 'x' from public.phone_numbers p",
  "with gone as (delete from public.organizations returning 1) select * from gone",
  "explain update public.organizations set name = 'x'",
];

Deno.test("an update or delete without where is refused to the Data API's roles", async (t) => {
  await using db = await createTestDatabase();
  await db.query("grant all on public.organizations to authenticated");
  for (const role of ["authenticated", "service_role"] as const) {
    const client = await db.connect(role);
    for (const statement of UNSAFE) {
      await t.step(`${role}: ${statement}`, async () => {
        assertEquals(await outcomeOf(client.query(statement)), REFUSED);
        // Whoever owns the database may.
        assertEquals(await outcomeOf(db.query(statement)), "ok");
      });
    }
    assertEquals(await outcomeOf(client.query(`${UNSAFE[0]} where true`)), "ok");
  }
});

Deno.test("the main job and every function have a where wherever they need one", async (t) => {
  await using db = await createTestDatabase();
  await setVault(db);
  await addNumbers(db, 4);
  await allowAnyHour(db);
  const client = await db.connect("service_role");
  const run = on(client);

  await t.step("from the order to the call", async () => {
    await run.query("select order_phone_numbers(2)");
    await planNow(run);
    assert(await buyAllDue(run) > 0);
    const [id] = await register(run, 1);
    const call = await openCall(run, id);
    await startCall(run, call.id);
    await recordCall(run, call.id, "failed", "telephony_timeout");
    await run.query("delete from public.organizations where id = $1", [id]);
  });

  const calls = await callsTo(db);
  for (const call of calls) {
    await t.step(call, async () => {
      assert(await outcomeOf(client.query(call)) !== REFUSED);
    });
  }
  assert(calls.length > 40);
});

/** A call to every function that service_role may execute, with arguments that some can use. */
async function callsTo(db: TestDatabase): Promise<string[]> {
  const [organization] = await register(db, 1);
  return await values<string>(
    db,
    `select format('select * from %s(%s)', f.oid::regproc, (
       select string_agg(format('%L::%s', case format_type(t, null)
         when 'uuid' then '${organization}' when 'jsonb' then '[{}]' when 'boolean' then 'true'
         when 'timestamp with time zone' then '2026-01-01Z' when 'text[]' then '{}'
         when 'bigint' then '1' when 'integer' then '1' when 'numeric' then '1'
         when 'double precision' then '1' when 'date' then '2026-01-01'
         else case when a.name ~ 'number' then '+12125550199' else 'text' end end,
         format_type(t, null)), ', ' order by a.place)
       from unnest(f.proargtypes, f.proargnames[1:f.pronargs])
         with ordinality as a (t, name, place))) as value
     from ${FUNCTIONS} f
     where f.prorettype <> 'trigger'::regtype
       and has_function_privilege('service_role', f.oid, 'execute')
     order by 1`,
  );
}
