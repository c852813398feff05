import { createTestDatabase, type TestDatabase } from "./database.ts";
import type { DefaultPrivileges } from "./template.ts";

/**
 * A test on a database with all migrations, twice: on a new project, which grants nothing on what is
 * created in public, and on one from before 2026-05-30, which grants everything to the Data API's roles.
 */
export function testOnBothProjects(
  name: string,
  test: (db: TestDatabase, t: Deno.TestContext, privileges: DefaultPrivileges) => Promise<void>,
): void {
  for (const privileges of ["new", "old"] as const) {
    Deno.test(`${name} (${privileges} project)`, async (t) => {
      await using db = await createTestDatabase({ defaultPrivileges: privileges });
      await test(db, t, privileges);
    });
  }
}

/**
 * Whether a line or name is of the application's own table. Migrations create it where it is missing
 * and leave its rights alone, so that an old project grants it to everybody (row level security holds).
 */
export const isApplications = (text: string): boolean => /\borganizations\b/.test(text);
