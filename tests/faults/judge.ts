import { simulatedConnectionId } from "../../supabase/local/simulators/telnyx/mod.ts";
import { contradictions } from "../support/pool.ts";
import { discrepancies } from "../support/discrepancies.ts";
import type { World } from "./world/world.ts";

export interface Verdict {
  /** Numbers at Telnyx that were bought a second time for one purchase, or caps exceeded. */
  duplicates: string[];
  /** Numbers at Telnyx without a row here, or rows without a number there. */
  orphans: string[];
  /** Organizations without a number, and purchases that came to no end. */
  lost: string[];
  /** Anything else that must not be. */
  other: string[];
  numbers: number;
  orders: number;
}

/**
 * What is wrong when everything has come to rest.
 * @param problems what was seen on the way
 * @param queue who waited when the faults of the carrier were over, in order
 */
export async function judge(world: World, problems: string[], queue: string[]): Promise<Verdict> {
  const found = await discrepancies({ db: world, simulator: world.simulator });
  const snapshot = world.simulator.control.snapshot();
  return {
    duplicates: [
      ...found.filter((problem) => problem.startsWith("bought twice")),
      ...world.watch.violations,
    ],
    orphans: found.filter((problem) => !problem.startsWith("bought twice")),
    lost: await unserved(world),
    other: [
      ...problems,
      ...elsewhere(world),
      ...await contradictions(world),
      ...await overtaken(world, queue),
      ...await miscounted(world),
    ],
    numbers: snapshot.numbers.length,
    orders: snapshot.order_ledger.length,
  };
}

async function unserved(world: World): Promise<string[]> {
  const rows = await world.query<{ problem: string }>(
    `select 'organization without a number' as problem
     from public.organizations where phone is null
     union all
     select format('purchase %s is %s: %s', id, status, coalesce(last_error, ''))
     from phone_pool.purchases where status in ('planned', 'ordering', 'ordered')`,
  );
  return rows.map(({ problem }) => problem);
}

/**
 * Of those who waited when the faults were over, nobody was served a minute before somebody who had
 * waited longer. Numbers that arrive in the same moment go to several at once, in any order.
 */
async function overtaken(world: World, queue: string[]): Promise<string[]> {
  const rows = await world.query<{ id: string; at: number }>(
    `select organization_id as id, extract(epoch from lower(held))::float8 as at
     from phone_pool.tenures where organization_id = any ($1)`,
    [queue],
  );
  const servedAt = new Map(rows.map(({ id, at }) => [id, at]));
  const times = queue.map((id) => servedAt.get(id) ?? Infinity);
  return times.flatMap((time, place) => {
    const firstBehind = Math.min(...times.slice(place + 1));
    return firstBehind < time - 60 ? [`overtaken by ${time - firstBehind} s: ${queue[place]}`] : [];
  });
}

/** What the month is counted to have cost is what Telnyx has charged. */
async function miscounted({ query, simulator: { control } }: World): Promise<string[]> {
  const { numbers, spent } = control.snapshot();
  const rows = await query<{ problem: string }>(
    `select format('counted: %s numbers for %s, at Telnyx: %s for %s',
       s.numbers, s.committed_usd, $1::int, $2::numeric) as problem
     from phone_pool.spending(phone_pool.clock()) s
     where (s.numbers, s.committed_usd) <> ($1::int, $2::numeric)`,
    [numbers.length, spent],
  );
  return rows.map(({ problem }) => problem);
}

/** Numbers that calls would not leave with. */
function elsewhere({ simulator: { control } }: World): string[] {
  return control.snapshot().numbers
    .filter(({ status, connection_id }) =>
      status !== "active" || connection_id !== simulatedConnectionId
    )
    .map(({ status, connection_id }) => `${status} on connection ${connection_id}`);
}
