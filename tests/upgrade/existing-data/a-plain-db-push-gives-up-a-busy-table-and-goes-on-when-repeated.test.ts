import { readFile } from "node:fs/promises";
import { assert, assertEquals } from "../../support/assert.ts";
import { ROOT } from "../../../supabase/local/stack/paths.ts";
import { migrationFiles } from "../../schema/migration/files.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { startWriter, watchWaits } from "../support/lock-watch.ts";
import { preparePush } from "../support/plain-push.ts";

const SQL = await readFile(new URL("../support/application.sql", import.meta.url), "utf8");

const applied = async (database: TestDatabase) =>
  (await database.query<{ version: string }>(
    "select version from supabase_migrations.schema_migrations order by version",
  )).map(({ version }) => version);

const locks = (database: TestDatabase, pid: number) =>
  database.query(
    `select mode from pg_locks where pid <> $1 and relation = 'public.organizations'::regclass
       and mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')`,
    [pid],
  );

const versions = (await migrationFiles(ROOT)).map((name) => name.slice(0, 14));

Deno.test("db push gives up a table that is busy, keeps nobody waiting, and goes on later", async (t) => {
  await using database = await createTestDatabase({ bare: true });
  await database.query(SQL);
  // The CLI alone refuses a history that it has no files of.
  await database.query("truncate supabase_migrations.schema_migrations");
  await using push = await preparePush(database);
  const long = await database.connect();
  const { rows: [own] } = await long.query<{ pid: number }>("select pg_backend_pid() as pid");
  await long.query("begin");
  await long.query("update public.organizations set visits = 1 where slug = 'clinic-2'");
  const writer = await startWriter(database);
  const waits = await watchWaits(database);

  const first = await push.run();
  const between = await applied(database);
  await t.step("it fails, and says why", () => {
    assert(!first.success && /lock timeout/.test(first.said), first.said);
  });
  await t.step("it leaves no lock behind, and whole migrations only", async () => {
    assertEquals(await locks(database, own?.pid ?? 0), []);
    assertEquals(between, versions.slice(0, 1));
  });

  await long.query("commit");
  let second = await push.run();
  // The writer's own short transactions may be in the way of a machine that has much to do.
  for (let again = 0; again < 9 && /lock timeout/.test(second.said); again++) {
    second = await push.run();
  }
  const wait = await waits.stop();
  const { writes, slowest } = await writer.stop();
  if (Deno.env.has("SHOW")) {
    console.log({ first: first.milliseconds, second: second.milliseconds, wait, writes, slowest });
  }
  await t.step("repeated, it applies the rest", async () => {
    assert(second.success, second.said);
    assertEquals((await applied(database)).slice(0, between.length), between);
    assert(!second.said.includes(versions[0] ?? "?"), second.said);
  });
  // 150 ms, and what a busy machine adds; without a limit it is as long as the transaction lasts.
  await t.step("no writer waited for long", () => {
    assert(wait < 1000 && writes > 100, `the longest of ${writes} writes waited ${wait} ms`);
  });
});
