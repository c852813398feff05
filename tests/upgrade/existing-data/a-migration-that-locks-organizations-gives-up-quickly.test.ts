import { readdir, readFile } from "node:fs/promises";
import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { inRoot } from "../../../supabase/local/stack/paths.ts";

const SQL = await readFile(new URL("../support/application.sql", import.meta.url), "utf8");

/** What keeps writers out, or makes them queue behind whoever waits for it. */
const STATE = `select current_setting('lock_timeout') as timeout, exists (
    select from pg_locks
    where pid = pg_backend_pid() and relation = 'public.organizations'::regclass
      and mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
  ) as locks`;

Deno.test("every migration that locks organizations against writers waits 150 ms for it", async () => {
  await using database = await createTestDatabase({ bare: true });
  await database.query(SQL);
  const client = await database.connect();
  const names = (await readdir(inRoot("migrations"))).filter((name) => name.endsWith(".sql"));
  const patient: string[] = [];
  const found: string[] = [];
  for (const name of names.sort()) {
    await client.query("begin");
    await client.query(await readFile(inRoot("migrations", name), "utf8"));
    const { rows: [state] } = await client.query<{ timeout: string; locks: boolean }>(STATE);
    await client.query("commit");
    if (!state?.locks) continue;
    found.push(name);
    if (state.timeout !== "150ms") patient.push(name);
  }
  assert(found.length > 0 && found.every((name) => !name.endsWith("_phone_pool.sql")), `${found}`);
  assertEquals(patient, []);
});
