import type { Verdict } from "./judge.ts";
import { runSchedule } from "./run-schedule.ts";
import { createSchedule, type Schedule } from "./schedule.ts";
import { type Cluster, sharedCluster, startCrashableCluster } from "./world/cluster.ts";

/** How many runs share a server at a time. */
const SIDE_BY_SIDE = 10;

/**
 * Runs the schedules of these seeds: those that kill Postgres one after the other on a server of
 * their own, the others a few at a time.
 * @param adminUrl a superuser's, of a server that is not killed
 */
export async function runAll(
  seeds: number[],
  adminUrl: string,
  onVerdict: (schedule: Schedule, verdict: Verdict, milliseconds: number) => void,
): Promise<void> {
  const schedules = seeds.map(createSchedule);
  const [crashing, others] = [
    schedules.filter(({ crashes }) => crashes),
    schedules.filter(({ crashes }) => !crashes),
  ];
  const lane = async (cluster: Cluster, queue: Schedule[]) => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const startedAt = performance.now();
      const verdict = await runSchedule(cluster, next);
      onVerdict(next, verdict, performance.now() - startedAt);
    }
  };
  const shared = async () => {
    if (others.length === 0) return;
    const cluster = await sharedCluster(adminUrl);
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => lane(cluster, others)));
  };
  const own = async () => {
    if (crashing.length === 0) return;
    const cluster = await startCrashableCluster();
    try {
      await lane(cluster, crashing);
    } finally {
      await cluster.stop();
    }
  };
  await Promise.all([shared(), own()]);
}
