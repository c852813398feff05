import { runSqlFile } from "../../../supabase/local/postgres/sql-file.ts";
import { assertRejects } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";

const CASES = [
  {
    sql: "create table public.a (id int);\n\nselect * from\n  missing_é;\n",
    expected: 'file.sql:4:3: relation "missing_é" does not exist (SQLSTATE 42P01)',
  },
  {
    sql: "do $$ begin raise exception 'no' using detail = 'why', hint = 'what'; end $$;",
    expected: "file.sql: no (SQLSTATE P0001)\n  detail: why\n  hint: what",
  },
];

Deno.test("a migration that fails is named with its line", async (test) => {
  await using database = await createTestDatabase({ bare: true });
  const client = await database.connect();
  for (const { sql, expected } of CASES) {
    await test.step(expected, async () => {
      await assertRejects(() => runSqlFile(client, "file.sql", sql), Error, expected);
    });
  }
});
