import { z } from "zod";
import type { Database } from "./database.ts";

const trigger = z.object({ name: z.string() });
const count = z.object({ count: z.number() });

/**
 * Our triggers on organizations that give numbers out: those that fire on insert or update. The one
 * on delete stays on for ever, because without it no organization that has a number could be
 * deleted.
 */
const ASSIGNING = `
  select t.tgname as name, t.tgenabled = 'D' as is_off
  from pg_trigger t
  join pg_proc p on p.oid = t.tgfoid
  where t.tgrelid = to_regclass('public.organizations')
    and p.pronamespace = to_regnamespace('phone_pool')
    and not t.tgisinternal
    and t.tgtype & 8 = 0`;

// to_regclass: the extension may not be there before the migrations.
const JOBS = "jobname like 'phone-pool-%'";

/** How many of our triggers and jobs are switched off. */
export async function countStopped(database: Database): Promise<number> {
  const triggers = await database.row(
    count,
    `select count(*)::int as count from (${ASSIGNING}) t where t.is_off`,
  );
  if (!await hasCron(database)) return triggers.count;
  const jobs = await database.row(
    count,
    `select count(*)::int as count from cron.job where ${JOBS} and not active`,
  );
  return triggers.count + jobs.count;
}

/**
 * Switches assignment on or off: triggers on organizations, jobs of pg_cron. Returns how many were
 * switched. Each trigger by itself, so that no lock on organizations outlives its statement.
 */
export async function switchAssignment(database: Database, to: "on" | "off"): Promise<number> {
  const triggers = await database.rows(
    trigger,
    `select quote_ident(t.name) as name from (${ASSIGNING}) t where t.is_off = $1`,
    [to === "on"],
  );
  for (const { name } of triggers) {
    const verb = to === "on" ? "enable" : "disable";
    await database.run(`alter table public.organizations ${verb} trigger ${name}`);
  }
  if (!await hasCron(database)) return triggers.length;
  const jobs = await database.rows(
    z.object({ jobid: z.coerce.string() }),
    `select jobid, cron.alter_job(jobid, active := $1) from cron.job
     where ${JOBS} and active <> $1`,
    [to === "on"],
  );
  return triggers.length + jobs.length;
}

async function hasCron(database: Database): Promise<boolean> {
  const { exists } = await database.row(
    z.object({ exists: z.boolean() }),
    "select to_regclass('cron.job') is not null as exists",
  );
  return exists;
}
