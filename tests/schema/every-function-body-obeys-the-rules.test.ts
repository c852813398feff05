import { assert, assertEquals } from "../support/assert.ts";
import { createTestDatabase } from "../support/database.ts";
import { readCatalogueNames, readDefinitions } from "./linter/catalogue.ts";
import { lint } from "./linter/lint.ts";

Deno.test("every function's body, parsed, obeys the rules", async (t) => {
  await using db = await createTestDatabase();
  const names = await readCatalogueNames(db);
  const found = new Map<string, string[]>();
  const definitions = await readDefinitions(db);
  for (const [signature, definition] of definitions) {
    for (const [rule, lines] of lint(definition, names)) {
      found.set(rule, [...found.get(rule) ?? [], ...lines.map((line) => `${signature} ${line}`)]);
    }
  }
  assert(definitions.size > 100);
  await t.step("nothing is found", () => assertEquals(Object.fromEntries(found), {}));
});
