import { assertEquals } from "../../support/assert.ts";
import { FUNCTIONS } from "../../support/catalogue.ts";
import { createTestDatabase } from "../../support/database.ts";
import { DEFINERS_FILE } from "../support/files.ts";
import { definerList, reasonOf } from "../support/matrix.ts";

Deno.test("every security definer is on the committed list, with a reason", async (t) => {
  await using db = await createTestDatabase();
  await t.step("the list is the committed one", async () => {
    assertEquals(
      await definerList(db),
      await Deno.readTextFile(DEFINERS_FILE),
      "meant? then: deno run -A tests/security/update-matrix.ts",
    );
  });
  await t.step("each has a reason of its own words", async () => {
    const rows = await db.query<{ signature: string; comment: string }>(
      `select f.signature, coalesce(obj_description(f.oid, 'pg_proc'), '') as comment
       from ${FUNCTIONS} f where f.prosecdef`,
    );
    const without = rows.filter(({ comment }) => reasonOf(comment).length < 10);
    assertEquals(without.map(({ signature }) => signature), []);
  });
});
