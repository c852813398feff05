import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { maskPhoneNumbers } from "../../../functions/_shared/log.ts";
import { indent } from "../cli.ts";
import type { Context, Step } from "../context.ts";
import { readPoolState } from "../pool-state.ts";
import { watchPurchases } from "../purchases.ts";
import { functionsUrl } from "../target.ts";
import { localFunctions } from "./functions.ts";

const BOOT_MILLISECONDS = 30_000;

/** Proves that it works, and leaves nothing behind. */
export const smoke: Step = {
  name: "smoke test",
  plan: () =>
    Promise.resolve([
      "try it: one organization in a rolled-back transaction, one nudge, the first number",
    ]),
  async run(context) {
    const lines = [
      await health(context),
      await answers(context),
      await registration(context),
      await nudge(context),
      await firstNumber(context),
    ];
    return lines.join("; ");
  },
};

const healthRow = z.object({ status: z.string(), available: z.coerce.number() });

async function health({ database }: Context): Promise<string> {
  const row = await database.row(
    healthRow,
    "select status, available from public.admin_pool_health",
  );
  return `pool is ${row.status} (${row.available} available)`;
}

/** Every function boots; a missing secret shows here. What a GET is answered is its own affair. */
async function answers({ target }: Context): Promise<string> {
  const names = (await localFunctions()).map(({ name }) => name);
  const problems = await Promise.all(names.map(async (name) => {
    const signal = AbortSignal.timeout(BOOT_MILLISECONDS);
    const response = await fetch(`${functionsUrl(target)}/${name}`, { signal });
    const text = await response.text();
    const isRunning = response.status < 500 || name === "health" && text.includes('"status"');
    return isRunning && response.status !== 404 ? [] : [`${name}: ${response.status}`];
  }));
  const failed = problems.flat();
  if (failed.length > 0) {
    throw new Error(`These functions do not run: ${failed.join(", ")}. Look at their logs.`);
  }
  return `${names.length} functions answer`;
}

/** A table of the application's own may want more columns than these: then it is not tried. */
async function registration({ database }: Context): Promise<string> {
  let failed = false;
  const slug = `phone-pool-smoke-test-${crypto.randomUUID()}`;
  await database.run("begin");
  try {
    const [row] = await database.rows(
      z.object({ id: z.string() }),
      "insert into public.organizations (name, slug) values ($1, $1) returning id::text",
      [slug],
    );
    const { outcome } = await database.row(
      z.object({ outcome: z.string().nullable() }),
      `select case
         when exists (select from public.phone_numbers where organization_id = $1::uuid)
           then 'a new organization gets a number at once'
         when exists (select from phone_pool.number_requests where organization_id = $1::uuid)
           then 'a new organization waits for a number'
         when exists (
           select from public.organizations o, phone_pool.settings s
           where o.id = $1::uuid and o.subscription_status::text = any (s.inactive_statuses))
           then 'a new organization is inactive and gets no number'
         end as outcome`,
      [row?.id],
    );
    if (outcome !== null) return outcome;
    failed = true;
    throw new Error("A new organization gets no number: select * from phone_pool.alerts");
  } catch (error) {
    if (failed) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    return `registration not tried (${reason})`;
  } finally {
    await database.run("rollback");
  }
}

const answer = z.object({ status: z.number().nullable(), error: z.string().nullable() });

/** Postgres → pg_net → replenish-pool and back. */
async function nudge({ database, patience }: Context): Promise<string> {
  const { last } = await database.row(
    z.object({ last: z.coerce.bigint() }),
    "select coalesce(max(id), 0)::text as last from net._http_response",
  );
  const { asked } = await database.row(
    z.object({ asked: z.boolean() }),
    "select phone_pool.nudge('replenish-pool') as asked",
  );
  if (!asked) throw new Error("Postgres could not nudge: select * from phone_pool.alerts");
  const deadline = Date.now() + patience.nudge;
  let found: z.infer<typeof answer>[] = [];
  while (Date.now() < deadline) {
    found = await database.rows(
      answer,
      `select status_code as status, error_msg as error from net._http_response
       where id > $1 order by id desc`,
      [last.toString()],
    );
    if (found.some(({ status }) => status === 202)) return "a nudge arrived and was answered 202";
    await pause(200);
  }
  const [latest] = found;
  const said = latest ? `${latest.status ?? ""} ${latest.error ?? ""}`.trim() : "no answer";
  throw new Error(`A nudge was sent to replenish-pool, but: ${said}. ${meaning(latest?.status)}`);
}

/**
 * Waits for the first number: without one no clinic can call, whatever else works. The nudge before
 * has started those that are due, and planned some for a pool below low water.
 * @throws {Error} with the purchases' last errors when none comes
 */
async function firstNumber(context: Context): Promise<string> {
  const ownedNumbers = async () => (await readPoolState(context.database))?.owned ?? 0;
  const planningEndsAt = Date.now() + context.patience.nudge;
  let owned = 0;
  const { inFlight, problems } = await watchPurchases(context, "-infinity", async (seen) => {
    owned = await ownedNumbers();
    if (owned > 0) return true;
    return seen.inFlight === 0 && (seen.failed > 0 || Date.now() > planningEndsAt);
  });
  if (owned > 0) return `the pool has bought or been given ${owned} numbers`;
  const alerts = await context.database.rows(
    z.object({ text: z.string() }),
    `select kind || ': ' || message as text from phone_pool.alerts
     where closed_at is null order by opened_at desc limit 5`,
  );
  const reasons = [...problems, ...alerts.map(({ text }) => maskPhoneNumbers(text))];
  if (inFlight > 0 && problems.length === 0) {
    reasons.push("no error is recorded with what is on order: look at replenish-pool's logs");
  }
  throw new Error(
    `No number has arrived (${inFlight} on order), so no clinic can call:\n` +
      `${indent(reasons.join("\n") || "nothing was ordered")}\n` +
      "  → select * from admin_purchases; what is on order is not ordered again by another run",
  );
}

function meaning(status: number | null | undefined): string {
  if (status === 401) return "The function knows another PHONE_POOL_SECRET: run this again.";
  if (status === 404) {
    return "There is no such function: look at phone_pool_functions_url in Vault.";
  }
  if (status === 503) return "The function does not boot: look at its logs for a missing secret.";
  return "Look at the function's logs, and at net._http_response.";
}
