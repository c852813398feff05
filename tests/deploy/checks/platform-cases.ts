import { answerCase, type Case, sqlCase, tableCase, variableCase } from "../support/check-cases.ts";

const ORGANIZATION = "phone text, settings jsonb, subscription_status text";

/** Supabase and the application's own. */
export const PLATFORM_CASES: Case[] = [
  variableCase(
    "S2",
    "no such host",
    "PHONE_POOL_FUNCTIONS_URL",
    "http://127.0.0.1:9/functions/v1",
    "nothing answers at",
  ),
  answerCase(
    "S3",
    "an old Postgres",
    /server_version_num/,
    [{ number: 140_010, text: "14.10" }],
    "14.10 is too old",
  ),
  answerCase(
    "S4",
    "no extension",
    /select name from pg_available_extensions/,
    [{ name: "pg_net" }],
    "not available: pg_cron, supabase_vault",
  ),
  sqlCase(
    "S5",
    "an old pg_net",
    "create extension pg_net with schema extensions; update pg_extension set extversion = '0.11.0' where extname = 'pg_net'",
    "drop extension pg_net",
    "upgrade Postgres",
    true,
  ),
  sqlCase(
    "S6",
    "pg_cron elsewhere",
    "alter database $database set cron.database_name = 'other'",
    "alter database $database reset cron.database_name",
    "runs in the database other",
  ),
  sqlCase(
    "S7",
    "a role that may create nothing",
    "alter database $database owner to supabase_admin; revoke create on schema public from postgres, public; revoke create on database $database from postgres",
    "alter database $database owner to postgres; grant create on schema public to postgres",
    "may not create schemas",
  ),
  {
    of: "S8",
    name: "the pooler in transaction mode",
    says: "port 6543 is the pooler in transaction mode",
    change: (context) => ({
      ...context,
      target: {
        ...context.target,
        SUPABASE_DB_URL: "postgresql://a:b@pooler.example:6543/postgres",
      },
    }),
  },
  sqlCase(
    "S9",
    "a copied project",
    "select vault.create_secret('x', 'phone_pool_callee_key'); update vault.secrets set secret = 'AAAA' where name = 'phone_pool_callee_key'",
    "delete from vault.secrets where name = 'phone_pool_callee_key'",
    "cannot be decrypted: phone_pool_callee_key",
    true,
  ),
  answerCase(
    "S10",
    "a bare Postgres",
    /from pg_roles/,
    [{ name: "anon", settings: null }],
    "missing: authenticated, service_role, authenticator",
  ),
  {
    of: "S11",
    name: "the legacy JWT secret",
    says: "publishes no key",
    isWarning: true,
    spoil: ({ userKeys }) => {
      const before = userKeys.splice(0);
      return () => userKeys.push(...before);
    },
  },
  sqlCase(
    "A2",
    "a schema of that name",
    "create schema phone_pool",
    "drop schema phone_pool",
    "taken already: schema phone_pool",
  ),
  answerCase(
    "A3",
    "a database that was restored from another project",
    /from pg_attribute|select project_ref/,
    [{ project_ref: "zyxwvutsrqponmlkjihg" }],
    "it belongs to zyxwvutsrqponmlkjihg",
  ),
  tableCase(
    "organizations without created_at",
    `id uuid primary key, ${ORGANIZATION}`,
    "column created_at is missing",
  ),
  tableCase(
    "organizations with number ids",
    `id bigint primary key, ${ORGANIZATION}, created_at timestamptz`,
    "column id is bigint, not uuid",
  ),
  tableCase(
    "organizations without a key",
    `id uuid, ${ORGANIZATION}, created_at timestamptz`,
    "id is not unique",
  ),
];
