import type pg from "pg";
import { withClient } from "../../supabase/local/postgres/connect.ts";
import { ensureTemplate } from "../support/template.ts";

/** What the platform has beside PostgreSQL, and what is the case where a server does not. */
const PARTS: Record<string, string> = {
  safeupdate: "absent: an update without where is refused by the parser's stand-in alone",
  supautils: "absent: postgres creates the extensions that are trusted",
  pg_net: "absent",
  pg_cron: "absent",
  supabase_vault: "absent",
};

export interface NamedServer {
  /** One line a part: whether it is the real one, a stand-in, or absent. */
  report: string[];
  /** Why no test may run there. */
  refusal?: string;
  /** What the platform loads into each session of authenticator, as far as it is there. */
  libraries: string[];
}

/** Looks at a server that somebody names, and changes nothing. @param url of a superuser */
export async function inspectServer(url: string): Promise<NamedServer> {
  const parts = await withClient(url, findParts);
  const missing = ["pg_net", "pg_cron", "supabase_vault"].filter((name) => !parts.has(name));
  const taken = await databasesWithPhonePool(url);
  return {
    report: Object.entries(PARTS).map(([name, absent]) => `${name}: ${parts.get(name) ?? absent}`),
    refusal: taken.length > 0
      ? `Schema phone_pool exists in ${taken.join(", ")}: the tests need a server of their own`
      : missing.length > 0
      ? `${missing.join(", ")}: install it, or copy the stand-ins of ` +
        "supabase/local/postgres/extensions/extension to the server's extensions"
      : undefined,
    libraries: ["supautils", "safeupdate"].filter((library) => parts.has(library)),
  };
}

/** Loads the libraries where the platform does. */
export async function useLibraries(url: string, libraries: string[]): Promise<void> {
  if (libraries.length === 0) return;
  // The roles come with the first template.
  await ensureTemplate(url);
  await withClient(
    url,
    (client) =>
      client.query(
        `alter role authenticator set session_preload_libraries = ${libraries.join(", ")}`,
      ),
  );
}

async function findParts(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; version: string }>(
    `select name, case when comment like 'stand-in%' then 'our stand-in'
       else 'the real one, ' || default_version end as version
     from pg_available_extensions where name = any ($1)`,
    [Object.keys(PARTS)],
  );
  const parts = new Map(rows.map(({ name, version }) => [name, version]));
  const cron = parts.get("pg_cron");
  if (cron?.startsWith("the real one")) {
    parts.set(
      "pg_cron",
      `${cron}, in the server's one database for it; our stand-in in the tests'`,
    );
  }
  for (const library of ["safeupdate", "supautils"]) {
    // The two have no extension: a library that can be loaded is there.
    const isThere = await client.query(`load '${library}'`).then(() => true, () => false);
    if (isThere) parts.set(library, "the real one");
  }
  return parts;
}

async function databasesWithPhonePool(url: string): Promise<string[]> {
  const databases = await withClient(url, (client) =>
    client.query<{ datname: string }>(
      `select datname from pg_database
       where datallowconn and datname !~ '^phone_pool_(test|template)_' order by 1`,
    ));
  const taken: string[] = [];
  for (const { datname } of databases.rows) {
    const there = new URL(url);
    there.pathname = `/${datname}`;
    const { rows } = await withClient(
      there.href,
      (client) => client.query("select from pg_namespace where nspname = 'phone_pool'"),
    );
    if (rows.length > 0) taken.push(datname);
  }
  return taken;
}
