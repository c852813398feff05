import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { oneHolder, readNumber, setStatus, tenuresOf } from "../../support/lifecycle.ts";
import { contradictions, travel, value } from "../../support/pool.ts";

const WAYS: Record<string, (db: TestDatabase, organizationId: string) => Promise<unknown>> = {
  "its row is deleted": (db, id) =>
    db.query("delete from public.organizations where id = $1", [id]),
  "it is canceled": (db, id) => setStatus(db, id, "canceled"),
  "it is cancelled": (db, id) => setStatus(db, id, "cancelled"),
  "it is inactive": (db, id) => setStatus(db, id, "inactive"),
  "it is what the settings say": async (db, id) => {
    await db.query("update phone_pool.settings set inactive_statuses = '{churned}'");
    await setStatus(db, id, "churned");
  },
  "it gives the number up": (db, id) =>
    db.query("select unassign_phone_number($1, 'moved to another service')", [id]),
};

Deno.test("each way to leave clears the phone and starts the quarantine", async (t) => {
  for (const [name, leave] of Object.entries(WAYS)) {
    await t.step(name, async () => {
      await using db = await createTestDatabase();
      const { organizationId, phoneNumber } = await oneHolder(db);
      await db.query("update phone_pool.settings set quarantine_days = 45");
      await travel(db, "2 days");
      await leave(db, organizationId);
      const { status, organization_id, days_left } = await readNumber(db, phoneNumber);
      assertEquals([status, organization_id, days_left], ["suspended", null, 45]);
      assertEquals(await tenuresOf(db, phoneNumber), ["left"]);
      assertEquals(
        await value(db, "select count(*)::int from public.organizations where phone is not null"),
        0,
      );
      // The history outlives the organization, whichever way it went.
      assertEquals(
        await value(
          db,
          "select phone_pool.holder_at($1, upper(held) - interval '1 microsecond')" +
            " from phone_pool.tenures",
          [phoneNumber],
        ),
        organizationId,
      );
      assertEquals(await contradictions(db), []);
    });
  }
});
