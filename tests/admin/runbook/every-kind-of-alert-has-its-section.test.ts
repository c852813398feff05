import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "../../../supabase/local/stack/paths.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { values } from "../../support/pool.ts";
import { readRunbook } from "../support/runbook.ts";

/** Kinds that a raise_alert or set_alert in the migrations names, CASE branches included. */
function kindsRaised(): string[] {
  const directory = inRoot("migrations");
  const sql = readdirSync(directory).filter((name) => name.endsWith(".sql"))
    .map((name) => readFileSync(join(directory, name), "utf8")).join("\n");
  const direct = [...sql.matchAll(/\.(?:raise|set)_alert\(\s*'([a-z_]+)'/g)];
  const chosen = [
    ...sql.matchAll(/\.raise_alert\(\s*case when .*? then '([a-z_]+)'\s+else '([a-z_]+)'/g),
  ];
  // What is neither, apart from the definitions, could be named anything.
  const others = [
    ...sql.matchAll(/\.(?:raise|set)_alert\((?!\s*('[a-z_]+'|case when|p_kind|text))/g),
  ];
  assertEquals(others.length, 0, "kinds are literals, so that they can be found");
  return [...new Set([...direct, ...chosen].flatMap(([, ...kinds]) => kinds))].sort();
}

Deno.test("raised, listed and explained are the same", async () => {
  await using db = await createTestDatabase();
  const listed = await values<string>(
    db,
    "select kind as value from phone_pool.alert_kinds order by kind",
  );
  const sections = readRunbook().map(({ kind }) => kind).filter((kind) => kind !== "");
  assertEquals(kindsRaised(), listed);
  assertEquals(sections.toSorted(), listed);
});

Deno.test("the section is where the alert says", async () => {
  await using db = await createTestDatabase();
  const links = await values<string>(db, "select runbook as value from phone_pool.alert_kinds");
  assert(links.every((link) => /^supabase\/operate\.md#[a-z_]+$/.test(link)));
});
