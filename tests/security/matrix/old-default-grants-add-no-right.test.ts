import { readdir, readFile } from "node:fs/promises";
import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { inRoot } from "../../../supabase/local/stack/paths.ts";
import { rightsMatrix } from "../support/matrix.ts";

/**
 * What projects had before 2026-10-30, and restored ones may have again: everything that a
 * migration creates in public is everybody's. https://github.com/supabase/cli, start.go
 */
const OLD_DEFAULTS = ["tables", "sequences", "functions"].map((objects) =>
  `alter default privileges for role postgres in schema public
   grant all on ${objects} to anon, authenticated, service_role`
).join(";");

/** The application's own table: what may be done with it is the application's business. */
const isOurs = (line: string) => !line.startsWith("organizations |");

async function matrixOf(database: TestDatabase): Promise<string[]> {
  return (await rightsMatrix(database)).split("\n").filter(isOurs);
}

Deno.test("where new objects are granted to everybody, ours are not", async () => {
  await using fresh = await createTestDatabase();
  await using old = await createTestDatabase({ bare: true });
  await old.query(OLD_DEFAULTS);
  for (const name of (await readdir(inRoot("migrations"))).sort()) {
    if (name.endsWith(".sql")) await old.query(await readFile(inRoot("migrations", name), "utf8"));
  }
  const [{ granted } = { granted: false }] = await old.query<{ granted: boolean }>(
    "select has_table_privilege('anon', 'public.organizations', 'insert') as granted",
  );
  assert(granted, "the defaults are in force");
  const wanted = await matrixOf(fresh);
  const found = await matrixOf(old);
  assertEquals(found.filter((line) => !wanted.includes(line)), []);
  assertEquals(wanted.filter((line) => !found.includes(line)), []);
});
