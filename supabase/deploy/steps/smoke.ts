import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { Context, Step } from "../context.ts";
import { functionsUrl } from "../target.ts";
import { localFunctions } from "./functions.ts";

const BOOT_MILLISECONDS = 30_000;

/** Proves that it works, and leaves nothing behind. */
export const smoke: Step = {
  name: "smoke test",
  plan: () => Promise.resolve(["try it: one organization in a rolled-back transaction, one nudge"]),
  async run(context) {
    const lines = [
      await health(context),
      await answers(context),
      await registration(context),
      await nudge(context),
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
  const slug = `phone-pool-smoke-test-${crypto.randomUUID()}`;
  await database.run("begin");
  try {
    const [row] = await database.rows(
      z.object({ id: z.string() }),
      "insert into public.organizations (name, slug) values ($1, $1) returning id::text",
      [slug],
    );
    const { outcome } = await database.row(
      z.object({ outcome: z.string() }),
      `select case
         when exists (select from public.phone_numbers where organization_id = $1::uuid)
           then 'a new organization gets a number at once'
         when exists (select from phone_pool.number_requests where organization_id = $1::uuid)
           then 'a new organization waits for a number'
         else 'a NEW ORGANIZATION GETS NO NUMBER: see select * from phone_pool.alerts' end as outcome`,
      [row?.id],
    );
    return outcome;
  } catch (error) {
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

function meaning(status: number | null | undefined): string {
  if (status === 401) return "The function knows another PHONE_POOL_SECRET: run this again.";
  if (status === 404) {
    return "There is no such function: look at phone_pool_functions_url in Vault.";
  }
  if (status === 503) return "The function does not boot: look at its logs for a missing secret.";
  return "Look at the function's logs, and at net._http_response.";
}
