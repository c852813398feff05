import { createRandom } from "../../supabase/local/simulators/telnyx/random.ts";
import type { Service } from "./schedule.ts";
import type { World } from "./world/world.ts";

/** Simulated seconds. */
const STEP = 10;
const SWEEP_EVERY = 60;
/** For so long a run of the function looks what is due. */
const RUN = 55;
const MOST_WAIT = 120;
const END = 240;

/**
 * Organizations register while what is wrong with one request, one entry or one client goes on.
 * Returns which of them had no number within two minutes, and which steps of a sweep were held up.
 * Time passes only when the function has done what it can do now: a busy machine is no excuse.
 */
export async function serve(world: World, service: Service): Promise<string[]> {
  const { query } = world;
  const random = createRandom(Object.keys(service.arrivals).length);
  const registeredAt = new Map<string, number>();
  const problems: string[] = [];
  let wasLost = false;
  let nudgedAt = -Infinity;
  for (let second = 0; second <= END; second += STEP) {
    for (const id of await arrive(world, service.arrivals[second] ?? [])) {
      registeredAt.set(id, second);
    }
    if (second % SWEEP_EVERY === 0) problems.push(...await sweep(world));
    if (await world.takeNudges() > 0) {
      wasLost = !wasLost && random() < service.nudgeLoss;
      if (!wasLost) nudgedAt = second;
    }
    if (second - nudgedAt <= RUN) await world.work();
    const waiting = await query<{ id: string }>(
      "select id from public.organizations where phone is null and id = any ($1)",
      [[...registeredAt.keys()]],
    );
    const isOver = second >= Math.max(...Object.keys(service.arrivals).map(Number));
    if (isOver && waiting.length === 0) return problems;
    for (const { id } of waiting) {
      if (second - (registeredAt.get(id) ?? 0) < MOST_WAIT) continue;
      return [...problems, `not served within ${MOST_WAIT} s: ${await describe(world, id)}`];
    }
    await world.pass(STEP);
  }
  return [...problems, "organizations wait on"];
}

async function arrive({ query }: World, areaCodes: (string | null)[]): Promise<string[]> {
  const rows = await query<{ id: string }>(
    `insert into public.organizations (name, slug, settings)
     select 'Clinic', gen_random_uuid(), jsonb_build_object('area_code', code)
     from unnest($1::text[]) as code returning id`,
    [areaCodes],
  );
  return rows.map(({ id }) => id);
}

/** The steps of a sweep that failed: an open transaction of a client holds up none. */
async function sweep({ query }: World): Promise<string[]> {
  const [row] = await query<{ result: Record<string, number | null> }>(
    "select phone_pool.sweep() as result",
  );
  return Object.entries(row?.result ?? {}).filter(([, count]) => count === null)
    .map(([step]) => `the step ${step} of the sweep failed`);
}

async function describe({ query }: World, id: string): Promise<string> {
  const [row] = await query<{ text: string }>(
    `select format('%s, %s', o.settings, (
       select string_agg(format('%s %s %s: %s', p.status, p.area_code, p.attempts, p.last_error), '; ')
       from phone_pool.purchases p where p.status not in ('owned', 'cancelled'))) as text
     from public.organizations o where o.id = $1`,
    [id],
  );
  return row?.text ?? id;
}
