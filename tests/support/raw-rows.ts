import type { Runner } from "./pool.ts";

/**
 * Writes rows as they are, where a test needs a state or a volume that no step leads to: no trigger
 * fires meanwhile, guards included, and no foreign key is looked at.
 * @param admin one session of a superuser
 */
export async function withoutTriggers(admin: Runner, work: () => Promise<unknown>): Promise<void> {
  // Those that fire always fire for a replica, too.
  const guards = await admin.query<{ relation: string; name: string }>(
    `select t.tgrelid::regclass::text as relation, quote_ident(t.tgname) as name
     from pg_trigger t where t.tgenabled = 'A' and not t.tgisinternal`,
  );
  const alter = (what: string) =>
    admin.query(
      guards.map(({ relation, name }) => `alter table ${relation} ${what} trigger ${name}`)
        .join("; "),
    );
  await alter("disable");
  await admin.query("set session_replication_role = replica");
  await work();
  await admin.query("set session_replication_role = origin");
  await alter("enable always");
}
