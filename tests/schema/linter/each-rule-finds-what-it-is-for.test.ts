import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { readCatalogueNames } from "./catalogue.ts";
import { BAD, GOOD } from "./fixtures.ts";
import { lint } from "./lint.ts";
import { RULES } from "./rules.ts";

Deno.test("each rule finds what it is for, and nothing where all is right", async (t) => {
  await using db = await createTestDatabase({ bare: true });
  const names = {
    ...await readCatalogueNames(db),
    transitionTables: new Set(["new_rows"]),
  };
  await t.step("every rule has fixtures", () => {
    assertEquals(Object.keys(BAD), Object.keys(RULES));
  });
  for (const [rule, fixtures] of Object.entries(BAD)) {
    for (const [definition, expected] of fixtures) {
      await t.step(`${rule}: ${definition}`, () => {
        assertEquals(lint(definition, names).get(rule), expected);
      });
    }
  }
  for (const definition of GOOD) {
    await t.step(`nothing: ${definition}`, () => {
      assertEquals(Object.fromEntries(lint(definition, names)), {});
    });
  }
});
