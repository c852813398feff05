import { assertEquals } from "../support/assert.ts";
import { createTestDatabase } from "../support/database.ts";
import { schemaSnapshot, SNAPSHOT_FILE } from "./snapshot.ts";

/** The embedded version; others write some definitions in other words. */
const SNAPSHOT_VERSION = 18;

const db = await createTestDatabase();
const [version] = await db.query<{ major: number }>(
  "select current_setting('server_version_num')::int / 10000 as major",
);

Deno.test({
  name: "the migrations build exactly the schema of the committed snapshot",
  ignore: version?.major !== SNAPSHOT_VERSION,
  fn: async () => {
    assertEquals(
      await schemaSnapshot(db),
      await Deno.readTextFile(SNAPSHOT_FILE),
      "meant? then: deno run -A tests/schema/update-snapshot.ts",
    );
    await db.drop();
  },
});
