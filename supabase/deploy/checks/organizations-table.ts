import { readFile } from "node:fs/promises";
import pg from "pg";
import { z } from "zod";
import { inRoot } from "../../local/stack/paths.ts";
import { type Database, isLockTimeout, untilUnlocked } from "../database.ts";

const MIGRATION = inRoot("migrations", "schema", "ground", "organizations.sql");
const tried = z.object({ rows: z.coerce.number() });

export interface TableFit {
  /** What the migration would refuse; none: the table fits. */
  problem?: string;
  /** On how many rows it was tried to write phone. */
  triedRows: number;
}

/**
 * Whether the application's organizations can be written as phone-pool will: by the schema's own
 * trial, in a transaction that is rolled back.
 */
export const tryOrganizations = (database: Database): Promise<TableFit> =>
  untilUnlocked(() => tryOnce(database), isLockTimeout);

async function tryOnce(database: Database): Promise<TableFit> {
  const migration = await readFile(MIGRATION, "utf8");
  await database.run("begin");
  try {
    await database.run(migration);
    const { rows } = await database.row(
      tried,
      "select coalesce(nullif(current_setting('phone_pool.tried_rows', true), ''), '0') as rows",
    );
    return { triedRows: rows };
  } catch (error) {
    // Of the migration's own; whatever else went wrong is no finding.
    if (!(error instanceof pg.DatabaseError && error.code === "P0001")) throw error;
    const problem = error.message.replace(/^public\.organizations does not fit: /, "");
    return { problem, triedRows: 0 };
  } finally {
    await database.run("rollback");
  }
}
