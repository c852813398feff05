import { z } from "zod";
import { type Context, type Finding, finding } from "../context.ts";
import type { Database } from "../database.ts";
import { unreadableSecrets } from "../vault.ts";

const EXTENSIONS = ["pg_net", "pg_cron", "supabase_vault", "btree_gist", "pgcrypto"];
const ROLES = ["anon", "authenticated", "service_role", "authenticator"];

/** That the database is one of a project on the platform, and which of its versions. */
export const checkPlatform = async (context: Context): Promise<Finding[]> => [
  await version(context.database),
  await extensions(context.database),
  await pgNet(context.database),
  await cronDatabase(context.database),
  await role(context.database),
  connection(context),
  await vault(context),
  await apiRoles(context.database),
];

async function version(database: Database): Promise<Finding> {
  const { number, text } = await database.row(
    z.object({ number: z.coerce.number(), text: z.string() }),
    `select current_setting('server_version_num') as number,
       current_setting('server_version') as text`,
  );
  return number >= 150_000 ? finding("S3", "ok", text) : finding(
    "S3",
    "fail",
    `${text} is too old: 15 or later`,
    "upgrade: Project Settings → Infrastructure",
  );
}

async function extensions(database: Database): Promise<Finding> {
  const rows = await database.rows(
    z.object({ name: z.string() }),
    "select name from pg_available_extensions where name = any ($1)",
    [EXTENSIONS],
  );
  const there = new Set(rows.map(({ name }) => name));
  const missing = EXTENSIONS.filter((name) => !there.has(name));
  return missing.length === 0 ? finding("S4", "ok", EXTENSIONS.join(", ")) : finding(
    "S4",
    "fail",
    `not available: ${missing.join(", ")}`,
    "a project on the platform has them all: is SUPABASE_DB_URL the right database?",
  );
}

/** Up to 0.11 its tables are not granted to postgres, and its functions run as their owner. */
async function pgNet(database: Database): Promise<Finding> {
  const [found] = await database.rows(
    z.object({ version: z.string() }),
    `select coalesce(e.extversion, a.default_version) as version
     from pg_available_extensions a left join pg_extension e on e.extname = a.name
     where a.name = 'pg_net'`,
  );
  const text = found?.version ?? "none";
  const [major = 0, minor = 0] = text.split(".").map(Number);
  return major > 0 || minor > 11 ? finding("S5", "ok", text) : finding(
    "S5",
    "warn",
    `${text} lets postgres delete none of its answers: they stay until pg_net itself deletes ` +
      "them, 6 hours later and only while it works",
    "upgrade Postgres (Project Settings → Infrastructure): it brings a newer pg_net. Until then " +
      "net._http_response may grow, and all else works",
  );
}

/** pg_cron works in one database of the server only. */
async function cronDatabase(database: Database): Promise<Finding> {
  const { wanted, here } = await database.row(
    z.object({ wanted: z.string().nullable(), here: z.string() }),
    `select current_setting('cron.database_name', true) as wanted, current_database()::text as here`,
  );
  return wanted === null || wanted === here ? finding("S6", "ok", `runs in ${here}`) : finding(
    "S6",
    "fail",
    `runs in the database ${wanted}, not in ${here}`,
    `connect to ${wanted}`,
  );
}

async function role(database: Database): Promise<Finding> {
  const { name, may } = await database.row(
    z.object({ name: z.string(), may: z.boolean() }),
    `select current_user::text as name,
       has_database_privilege(current_database(), 'create')
         and has_schema_privilege('public', 'create') as may`,
  );
  return may ? finding("S7", "ok", name) : finding(
    "S7",
    "fail",
    `${name} may not create schemas, or nothing in public`,
    "SUPABASE_DB_URL is the one of the role postgres: Connect → Session pooler",
  );
}

/** In transaction mode each statement may have another session, and a setting does not last. */
function connection({ target }: Context): Finding {
  const { hostname, port } = new URL(target.SUPABASE_DB_URL);
  return port !== "6543" ? finding("S8", "ok", `${hostname}, sessions last`) : finding(
    "S8",
    "fail",
    "port 6543 is the pooler in transaction mode: settings do not last from statement to statement",
    "SUPABASE_DB_URL is the one of the session pooler (port 5432): Connect → Session pooler",
  );
}

async function vault(context: Context): Promise<Finding> {
  const unreadable = await unreadableSecrets(context);
  return unreadable.length === 0 ? finding("S9", "ok", "readable") : finding(
    "S9",
    "warn",
    `cannot be decrypted: ${unreadable.join(", ")} (a restored or copied project?)`,
    "URL and shared secret are written anew. Of any other that begins with phone_pool_: delete " +
      "from vault.secrets where name = '…'; supabase/deploy.md (Rotate secrets) says what it is",
  );
}

async function apiRoles(database: Database): Promise<Finding> {
  const rows = await database.rows(
    z.object({ name: z.string(), settings: z.array(z.string()).nullable() }),
    "select rolname::text as name, rolconfig as settings from pg_roles where rolname = any ($1)",
    [ROLES],
  );
  const missing = ROLES.filter((role) => !rows.some(({ name }) => name === role));
  if (missing.length > 0) {
    return finding(
      "S10",
      "fail",
      `missing: ${missing.join(", ")}`,
      "a project on the platform has them all: is SUPABASE_DB_URL the right database?",
    );
  }
  const settings = rows.find(({ name }) => name === "authenticator")?.settings ?? [];
  return finding("S10", "ok", ["all there", ...settings].join(", "));
}
