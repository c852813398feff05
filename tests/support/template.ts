import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import {
  bootstrap,
  BOOTSTRAP_FILE,
  giveOldDefaultPrivileges,
  OLD_DEFAULT_PRIVILEGES_FILE,
} from "../../supabase/local/postgres/bootstrap.ts";
import { withClient } from "../../supabase/local/postgres/connect.ts";
import { runSqlFile } from "../../supabase/local/postgres/sql-file.ts";
import { inRoot } from "../../supabase/local/stack/paths.ts";

const LOCK = 7_366_512;
const STAND_INS = inRoot("supabase", "local", "postgres", "extensions", "extension");

interface SqlFile {
  name: string;
  sql: string;
}

/** How old a project is decides what it grants on new objects of public: everything or nothing. */
export type DefaultPrivileges = "old" | "new";

/**
 * The name of a template database with the bootstrap, the default privileges and the migrations (the
 * SQL files of a folder of the repository; none when not given) as they are on disk now.
 * Its name carries their hash, so that an edited file makes a new one. Test processes that come at
 * the same time wait for the first to build it.
 */
export async function ensureTemplate(
  adminUrl: string,
  folder?: string,
  privileges: DefaultPrivileges = "new",
): Promise<string> {
  const migrations = folder ? await sqlFiles(inRoot(folder)) : [];
  const prefix = `phone_pool_template_${privileges}_${folder ?? "bare"}_`;
  const name = prefix + await stateHash(migrations);
  await withClient(adminUrl, async (admin) => {
    if (await exists(admin, name)) return;
    await admin.query("select pg_advisory_lock($1)", [LOCK]);
    if (await exists(admin, name)) return;
    await dropOlder(admin, prefix);
    await build(admin, adminUrl, name, async (superuser) => {
      await bootstrap(superuser);
      if (privileges === "old") await giveOldDefaultPrivileges(superuser);
      await standInForPgCron(superuser);
      await migrateAsPostgres(superuser, migrations);
    });
  });
  return name;
}

async function build(
  admin: pg.Client,
  adminUrl: string,
  name: string,
  fill: (superuser: pg.Client) => Promise<void>,
) {
  const building = `${name}_building`;
  await admin.query(`drop database if exists ${building} with (force)`);
  await admin.query(`create database ${building} template template0 strategy file_copy`);
  await withClient(inDatabase(adminUrl, building), fill);
  await admin.query(`alter database ${building} with allow_connections false`);
  await admin.query(`alter database ${building} rename to ${name}`);
}

/**
 * The real pg_cron can be created in one database of a server, never in those that tests clone: where
 * the server has it, the stand-in takes its name.
 */
async function standInForPgCron(superuser: pg.Client): Promise<void> {
  const { rowCount } = await superuser.query(
    `select from pg_available_extensions
     where name = 'pg_cron' and comment not like 'stand-in%'`,
  );
  if (rowCount === 0) return;
  const standIns = await sqlFiles(STAND_INS);
  const standIn = standIns.find(({ name }) => name.startsWith("pg_cron--"));
  await superuser.query(standIn?.sql ?? "");
  await superuser.query(
    `insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
     values (pg_nextoid('pg_extension', 'oid', 'pg_extension_oid_index'), 'pg_cron',
       current_user::regrole, 'pg_catalog'::regnamespace, false, 'stand-in')`,
  );
}

/** As postgres, so that what a migration may not do on the platform fails here as well. */
async function migrateAsPostgres(superuser: pg.Client, migrations: SqlFile[]) {
  await superuser.query("set session authorization postgres");
  await superuser.query(`set search_path to "$user", public, extensions`);
  for (const { name, sql } of migrations) {
    await runSqlFile(superuser, `migrations/${name}`, sql);
  }
}

async function exists(admin: pg.Client, name: string): Promise<boolean> {
  const { rowCount } = await admin.query("select from pg_database where datname = $1", [name]);
  return rowCount === 1;
}

async function dropOlder(admin: pg.Client, prefix: string): Promise<void> {
  const { rows } = await admin.query<{ datname: string }>(
    "select datname from pg_database where starts_with(datname, $1)",
    [prefix],
  );
  for (const { datname } of rows) await admin.query(`drop database if exists ${datname}`);
}

async function stateHash(migrations: SqlFile[]): Promise<string> {
  const standIns = await sqlFiles(STAND_INS);
  const hash = createHash("sha256")
    .update(await readFile(BOOTSTRAP_FILE))
    .update(await readFile(OLD_DEFAULT_PRIVILEGES_FILE));
  for (const { name, sql } of [...standIns, ...migrations]) hash.update(name).update(sql);
  return hash.digest("hex").slice(0, 16);
}

async function sqlFiles(directory: string): Promise<SqlFile[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".sql")).sort();
  return await Promise.all(
    names.map(async (name) => ({ name, sql: await readFile(join(directory, name), "utf8") })),
  );
}

function inDatabase(url: string, database: string): string {
  const result = new URL(url);
  result.pathname = `/${database}`;
  return result.href;
}
