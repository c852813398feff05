import { assert, assertEquals } from "./assert.ts";
import type { Role, TestDatabase } from "./database.ts";
import { on, type Runner, value } from "./pool.ts";

/** A connection of its own, whose waiting can be watched. */
export interface Session extends Runner {
  pid: number;
}

export async function openSession(db: TestDatabase, role: Role = "postgres"): Promise<Session> {
  const runner = on(await db.connect(role));
  return { ...runner, pid: await value<number>(runner, "select pg_backend_pid()") };
}

export async function openSessions(db: TestDatabase, count: number): Promise<Session[]> {
  return await Promise.all(Array.from({ length: count }, () => openSession(db)));
}

/** Work under way in a session. */
export interface Work<T> {
  session: Session;
  isDone(): boolean;
  result: Promise<T>;
}

/** Starts and does not wait. A failure is kept for who awaits `result`. */
export function start<T>(session: Session, work: (session: Session) => Promise<T>): Work<T> {
  let done = false;
  const result = work(session).finally(() => done = true);
  result.catch(() => {});
  return { session, isDone: () => done, result };
}

/** Polls until `condition` holds; fails the test when that takes `seconds`. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  seconds = 10,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!await condition()) {
    assert(Date.now() < deadline, `not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const isBlocked = (db: Runner, { pid }: Session) =>
  value<boolean>(db, "select cardinality(pg_blocking_pids($1)) > 0", [pid]);

/** Polls until the work is done ("done") or waits for another session's lock ("waits"). */
export async function waitsOrDone(db: Runner, work: Work<unknown>): Promise<"waits" | "done"> {
  let blocked = false;
  await until(async () => {
    blocked = !work.isDone() && await isBlocked(db, work.session);
    return blocked || work.isDone();
  }, "the session waits or has finished");
  return blocked ? "waits" : "done";
}

/** The result of work that is expected to wait for nobody. */
export async function withoutWaiting<T>(
  db: Runner,
  session: Session,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const started = start(session, work);
  assertEquals(await waitsOrDone(db, started), "done", "it waits for another session");
  return await started.result;
}

/** Work that is expected to wait for another session, once it does. */
export async function untilItWaits<T>(
  db: Runner,
  session: Session,
  work: (session: Session) => Promise<T>,
): Promise<Work<T>> {
  const started = start(session, work);
  assertEquals(await waitsOrDone(db, started), "waits", "it should wait for the other session");
  return started;
}
