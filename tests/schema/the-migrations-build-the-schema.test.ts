import { assertEquals } from "../support/assert.ts";
import { inRoot, ROOT } from "../../supabase/local/stack/paths.ts";
import { catalogue, difference } from "./catalogue.ts";
import { applied, built } from "./migration/difference.ts";
import { buildAll, unreleased } from "./migration/build.ts";
import { migrationFiles, schemaFiles, sqlFilesBelow } from "./migration/files.ts";
import { readReleased } from "./migration/released.ts";

const HINT = "meant? then: npm run migration";
const isReleased = (await readReleased(ROOT)).length > 0;

Deno.test("the migrations build what migrations/schema says, comments, rights and rows included", async () => {
  await using wanted = await built(ROOT);
  await using found = await applied(ROOT, await migrationFiles(ROOT));
  assertEquals(difference(await catalogue(wanted), await catalogue(found)), [], HINT);
});

Deno.test({
  name: "before the first release they are built from it, word for word",
  ignore: isReleased,
  fn: async () => {
    const { schema, attach } = await buildAll(ROOT);
    const files = await unreleased(ROOT);
    const texts = await Promise.all(
      files.map((file) => Deno.readTextFile(inRoot("migrations", file))),
    );
    assertEquals(texts.length, 2);
    assertEquals(texts[0] === schema && texts[1] === attach, true, HINT);
  },
});

Deno.test("all.sql includes every file of migrations/schema, once", async () => {
  const included = (await schemaFiles(ROOT)).map(({ name }) => name);
  const there = await sqlFilesBelow(inRoot("migrations", "schema"));
  assertEquals(included.toSorted(), there.filter((name) => name !== "all.sql"));
});
