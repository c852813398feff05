import { assertEquals } from "../../support/assert.ts";
import { eventually } from "../support.ts";
import { cronFixture } from "./support.ts";

Deno.test("a run that comes due meanwhile waits for the one before", async () => {
  await using fixture = await cronFixture("2026-11-20T10:00:30Z");
  const { database } = fixture;
  const gate = await database.connect("postgres");
  await gate.query("select pg_advisory_lock(1)");
  await database.query(
    "select cron.schedule('gated', '* * * * *', 'select pg_advisory_xact_lock(1)')",
  );
  await database.query("select cron.schedule('other', '* * * * *', 'select 1')");
  const waiting = async () => {
    const rows = await database.query(
      "select 1 from pg_locks where locktype = 'advisory' and not granted",
    );
    return rows.length;
  };

  fixture.setTime("2026-11-20T10:01:00Z");
  await eventually("the first run waits at the gate", async () => await waiting() === 1);
  fixture.setTime("2026-11-20T10:02:00Z");
  await fixture.runs("other", 2);
  assertEquals(await waiting(), 1);

  await gate.query("select pg_advisory_unlock(1)");
  const runs = await fixture.runs("gated", 2);
  assertEquals(runs.map(({ status }) => status), ["succeeded", "succeeded"]);
});
