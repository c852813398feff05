import { z } from "zod";
import type { Database } from "./database.ts";

const poolState = z.object({
  initialSize: z.number(),
  maxNumbers: z.number(),
  numberCost: z.coerce.number(),
  budget: z.coerce.number(),
  /** Numbers that are ours, whoever has them. */
  owned: z.number(),
  /** Those, the ones still to be deleted at Telnyx, and those planned or on order. */
  rented: z.number(),
  /** Asked for, planned or on order. */
  inFlight: z.number(),
  /** Organizations that wait for a number. */
  waiting: z.number(),
  /** What this calendar month costs already, on order included. */
  committed: z.coerce.number(),
});

export type PoolState = z.infer<typeof poolState>;

/** Where the pool stands; undefined before the migrations. */
export async function readPoolState(database: Database): Promise<PoolState | undefined> {
  if (!await isInstalled(database)) return undefined;
  return await database.row(
    poolState,
    `select s.initial_size as "initialSize",
       s.max_numbers as "maxNumbers", s.number_monthly_cost_usd as "numberCost",
       s.monthly_budget_usd as budget, n.owned, p.in_flight as "inFlight",
       (select count(*)::int from phone_pool.number_requests) as waiting,
       c.numbers::int as rented, c.committed_usd as committed
     from phone_pool.settings s, phone_pool.spending(phone_pool.clock()) c,
       (select count(*)::int as owned from public.phone_numbers where status <> 'released') n,
       (select count(*)::int as in_flight from phone_pool.purchases
        where status in ('asked', 'planned', 'ordering', 'ordered')) p`,
  );
}

/** How many more numbers max_numbers and the budget allow, each with its one-time price. */
export function room(state: PoolState, onceUsd = 0): number {
  const byCount = state.maxNumbers - state.rented;
  const cost = state.numberCost + onceUsd;
  const byBudget = cost > 0 ? Math.floor((state.budget - state.committed) / cost) : byCount;
  return Math.max(Math.min(byCount, byBudget), 0);
}

const counted = z.object({ count: z.number() });

/** How many more organizations can be served, new ones left enough; undefined before the migrations. */
export async function roomInQueue(database: Database): Promise<number | undefined> {
  if (!await isInstalled(database)) return undefined;
  const { count } = await database.row(counted, "select phone_pool.room_in_queue() as count");
  return count;
}

/** Active organizations that have no number, should have one, and do not wait for it. */
export async function countUnserved(database: Database): Promise<number> {
  const installed = await isInstalled(database);
  const condition = installed
    ? `not phone_pool.is_own_phone(o.phone) and coalesce(o.subscription_status::text, '') <>
         all (array(select unnest(s.inactive_statuses) from phone_pool.settings s))
       and not exists (select from phone_pool.number_requests r where r.organization_id = o.id)
       and not exists (select from public.phone_numbers n where n.organization_id = o.id)
       and not exists (
         select from phone_pool.organizations_without_number w where w.organization_id = o.id)`
    : "coalesce(o.phone, '') !~ '[0-9]'";
  const { exists } = await database.row(
    z.object({ exists: z.boolean() }),
    "select to_regclass('public.organizations') is not null as exists",
  );
  if (!exists) return 0;
  const { count } = await database.row(
    counted,
    `select count(*)::int as count from public.organizations o where ${condition}`,
  );
  return count;
}

export async function isInstalled(database: Database): Promise<boolean> {
  const { installed } = await database.row(
    z.object({ installed: z.boolean() }),
    `select to_regclass('phone_pool.organizations_without_number') is not null
       and to_regprocedure('phone_pool.room_in_queue()') is not null as installed`,
  );
  return installed;
}
