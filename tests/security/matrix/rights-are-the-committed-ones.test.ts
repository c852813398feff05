import { assert, assertEquals } from "../../support/assert.ts";
import { isApplications, testOnBothProjects } from "../../support/projects.ts";
import { MATRIX_FILE } from "../support/files.ts";
import { rightsMatrix } from "../support/matrix.ts";

testOnBothProjects(
  "no role may do more or less than the committed matrix says",
  async (db, _t, privileges) => {
    const committed = await Deno.readTextFile(MATRIX_FILE);
    const found = await rightsMatrix(db);
    if (privileges === "new") {
      assertEquals(found, committed, "meant? then: deno run -A tests/security/update-matrix.ts");
      return;
    }
    const [row] = await db.query<{ granted: boolean }>(
      "select has_table_privilege('anon', 'public.organizations', 'insert') as granted",
    );
    assert(row?.granted, "the old default privileges are in force");
    const ours = (matrix: string) => matrix.split("\n").filter((line) => !isApplications(line));
    assertEquals(ours(found), ours(committed));
  },
);
