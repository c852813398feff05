import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { MATRIX_FILE } from "../support/files.ts";
import { rightsMatrix } from "../support/matrix.ts";

Deno.test("no role may do more or less than the committed matrix says", async () => {
  await using db = await createTestDatabase();
  assertEquals(
    await rightsMatrix(db),
    await Deno.readTextFile(MATRIX_FILE),
    "meant? then: deno run -A tests/security/update-matrix.ts",
  );
});
