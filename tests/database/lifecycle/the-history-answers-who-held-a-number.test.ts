import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { leave, oneHolder } from "../../support/lifecycle.ts";
import { registerOne, sweep, travel, value } from "../../support/pool.ts";

Deno.test("holder_at and admin_number_history tell who held a number, years later", async () => {
  await using db = await createTestDatabase();
  const { organizationId: first, phoneNumber } = await oneHolder(db);
  await travel(db, "100 days");
  await leave(db, first);
  await db.query("delete from public.organizations");
  await travel(db, "200 days");
  await sweep(db);
  const second = await registerOne(db);
  const holderAt = (when: string) =>
    value(db, "select phone_pool.holder_at($1, clock_timestamp() + $2::interval)", [
      phoneNumber,
      when,
    ]);
  assertEquals(
    await Promise.all(["-1 day", "50 days", "150 days", "201 days"].map(holderAt)),
    [null, first, null, second],
  );
  // From the moment of the assignment on, and no longer at the moment of leaving.
  const edges = await db.query(
    `select phone_pool.holder_at($1, lower(t.held)) as at_its_beginning,
       phone_pool.holder_at($1, upper(t.held) - interval '1 microsecond') as just_before_its_end,
       phone_pool.holder_at($1, upper(t.held)) as at_its_end
     from phone_pool.tenures t where t.organization_id = $2`,
    [phoneNumber, first],
  );
  assertEquals(edges, [{ at_its_beginning: first, just_before_its_end: first, at_its_end: null }]);
  const rows = await db.query(
    `select organization_id, organization_name, release_reason, held_until is null as is_open
     from public.admin_number_history where phone_number = $1 order by held_from`,
    [phoneNumber],
  );
  assertEquals(rows, [
    {
      organization_id: first,
      organization_name: null,
      release_reason: "subscription_status canceled",
      is_open: false,
    },
    { organization_id: second, organization_name: "Clinic 1", release_reason: null, is_open: true },
  ]);
});
