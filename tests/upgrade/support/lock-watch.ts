import { setTimeout as pause } from "node:timers/promises";
import type { TestDatabase } from "../../support/database.ts";

export interface LockWatch {
  /** Ends it. Milliseconds of the longest hold that kept writers out, and what held it. */
  stop(): Promise<{ milliseconds: number; by: string }>;
}

interface Hold {
  key: string;
  query: string;
}

/**
 * Samples who holds a lock on organizations that conflicts with writing to it, and for how long the
 * transaction has been seen holding it.
 */
export async function watchLocks(database: TestDatabase): Promise<LockWatch> {
  const client = await database.connect("supabase_admin");
  const firstSeen = new Map<string, number>();
  let longest = { milliseconds: 0, by: "" };
  let running = true;
  const sampling = (async () => {
    while (running) {
      const { rows } = await client.query<Hold>(
        `select l.pid || '/' || l.virtualtransaction as key, left(a.query, 200) as query
         from pg_locks l join pg_stat_activity a using (pid)
         where l.locktype = 'relation' and l.granted
           and l.relation = 'public.organizations'::regclass and l.mode in (
           'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')`,
      );
      const now = performance.now();
      for (const { key, query } of rows) {
        const since = firstSeen.get(key) ?? now;
        firstSeen.set(key, since);
        if (now - since >= longest.milliseconds) longest = { milliseconds: now - since, by: query };
      }
      await pause(2);
    }
  })();
  // It is for stop() to tell: a test that fails before has another error to show.
  sampling.catch(() => {});
  return {
    async stop() {
      running = false;
      await sampling;
      return longest;
    },
  };
}

/** Writes to one organization again and again; returns how long the slowest write took. */
export async function startWriter(database: TestDatabase) {
  const client = await database.connect();
  let running = true;
  let writes = 0;
  let slowest = 0;
  const writing = (async () => {
    while (running) {
      const start = performance.now();
      await client.query(
        "update public.organizations set visits = visits + 1 where slug = 'clinic-1'",
      );
      slowest = Math.max(slowest, performance.now() - start);
      writes++;
      await pause(1);
    }
  })();
  // It is for stop() to tell: a test that fails before has another error to show.
  writing.catch(() => {});
  return {
    async stop() {
      running = false;
      await writing;
      return { writes, slowest };
    },
  };
}

/**
 * Samples how long writers wait for the lock on organizations that lets them write, by the server's
 * own clock: how busy this machine is otherwise does not count.
 */
export async function watchWaits(database: TestDatabase) {
  const client = await database.connect("supabase_admin");
  let running = true;
  let longest = 0;
  const sampling = (async () => {
    while (running) {
      const { rows } = await client.query<{ milliseconds: number }>(
        `select 1000 * extract(epoch from max(clock_timestamp() - waitstart))::float8 as milliseconds
         from pg_locks where not granted and locktype = 'relation'
           and relation = 'public.organizations'::regclass and mode = 'RowExclusiveLock'`,
      );
      longest = Math.max(longest, rows[0]?.milliseconds ?? 0);
      await pause(2);
    }
  })();
  // It is for stop() to tell: a test that fails before has another error to show.
  sampling.catch(() => {});
  return {
    /** Ends it. Milliseconds of the longest wait. */
    async stop(): Promise<number> {
      running = false;
      await sampling;
      return longest;
    },
  };
}
