import { assert, assertEquals } from "../support/assert.ts";
import { inRoot, ROOT } from "../../supabase/local/stack/paths.ts";
import { schemaFiles } from "./migration/files.ts";

const README = inRoot("migrations", "schema", "README.md");
const DEFINED =
  /^create (?:table|view|function|sequence) ((?:public|phone_pool|phone_pool_worker)\.\w+)/gm;

/** The code alone: no comments, no text, which may name what it does not use. */
const codeOf = (sql: string) =>
  sql.replace(/--.*$/gm, "").replace(/^comment on [^;]*?;$/gms, "").replace(
    /'(?:[^']|'')*'/g,
    "''",
  );

/** "pool → ground": some file of the one wing uses a table or a function of the other. */
async function arrowsOfTheCode(): Promise<Set<string>> {
  const files = (await schemaFiles(ROOT)).filter(({ name }) => name.includes("/"))
    .map(({ name, sql }) => ({ wing: name.split("/")[0] ?? "", sql: codeOf(sql), whole: sql }));
  const home = new Map<string, string>();
  for (const { wing, whole } of files) {
    for (const [, name = ""] of whole.matchAll(DEFINED)) home.set(name, wing);
  }
  const arrows = new Set<string>();
  for (const { wing, sql } of files) {
    for (const [name] of sql.matchAll(/\b(?:public|phone_pool|phone_pool_worker)\.\w+/g)) {
      const other = home.get(name);
      if (other && other !== wing) arrows.add(`${wing} → ${other}`);
    }
  }
  return arrows;
}

Deno.test("the arrows of the floor plan are what the code does", async () => {
  const text = await Deno.readTextFile(README);
  const drawn = new Set<string>();
  for (const [, from, many = ""] of text.matchAll(/^ {2}(\w+) --> ([\w& ]+)$/gm)) {
    for (const to of many.split("&")) drawn.add(`${from} → ${to.trim()}`);
  }
  assert(drawn.size > 10, "no arrows in migrations/schema/README.md");
  assertEquals([...drawn].sort(), [...await arrowsOfTheCode()].sort());
});

Deno.test("the floor plan names every wing and every file", async () => {
  const text = await Deno.readTextFile(README);
  const missing = (await schemaFiles(ROOT)).map(({ name }) => name.replace(/\.sql$/, ""))
    .filter((name) => !new RegExp(`\\b${name.split("/").at(-1)}\\b`).test(text));
  assertEquals(missing, []);
});
