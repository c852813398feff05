import { type Kysely, type KyselyPlugin, sql } from "kysely";
import type pg from "pg";
import { unsafeFunctions, unsafeStatement } from "../postgres/safeupdate.ts";

/** What the platform's PostgREST knows of roles and functions beside its schema cache. */
export interface PlatformCache {
  /** Settings of each role that authenticator may change to, which apply in its transactions. */
  roleSettings: Map<string, [name: string, value: string][]>;
  unsafeFunctions: Awaited<ReturnType<typeof unsafeFunctions>>;
}

export async function readPlatformCache(owner: pg.Client): Promise<PlatformCache> {
  const { rows } = await owner.query<{ role: string; name: string; value: string }>(
    // PostgREST, Config/Database.hs: queryRoleSettings.
    `select r.rolname as role, split_part(c.setting, '=', 1) as name,
       substr(c.setting, strpos(c.setting, '=') + 1) as value
     from pg_auth_members m join pg_roles r on r.oid = m.roleid, unnest(r.rolconfig) c (setting)
     join pg_settings s on s.name = split_part(c.setting, '=', 1) and s.context = 'user'
     where m.member = to_regrole('authenticator')`,
  );
  const roleSettings: PlatformCache["roleSettings"] = new Map();
  for (const { role, name, value } of rows) {
    roleSettings.set(role, [...roleSettings.get(role) ?? [], [name, value]]);
  }
  return { roleSettings, unsafeFunctions: await unsafeFunctions(owner) };
}

/** Runs a request's statements as PostgREST and pg-safeupdate would, in its open transaction. */
export async function asOnPlatform<T>(
  db: Kysely<unknown>,
  cache: PlatformCache,
  { role, readOnly, headers }: {
    role: string;
    readOnly: boolean;
    headers: Record<string, string>;
  },
  work: (db: Kysely<unknown>) => Promise<T>,
): Promise<T> {
  for (const [name, value] of cache.roleSettings.get(role) ?? []) {
    await sql`select set_config(${name}, ${value}, true)`.execute(db);
  }
  const named = JSON.stringify(headers);
  await sql`select set_config('request.headers', ${named}, true)`.execute(db);
  if (readOnly) await sql`select set_config('transaction_read_only', 'on', true)`.execute(db);
  if (cache.unsafeFunctions.size === 0) return await work(db.withPlugin(safeUpdate(db)));

  const before = await callsOf(db, [...cache.unsafeFunctions.keys()]);
  const result = await work(db.withPlugin(safeUpdate(db)));
  for (const [oid, calls] of await callsOf(db, [...cache.unsafeFunctions.keys()])) {
    if (calls > (before.get(oid) ?? 0)) throw cache.unsafeFunctions.get(oid);
  }
  return result;
}

function safeUpdate(db: Kysely<unknown>): KyselyPlugin {
  return {
    transformQuery({ node, queryId }) {
      const error = unsafeStatement(db.getExecutor().compileQuery(node, queryId).sql);
      if (error) throw error;
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  };
}

/**
 * How often this session has called the functions: Postgres counts them at any depth and in triggers
 * (track_functions is on for authenticator), and some of an earlier transaction's calls too.
 */
async function callsOf(db: Kysely<unknown>, oids: string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ oid: string; calls: string }>`
    select funcid::text as oid, calls::text as calls from pg_stat_xact_user_functions
    where funcid = any (${oids}::oid[])`.execute(db);
  return new Map(rows.map(({ oid, calls }) => [oid, Number(calls)]));
}
