import { assertEquals } from "../../support/assert.ts";
import { cronFixture } from "./support.ts";

Deno.test("a run is recorded and acts as the role that scheduled it", async () => {
  await using fixture = await cronFixture("2026-11-20T10:00:30Z");
  const { database } = fixture;
  await database.query("create table public.seen (who text)");
  await database.query(
    "select cron.schedule('good', '* * * * *', 'insert into public.seen select current_user')",
  );
  await database.query("select cron.schedule('select', '* * * * *', 'select 1')");
  await database.query("select cron.schedule('bad', '* * * * *', 'select 1/0')");
  await database.query("select cron.schedule('off', '* * * * *', 'select 1')");
  await database.query(
    "select cron.alter_job(jobid, active := false) from cron.job where jobname = 'off'",
  );

  fixture.setTime("2026-11-20T10:01:00Z");
  const username = "postgres";
  assertEquals(await fixture.runs("good", 1), [
    { status: "succeeded", return_message: "INSERT 1", username },
  ]);
  assertEquals(await fixture.runs("select", 1), [
    { status: "succeeded", return_message: "1 row", username },
  ]);
  assertEquals(await fixture.runs("bad", 1), [
    { status: "failed", return_message: "ERROR:  division by zero\n", username },
  ]);
  assertEquals(await database.query("select who from public.seen"), [{ who: "postgres" }]);

  fixture.setTime("2026-11-20T10:02:00Z");
  assertEquals((await fixture.runs("good", 2)).length, 2);
  assertEquals(await fixture.runs("off", 0), []);
});
