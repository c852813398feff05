import { assertEquals, assertRejects } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";

const NO_SCHEDULES = [
  "",
  "* * * *",
  "60 * * * *",
  "a * * * *",
  "*/0 * * * *",
  "60 seconds",
  "5-3 * * * *",
];

Deno.test("scheduling is idempotent by name and refuses what is no schedule", async (test) => {
  await using database = await createTestDatabase({ bare: true });
  await database.query("create extension if not exists pg_cron");
  const jobs = () => database.query("select jobid, jobname, schedule, command from cron.job");
  const schedule = (expression: string, command: string) =>
    database.query("select cron.schedule('sweep', $1, $2) as id", [expression, command]);

  await test.step("the same name is the same job", async () => {
    assertEquals(await schedule("* * * * *", "select 1"), await schedule("5 4 * * *", "select 2"));
    const [job, ...others] = await jobs();
    assertEquals([job?.schedule, job?.command, others.length], ["5 4 * * *", "select 2", 0]);
  });
  for (const expression of NO_SCHEDULES) {
    await test.step(`"${expression}" is refused`, async () => {
      await assertRejects(
        () => schedule(expression, "x"),
        Error,
        `invalid schedule: ${expression}`,
      );
    });
  }
  await test.step("a rolled back schedule leaves no job", async () => {
    const client = await database.connect("postgres");
    await client.query("begin; select cron.schedule('gone', '10 seconds', 'select 1'); rollback");
    assertEquals((await jobs()).length, 1);
  });
  await test.step("the table itself is not the scheduling role's to write", async () => {
    await assertRejects(() => database.query("delete from cron.job"), Error, "permission denied");
  });
  await test.step("unscheduling works once", async () => {
    await database.query("select cron.unschedule('sweep')");
    assertEquals(await jobs(), []);
    await assertRejects(
      () => database.query("select cron.unschedule('sweep')"),
      Error,
      "could not find valid entry for job 'sweep'",
    );
  });
});
