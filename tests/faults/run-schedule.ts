import { pause } from "../../supabase/local/stack/pause.ts";
import { createRandom } from "../../supabase/local/simulators/telnyx/random.ts";
import { faultsOf } from "./faults.ts";
import { judge, type Verdict } from "./judge.ts";
import type { Phase, Schedule } from "./schedule.ts";
import { serve } from "./serve.ts";
import { type Cluster, isCrashable } from "./world/cluster.ts";
import { isKillable } from "./world/worker.ts";
import { createWorld, isRefusal, type World } from "./world/world.ts";

/**
 * Lets the faults of the schedule happen; then those of the carrier end, and while what is wrong
 * with one request, one entry or one client goes on, everybody is served. Judges what is there.
 */
export async function runSchedule(cluster: Cluster, schedule: Schedule): Promise<Verdict> {
  await using world = await createWorld(cluster, schedule);
  const problems: string[] = [];
  for (const [index, phase] of schedule.phases.entries()) {
    world.simulator.control.setInventory({ default: "endless" });
    world.simulator.control.setFaults(faultsOf(phase.faults, phase.share));
    await ignoringLoss(() => world.idle.sitDown());
    const random = createRandom(schedule.seed + index + 1);
    const isOver = counter(world, phase.requests);
    await Promise.all([
      live(world, phase, random, isOver),
      register(world, phase, isOver, problems),
      happen(world, phase, counter(world, phase.accidentAfter)),
    ]);
    await untilAnswered(world);
  }
  await world.idle.sitDown();
  await raiseCaps(world);
  endCarrierFaults(world, schedule);
  const queue = await waitingForAny(world);
  problems.push(...await recover(world));
  problems.push(...await serve(world, schedule.service));
  await world.idle.end(schedule.idleEnd);
  world.simulator.control.clearFaults();
  problems.push(...await recover(world));
  return await judge(world, problems, queue);
}

const PHASE_MILLISECONDS = 2000;

/** Whether Telnyx was asked so often since now, or it has taken too long. */
function counter({ simulator: { state } }: World, requests: number): () => boolean {
  const [before, endsAt] = [state.requests.length, Date.now() + PHASE_MILLISECONDS];
  return () => state.requests.length - before >= requests || Date.now() > endsAt;
}

/** What pg_cron and pg_net do, with nudges lost and doubled. */
async function live(
  world: World,
  phase: Phase,
  random: () => number,
  isOver: () => boolean,
): Promise<void> {
  for (let tick = 0; !isOver(); tick++) {
    if (tick % 3 === 0) await ignoringLoss(() => world.query("select phone_pool.sweep()"));
    await ignoringLoss(async () => {
      const nudges = await world.takeNudges();
      const lost = phase.accident === "nudges lost" ? 0.7 : 0.2;
      const times = phase.accident === "nudges doubled" ? 3 : 1;
      const sent = Array.from({ length: nudges }).filter(() => random() >= lost).length * times;
      await Promise.all(Array.from({ length: sent }, () => world.worker.nudge()));
    });
    await pause(20 + Math.floor(random() * 40));
  }
}

/** The first at once, the others while Telnyx is asked. */
async function register(
  world: World,
  phase: Phase,
  isOver: () => boolean,
  problems: string[],
): Promise<void> {
  for (const [place, areaCodes] of phase.organizations.entries()) {
    const isTime = counter(world, place * 3);
    while (!isTime() && !isOver()) await pause(5);
    try {
      await world.query(
        `insert into public.organizations (name, slug, settings)
         select 'Clinic', gen_random_uuid(), jsonb_build_object('area_code', code)
         from unnest($1::text[]) as code`,
        [areaCodes],
      );
    } catch (error) {
      if (isRefusal(error)) problems.push(`a registration was refused: ${error}`);
    }
  }
}

/** The accident of a phase, in the middle of it. */
async function happen(world: World, phase: Phase, isTime: () => boolean): Promise<void> {
  const { cluster, database, worker } = world;
  while (!isTime()) await pause(5);
  if (phase.accident === "worker killed" && isKillable(worker)) {
    await worker.kill();
    // A minute and a half later, when its leases are over.
    await ignoringLoss(() => world.pass(95));
  } else if (phase.accident === "backend killed" && isCrashable(cluster)) {
    await cluster.killBackend(database);
  } else if (phase.accident === "server killed" && isCrashable(cluster)) {
    await cluster.killServer();
  }
}

async function ignoringLoss(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isRefusal(error)) throw error;
  }
}

/** Postgres may still be recovering from the accident. */
async function untilAnswered(world: World): Promise<void> {
  let answered = false;
  while (!answered) {
    await ignoringLoss(async () => {
      await world.query("select 1");
      answered = true;
    });
    if (!answered) await pause(20);
  }
}

/** Who waits for any number, in the order of the queue. */
async function waitingForAny(world: World): Promise<string[]> {
  const rows = await world.query<{ id: string }>(
    `select r.organization_id as id from phone_pool.number_requests r
     where r.wanted_area_code is null and r.organization_id <> $1 order by r.id`,
    [world.idle.organizationId],
  );
  return rows.map(({ id }) => id);
}

/** There is room for everybody. */
async function raiseCaps(world: World): Promise<void> {
  world.watch.caps = { maxNumbers: 200, monthlyBudget: 500 };
  await world.query("update phone_pool.settings set max_numbers = 200, monthly_budget_usd = 500");
}

/** Telnyx sells again, and what it had still to do is done. */
function endCarrierFaults({ simulator: { control } }: World, { service }: Schedule): void {
  control.setInventory({ default: "endless" });
  control.setFaults(faultsOf(service.faults, service.share, service.dearShare));
  control.settleOrders();
  for (const { phone_number, status } of control.snapshot().numbers) {
    if (status !== "active") control.changeNumber(phone_number, { status: "active" });
  }
}

/** Time passes until nothing is left to do. */
async function recover(world: World): Promise<string[]> {
  for (let round = 0; round < 40; round++) {
    await world.query("select phone_pool.sweep()");
    await world.work();
    if (await isQuiet(world)) return [];
    // Leases, backoffs and pauses come to their end.
    await world.pass(round < 4 ? 100 : 1000);
  }
  return [`there is no end: ${await whatIsLeft(world)}`];
}

async function whatIsLeft({ query }: World): Promise<string> {
  const [row] = await query<{ text: string }>(
    `select format('%s wait (%s), %s on order (%s), %s missing',
       (select count(*) from phone_pool.number_requests),
       (select string_agg(format('%s %s', r.area_code, r.failures), ', ')
        from phone_pool.number_requests r), count(*),
       string_agg(format('%s %s %s: %s', p.status, p.area_code, p.attempts, p.last_error), '; '),
       phone_pool.missing_numbers((select l.low_water from phone_pool.levels() l))) as text
     from phone_pool.purchases p where p.status in ('planned', 'ordering', 'ordered')`,
  );
  return row?.text ?? "";
}

/** Everybody is served but whom a client holds, and nothing is on order but for that one. */
async function isQuiet({ query, idle }: World): Promise<boolean> {
  const [row] = await query<{ left: number }>(
    `select (select count(*) from phone_pool.number_requests r where r.organization_id <> $1)::int
       + (select count(*) from phone_pool.purchases p
          where p.status in ('planned', 'ordering', 'ordered')
            and p.organization_id is distinct from $1)::int
       + phone_pool.missing_numbers((select l.low_water from phone_pool.levels() l))
       + (select count(*) from public.organizations o where o.phone is null and o.id <> $1)::int
       as left`,
    [idle.organizationId],
  );
  return row?.left === 0;
}
