import { pause } from "../../supabase/local/stack/pause.ts";
import { createRandom } from "../../supabase/local/simulators/telnyx/random.ts";
import { FAULTS, type Phase, type Schedule } from "./schedule.ts";
import { judge, type Verdict } from "./judge.ts";
import type { CrashableCluster } from "./world/cluster.ts";
import { createWorld, isRefusal, type World } from "./world/world.ts";

/** Lets the faults of the schedule happen, then everything recover, and judges what is there. */
export async function runSchedule(
  cluster: CrashableCluster,
  schedule: Schedule,
): Promise<Verdict> {
  await using world = await createWorld(cluster, schedule);
  const refused: string[] = [];
  for (const [index, phase] of schedule.phases.entries()) {
    setFaults(world, phase);
    const random = createRandom(schedule.seed + index + 1);
    const life = live(world, phase, random);
    const registrations = register(world, phase, refused);
    await happen(world, phase, random);
    await Promise.all([life, registrations]);
    await untilAnswered(world);
  }
  world.simulator.control.clearFaults();
  world.simulator.control.setInventory({ default: "endless" });
  const queue = await waitingForAny(world);
  await recover(world);
  return await judge(world, refused, queue);
}

function setFaults({ simulator }: World, { faults, share }: Phase) {
  simulator.control.setInventory({ default: "endless" });
  simulator.control.setFaults(
    faults.flatMap((name) => FAULTS[name] ?? [])
      .map((fault) => fault.times === undefined ? { ...fault, probability: share } : fault),
  );
}

/** What pg_cron and pg_net do, with nudges lost and doubled. */
async function live(world: World, phase: Phase, random: () => number): Promise<void> {
  const endsAt = Date.now() + phase.milliseconds;
  while (Date.now() < endsAt) {
    await ignoringLoss(() => world.query("select phone_pool.sweep()"));
    const lost = phase.accident === "nudges lost" ? 0.7 : 0.2;
    const times = random() < lost ? 0 : phase.accident === "nudges doubled" ? 3 : 1;
    await Promise.all(Array.from({ length: times }, () => world.worker.nudge()));
    await pause(30 + Math.floor(random() * 60));
  }
}

async function register(world: World, phase: Phase, refused: string[]): Promise<void> {
  for (const areaCodes of phase.organizations) {
    await pause(phase.milliseconds / (phase.organizations.length + 1));
    try {
      await world.query(
        `insert into public.organizations (name, slug, settings)
         select 'Clinic', gen_random_uuid(), jsonb_build_object('area_code', code)
         from unnest($1::text[]) as code`,
        [areaCodes],
      );
    } catch (error) {
      if (isRefusal(error)) refused.push(`a registration was refused: ${error}`);
    }
  }
}

/** The accident of a phase, at a random moment of it. */
async function happen(world: World, phase: Phase, random: () => number): Promise<void> {
  await pause(phase.milliseconds * random());
  if (phase.accident === "worker killed") {
    await world.worker.kill();
    // A minute and a half later, when its leases are over.
    await ignoringLoss(() => world.pass(95));
  } else if (phase.accident === "backend killed") {
    await world.cluster.killBackend(world.database);
  } else if (phase.accident === "server killed") {
    await world.cluster.killServer();
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
     where r.wanted_area_code is null order by r.id`,
  );
  return rows.map(({ id }) => id);
}

/** The faults are over, there is room for everybody: time passes until nothing is left to do. */
async function recover(world: World): Promise<void> {
  world.watch.caps = { maxNumbers: 200, monthlyBudget: 400 };
  await world.query("update phone_pool.settings set max_numbers = 200, monthly_budget_usd = 400");
  world.simulator.control.settleOrders();
  for (let round = 0; round < 40; round++) {
    await world.query("select phone_pool.sweep()");
    await world.worker.nudge();
    const quiet = await isQuiet(world, 600);
    if (quiet) return;
    // Leases, backoffs and pauses come to their end.
    await world.pass(round < 4 ? 100 : 1000);
  }
}

/** Waits a little for everybody to be served and nothing to be on order. */
async function isQuiet(world: World, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (Date.now() < deadline) {
    const [row] = await world.query<{ left: number }>(
      `select (select count(*) from phone_pool.number_requests)::int
         + (select count(*) from phone_pool.purchases
            where status in ('planned', 'ordering', 'ordered'))::int
         + phone_pool.missing_numbers()
         + (select count(*) from public.organizations where phone is null)::int as left`,
    );
    if (row?.left === 0) return true;
    await pause(25);
  }
  return false;
}
