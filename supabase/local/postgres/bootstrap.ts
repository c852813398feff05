import { readFile } from "node:fs/promises";
import type pg from "pg";
import { inRoot } from "../stack/paths.ts";
import { runSqlFile } from "./sql-file.ts";

export const BOOTSTRAP_FILE = inRoot("supabase", "local", "postgres", "bootstrap.sql");

/** Gives the database that a superuser is connected to what every Supabase project has. */
export async function bootstrap(superuser: pg.Client): Promise<void> {
  await runSqlFile(superuser, "bootstrap.sql", await readFile(BOOTSTRAP_FILE, "utf8"));
}
