import { readFile } from "node:fs/promises";
import type pg from "pg";
import { inRoot } from "../stack/paths.ts";
import { runSqlFile } from "./sql-file.ts";

const folder = (name: string) => inRoot("supabase", "local", "postgres", name);
export const BOOTSTRAP_FILE = folder("bootstrap.sql");
export const OLD_DEFAULT_PRIVILEGES_FILE = folder("old-default-privileges.sql");

/** Gives the database that a superuser is connected to what every Supabase project has. */
export async function bootstrap(superuser: pg.Client): Promise<void> {
  await runSqlFile(superuser, "bootstrap.sql", await readFile(BOOTSTRAP_FILE, "utf8"));
}

/** What projects had that were made before 2026-05-30; after `bootstrap`, as a superuser. */
export async function giveOldDefaultPrivileges(superuser: pg.Client): Promise<void> {
  const sql = await readFile(OLD_DEFAULT_PRIVILEGES_FILE, "utf8");
  await runSqlFile(superuser, "old-default-privileges.sql", sql);
}
