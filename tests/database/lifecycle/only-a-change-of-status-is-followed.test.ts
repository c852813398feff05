import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { oneHolder, phoneOf, setStatus } from "../../support/lifecycle.ts";
import { value } from "../../support/pool.ts";

Deno.test("an update that does not change the status does not even call the trigger", async (t) => {
  await using db = await createTestDatabase();
  const { organizationId } = await oneHolder(db);
  const calls = () =>
    value<number>(db, "select count(*)::int from phone_pool.alert_events where kind = 'called'");
  // Whoever calls it leaves an alert.
  await db.query(`
    create or replace function phone_pool.tg_organizations__follow_status() returns trigger
    language plpgsql security definer as $$
    begin perform phone_pool.raise_alert('called', new.subscription_status); return null; end $$`);
  const cases: Record<string, string> = {
    "another column": "name = 'Another name'",
    "the same status again": "subscription_status = subscription_status",
    "the phone": "phone = phone",
  };
  for (const [name, change] of Object.entries(cases)) {
    await t.step(name, async () => {
      await db.query(`update public.organizations set ${change} where id = $1`, [organizationId]);
      assertEquals(await calls(), 0);
    });
  }
  await t.step("another status", async () => {
    await setStatus(db, organizationId, "canceled");
    assertEquals(await calls(), 1);
  });
});

Deno.test("from one active status to another nothing happens", async () => {
  await using db = await createTestDatabase();
  const { organizationId, phoneNumber } = await oneHolder(db);
  for (const status of ["trialing", "past_due", null, "active"]) {
    await setStatus(db, organizationId, status);
    assertEquals(await phoneOf(db, organizationId), phoneNumber);
  }
});
