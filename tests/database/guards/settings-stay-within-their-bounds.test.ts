import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import { rolledBack } from "../../support/pool.ts";

const CASES: [column: string, allowed: string[], refused: string[]][] = [
  ["quarantine_days", ["30", "365", "90"], ["29", "366", "0", "-1", "null"]],
  ["low_water", ["0", "1000"], ["-1", "1001", "null"]],
  ["batch_size", ["1", "100"], ["0", "101"]],
  ["forecast", ["true", "false"], ["null"]],
  ["initial_size", ["0", "1000"], ["-1", "1001"]],
  ["max_numbers", ["0", "100000"], ["-1"]],
  ["monthly_budget_usd", ["0", "12.34"], ["-0.01", "null"]],
  ["number_monthly_cost_usd", ["0"], ["-0.01"]],
  ["call_minute_cost_usd", ["0"], ["-0.01"]],
  ["keep_idle_above", ["0"], ["-1"]],
  ["monthly_minutes_budget_usd", ["null", "0.01"], ["0", "-1"]],
  ["retire_after_inbound_calls", ["1"], ["0"]],
  ["area_code_wait", ["'0'", "'1 day'"], ["'-1 second'"]],
  ["number_monthly_max_usd", ["0", "2.5", "null"], ["-0.01"]],
  ["number_upfront_max_usd", ["0"], ["-0.01", "null"]],
  ["quarantine_unused_hours", ["1", "24", "720"], ["0", "721", "null"]],
  ["calling_hours_from", ["'00:00'", "'20:59'"], ["'21:00'", "'22:00'"]],
  ["calling_hours_to", ["'24:00'"], ["'08:00'", "'07:00'"]],
  ["calls_per_patient_per_day", ["1"], ["0"]],
  ["calls_per_patient_per_week", ["1"], ["0"]],
  ["max_call_minutes", ["1", "240"], ["0", "241"]],
  ["ringing_seconds", ["5", "75"], ["4", "76"]],
  [
    "alert_webhook_url",
    [
      "null",
      "'https://hooks.example/x'",
      "'https://127.0.0.1'",
      "'http://127.0.0.1:9000/x'",
      "'http://127.0.0.1'",
    ],
    [
      "''",
      "'hooks'",
      "'ftp://x'",
      "'https://'",
      "'http://hooks.example/x'",
      "'http://127.0.0.1.example/x'",
      "'http://127.0.0.1@hooks.example/x'",
      "'http://127.0.0.1:80@hooks.example'",
      "'https://hooks.example/a b'",
      "E'https://hooks.example/\\n'",
    ],
  ],
  ["purchase_max_attempts", ["1"], ["0"]],
  ["inactive_statuses", ["'{}'", "'{paused}'"], ["null", "'{paused,NULL}'"]],
  ["only_row", ["true"], ["false", "null"]],
];

const PLANNER: typeof CASES = [
  ["low_water", ["null", "0", "1000"], ["-1", "1001"]],
  ["batch_size", ["null", "1", "100"], ["0", "101"]],
  ["only_row", ["true"], ["false", "null"]],
];

Deno.test("settings are one row of values within their bounds", async (t) => {
  await using db = await createTestDatabase();
  for (const [table, cases] of [["settings", CASES], ["planner", PLANNER]] as const) {
    for (const [column, allowed, refused] of cases) {
      await t.step(`${table}.${column}`, async () => {
        for (const [values, expected] of [[allowed, true], [refused, false]] as const) {
          for (const value of values) {
            const update = `update phone_pool.${table} set ${column} = ${value}`;
            const outcome = await rolledBack(db, () => outcomeOf(db.query(update)));
            assertEquals(outcome === "ok", expected, `${value}: ${outcome}`);
          }
        }
      });
    }
    const second = db.query(`insert into phone_pool.${table} default values`);
    assertEquals(await outcomeOf(second), "23505");
  }
});
