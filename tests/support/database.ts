import pg from "pg";
import { connect, withClient } from "../../supabase/local/postgres/connect.ts";
import { PASSWORD } from "../../supabase/local/postgres/cluster.ts";
import { SERVER_VARIABLE, startTestServer } from "./postgres-server.ts";
import { unsafeStatement } from "../../supabase/local/postgres/safeupdate.ts";
import { type DefaultPrivileges, ensureTemplate } from "./template.ts";

export type Role = "postgres" | "service_role" | "authenticated" | "anon" | "supabase_admin";

export interface TestDatabase extends AsyncDisposable {
  name: string;
  /** As role postgres, who is no superuser. */
  url: string;
  /** As authenticator, the login of the Data API. */
  authenticatorUrl: string;
  /** For the workers, which are a superuser's as on the platform. */
  superuserUrl: string;
  /**
   * A connection of its own, closed with the database at the latest. The three roles of the Data
   * API are reached as PostgREST reaches them: login as authenticator, then `set role` and that
   * role's limits, and no update or delete without where; `claims` are what auth.uid() and
   * auth.jwt() read.
   */
  connect(role?: Role, claims?: Record<string, unknown>): Promise<pg.Client>;
  /** Rows of one statement, run as role postgres on one shared connection. */
  query<Row extends pg.QueryResultRow = Record<string, unknown>>(
    sql: string,
    parameters?: unknown[],
  ): Promise<Row[]>;
  drop(): Promise<void>;
}

// At import, not in the first test: Deno counts what a test opens and does not close as a leak.
const server = await startTestServer(Deno.env.get(SERVER_VARIABLE));

export interface TestDatabaseOptions {
  /** As a Supabase project is before its first migration. */
  bare?: boolean;
  defaultPrivileges?: DefaultPrivileges;
}

/** A database with all migrations, cloned from a template made once for each state of the files. */
export async function createTestDatabase(
  options: TestDatabaseOptions = {},
): Promise<TestDatabase> {
  const folder = options.bare ? undefined : "migrations";
  const template = await ensureTemplate(server.adminUrl, folder, options.defaultPrivileges);
  const name = `phone_pool_test_${crypto.randomUUID().replaceAll("-", "").slice(0, 16)}`;
  await withClient(server.adminUrl, async (admin) => {
    await admin.query(
      `create database ${name} template ${template} strategy file_copy owner postgres`,
    );
  });
  const database = openDatabase(name);
  if (!options.bare) {
    // The template may be older than what a sweep that runs may be late.
    await database.query(
      "update phone_pool.heartbeats set last_at = phone_pool.clock() where last_at is not null",
    );
  }
  return database;
}

function openDatabase(name: string): TestDatabase {
  const clients: pg.Client[] = [];
  const open = async (role: string) => {
    const client = await connect(urlFor(role, name), "phone-pool test");
    clients.push(client);
    return client;
  };
  let shared: Promise<pg.Client> | undefined;

  const drop = async () => {
    await Promise.all(clients.splice(0).map((client) => client.end()));
    shared = undefined;
    await withClient(
      server.adminUrl,
      (admin) => admin.query(`drop database if exists ${name} with (force)`),
    );
  };
  return {
    name,
    url: urlFor("postgres", name),
    authenticatorUrl: urlFor("authenticator", name),
    superuserUrl: urlFor("supabase_admin", name),
    async connect(role = "postgres", claims) {
      const isLogin = role === "postgres" || role === "supabase_admin";
      const client = await open(isLogin ? role : "authenticator");
      if (!isLogin) await becomeApiRole(client, role);
      if (claims) await setClaims(client, role, claims);
      return client;
    },
    async query<Row extends pg.QueryResultRow>(sql: string, parameters?: unknown[]) {
      shared ??= open("postgres");
      return (await (await shared).query<Row>(sql, parameters)).rows;
    },
    drop,
    [Symbol.asyncDispose]: drop,
  };
}

async function becomeApiRole(client: pg.Client, role: Role) {
  await client.query(`set role ${role}`);
  await client.query(
    `select set_config(s.name, substr(c.setting, strpos(c.setting, '=') + 1), false)
     from pg_roles r, unnest(r.rolconfig) c (setting)
     join pg_settings s on s.name = split_part(c.setting, '=', 1) and s.context = 'user'
     where r.rolname = $1`,
    [role],
  );
  const { rows: [real] } = await client.query(
    "select current_setting('safeupdate.enabled', true) as enabled",
  );
  if (real?.enabled) return;
  const query = client.query.bind(client);
  // What pg-safeupdate refuses at the top; functions are read by tests/schema.
  Reflect.set(client, "query", (statement: string | pg.QueryConfig, ...more: [unknown[]]) => {
    const error = unsafeStatement(typeof statement === "string" ? statement : statement.text);
    return error ? Promise.reject(error) : query(statement, ...more);
  });
}

async function setClaims(client: pg.Client, role: Role, claims: Record<string, unknown>) {
  await client.query("select set_config('request.jwt.claims', $1, false)", [
    JSON.stringify({ role, ...claims }),
  ]);
}

// The bootstrap gives the roles that it creates one password; a server of the user's own may have
// had the role before, then it is the one that the server's URL names.
function urlFor(role: string, database: string): string {
  const url = new URL(server.adminUrl);
  if (url.username !== role && !(role === "supabase_admin")) {
    url.username = role;
    url.password = PASSWORD;
  }
  url.pathname = `/${database}`;
  return url.href;
}
