import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { maskPhoneNumbers } from "../../functions/_shared/log.ts";
import type { Context } from "./context.ts";
import type { Database } from "./database.ts";

export interface Purchases {
  owned: number;
  inFlight: number;
  /** Given up, nothing bought. */
  failed: number;
  /** Why purchases are not owned, the most frequent reason first. */
  problems: string[];
}

const row = z.object({
  status: z.string(),
  error: z.string().nullable(),
  count: z.number(),
});

/** What has become of the purchases that were planned since then, or of all. */
export async function readPurchases(database: Database, since = "-infinity"): Promise<Purchases> {
  const rows = await database.rows(
    row,
    `select status, last_error_class || coalesce(': ' || last_error, '') as error,
       count(*)::int as count
     from phone_pool.purchases where planned_at >= $1::timestamptz
     group by status, last_error_class, last_error order by count(*) desc limit 100`,
    [since],
  );
  const count = (...statuses: string[]) =>
    rows.filter(({ status }) => statuses.includes(status))
      .reduce((sum, { count }) => sum + count, 0);
  return {
    owned: count("owned"),
    inFlight: count("planned", "ordering", "ordered"),
    failed: count("failed", "cancelled"),
    problems: rows.filter(({ status, error }) => status !== "owned" && error !== null)
      .slice(0, 5)
      .map(({ status, error, count }) => `${count} × ${status}, ${maskPhoneNumbers(error ?? "")}`),
  };
}

/** The database's own time, to read what came after it. */
export async function readClock(database: Database): Promise<string> {
  const { now } = await database.row(
    z.object({ now: z.string() }),
    "select phone_pool.clock()::text as now",
  );
  return now;
}

/**
 * Looks again and again until `isOver`, or until the patience for purchases is used up.
 * @returns what was seen last
 */
export async function watchPurchases(
  { database, dialogue, patience }: Context,
  since: string,
  isOver: (purchases: Purchases) => boolean | Promise<boolean>,
): Promise<Purchases> {
  let shown = -1;
  while (true) {
    const startedAt = Date.now();
    const purchases = await readPurchases(database, since);
    if (purchases.inFlight !== shown) dialogue.say(`  ${purchases.inFlight} on order`);
    shown = purchases.inFlight;
    if (await isOver(purchases) || patience.purchases <= 0) return purchases;
    await pause(Math.min(500, patience.purchases));
    patience.purchases -= Date.now() - startedAt;
  }
}
