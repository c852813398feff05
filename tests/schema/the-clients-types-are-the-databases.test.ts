import { assertEquals } from "../support/assert.ts";
import { createTestDatabase } from "../support/database.ts";
import { clientTypes, TYPES_FILE } from "./client-types.ts";

Deno.test("the client's types are what supabase gen types makes of the database", async () => {
  await using db = await createTestDatabase();
  assertEquals(
    await clientTypes(db),
    await Deno.readTextFile(TYPES_FILE),
    "meant? then: deno run -A tests/schema/update-client-types.ts",
  );
});
