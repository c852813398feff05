import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addNumbers, register, setVault, values } from "../../support/pool.ts";
import { startDay } from "../support/day.ts";
import { tellAlerts, untold } from "../support/slack.ts";

/** In this order; without a time where chance (the jitter of retries) decides the minute. */
const OPENED = [
  "09:06 pool_low",
  "09:06 carrier_down telnyx",
  "purchase_failing",
  "09:51 pool_empty",
  "10:06 organization_waiting",
  "13:01 budget_near",
  "13:31 budget_reached",
  "13:31 pool_low",
  "14:34 job_stalled sweep",
];
/** In any order: in the outage, chance decides which purchase ends it for which alert. */
const CLOSED = [
  "10:01 pool_low",
  "carrier_down telnyx",
  "purchase_failing",
  "organization_waiting",
  "pool_empty",
  "14:11 budget_near",
  "14:11 budget_reached",
  "14:11 pool_low",
  "15:02 job_stalled sweep",
];

Deno.test("registrations, an outage, the budget, a dead pg_cron, recovery", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await tellAlerts(db);
  await db.query("update phone_pool.settings set monthly_budget_usd = 50");
  const day = await startDay(db, "08:00");
  await addNumbers(db, 12);

  await day.at("08:10", "8 clinics register; 10 numbers are bought", () => register(db, 8));
  await day.at("09:00", "Telnyx goes down", () => Promise.resolve(day.isTelnyxDown = true));
  await day.at("09:05", "11 clinics register; 3 numbers are left", () => register(db, 11));
  await day.at("09:50", "4 clinics register; one has to wait", () => register(db, 4));
  await day.at("10:10", "Telnyx is back", () => Promise.resolve(day.isTelnyxDown = false));
  await day.at("13:00", "7 clinics register; 10 numbers are bought", () => register(db, 7));
  await day.at("13:30", "12 clinics register; the budget allows 3 numbers", () => register(db, 12));
  await day.at(
    "14:00",
    "the budget is raised",
    () => db.query("update phone_pool.settings set monthly_budget_usd = 200"),
  );
  await day.at("14:30", "pg_cron stops", () => Promise.resolve(day.isCronDown = true));
  await day.at("14:50", "pg_cron runs again", () => Promise.resolve(day.isCronDown = false));
  await day.at("15:30", "the day is over");

  assertEquals(withoutChance(day.told, "opened"), OPENED);
  assertEquals(withoutChance(day.told, "closed").sort(), CLOSED.sort());
  assertEquals(await untold(db), 0);
  assertEquals(
    await values(db, "select kind as value from admin_alerts where state <> 'closed'"),
    [],
  );
  assertEquals(
    await values(
      db,
      "select kind as value from admin_alerts where told_at is null or told_over_at is null",
    ),
    [],
  );
});

/** Those that opened, or closed, as the lists above name them. */
function withoutChance(told: string[], change: "opened" | "closed"): string[] {
  const dated = new Set([...OPENED, ...CLOSED]);
  return told.filter((text) => text.endsWith(change))
    .map((text) => text.slice(0, -change.length - 1))
    .map((text) => dated.has(text) ? text : text.slice(6));
}
