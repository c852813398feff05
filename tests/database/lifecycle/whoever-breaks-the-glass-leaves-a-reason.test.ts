import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import { leave, oneHolder, readNumber } from "../../support/lifecycle.ts";
import { openAlerts, sweep, value } from "../../support/pool.ts";

Deno.test("whoever breaks the glass leaves a reason, a name and what was there before", async (t) => {
  await using db = await createTestDatabase();
  const { organizationId, phoneNumber } = await oneHolder(db);
  await leave(db, organizationId);
  const breakGlass = (reason: string | null, until: string) =>
    outcomeOf(db.query(
      "select phone_pool.break_glass(1, $1, (select upper(held) + $2::interval from phone_pool.tenures where id = 1))",
      [reason, until],
    ));
  await t.step("without a reason: refused", async () => {
    assertEquals(await breakGlass(null, "1 second"), "PP005");
    assertEquals(await breakGlass("  ", "1 second"), "PP005");
  });
  await t.step("into the hold itself: refused", async () => {
    assertEquals(await breakGlass("a test", "-1 second"), "23514");
  });
  await t.step("not by service_role", async () => {
    const service = await db.connect("service_role");
    assertEquals(await outcomeOf(service.query("select phone_pool.break_glass(1, 'x')")), "42501");
  });
  await t.step("with one: the quarantine ends, and the row says by whom and why", async () => {
    assertEquals(await breakGlass("assigned by mistake, never called", "1 microsecond"), "ok");
    const override = "select %s from phone_pool.history_overrides";
    assertEquals(
      await value(db, override.replace("%s", "reason")),
      "assigned by mistake, never called",
    );
    assertEquals(await value(db, override.replace("%s", "done_by")), "postgres");
    assertEquals(
      await value(db, override.replace("%s", "(before ->> 'organization_id')")),
      organizationId,
    );
    assertEquals(
      await value(db, "select override_reason from public.admin_number_history"),
      "assigned by mistake, never called",
    );
    assertEquals((await openAlerts(db)).includes("history_overridden"), true);
    await sweep(db);
    assertEquals((await readNumber(db, phoneNumber)).status, "available");
  });
  await t.step("the reason is there for ever", async () => {
    for (const statement of ["delete from", "truncate"]) {
      const outcome = outcomeOf(db.query(`${statement} phone_pool.history_overrides cascade`));
      assertEquals(await outcome, "PP011");
    }
    assertEquals(
      await outcomeOf(db.query("update phone_pool.history_overrides set reason = 'another'")),
      "PP011",
    );
  });
});
