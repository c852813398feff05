import type pg from "pg";

// What a timer may be late; beyond that, being late is the server's doing and counts.
const TIMER_MILLISECONDS = 2;

/**
 * Starts `count` registrations, so many a second, on whichever client is free. Milliseconds of each
 * from when it was due: one that had to wait for a client shows it.
 */
export async function registerAtPace(
  clients: pg.Client[],
  perSecond: number,
  count: number,
  register: (client: pg.Client, index: number) => Promise<unknown>,
): Promise<number[]> {
  const took: number[] = [];
  const startedAt = performance.now();
  let next = 0;
  await Promise.all(clients.map(async (client) => {
    while (next < count) {
      const index = next++;
      const dueAt = startedAt + index * 1000 / perSecond;
      const early = dueAt - performance.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      const late = performance.now() - dueAt;
      const from = early > 0 ? dueAt + Math.min(late, TIMER_MILLISECONDS) : dueAt;
      await register(client, index);
      took.push(performance.now() - from);
    }
  }));
  return took;
}
