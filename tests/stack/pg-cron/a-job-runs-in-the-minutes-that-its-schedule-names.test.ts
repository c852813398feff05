import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";

// 2026-11-20 is a Friday.
const CASES = [
  { schedule: "* * * * *", at: "2026-11-20T10:17:00Z", due: true },
  { schedule: "*/5 * * * *", at: "2026-11-20T10:15:00Z", due: true },
  { schedule: "*/5 * * * *", at: "2026-11-20T10:17:00Z", due: false },
  { schedule: "0 9-17 * * mon-fri", at: "2026-11-20T17:00:00Z", due: true },
  { schedule: "0 9-17 * * mon-fri", at: "2026-11-21T17:00:00Z", due: false },
  { schedule: "30 3 * * *", at: "2026-11-20T03:30:00Z", due: true },
  { schedule: "30 3 * * *", at: "2026-11-20T04:30:00+01:00", due: true },
  { schedule: "0 0 1,15 * 5", at: "2026-11-15T00:00:00Z", due: true },
  { schedule: "0 0 1,15 * 5", at: "2026-11-20T00:00:00Z", due: true },
  { schedule: "0 0 1,15 * 5", at: "2026-11-21T00:00:00Z", due: false },
  { schedule: "0 0 $ * *", at: "2026-11-30T00:00:00Z", due: true },
  { schedule: "0 0 $ * *", at: "2026-11-29T00:00:00Z", due: false },
  { schedule: "0 0 * feb 7", at: "2026-02-01T00:00:00Z", due: true },
  { schedule: "@hourly", at: "2026-11-20T10:00:00Z", due: true },
];

Deno.test("a job runs in the minutes that its schedule names", async (test) => {
  await using database = await createTestDatabase({ bare: true });
  await database.query("create extension if not exists pg_cron");
  for (const { schedule, at, due } of CASES) {
    await test.step(`${schedule} at ${at}`, async () => {
      const [row] = await database.query("select cron._names_minute($1, $2) as due", [
        schedule,
        at,
      ]);
      assertEquals(row, { due });
    });
  }
});
