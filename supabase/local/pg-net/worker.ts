import pg from "pg";
import { pause } from "../stack/pause.ts";
import type { WorkerOptions } from "../stack/worker-process.ts";
import { type QueuedRequest, send, type StoredResponse } from "./request.ts";

const BATCH_SIZE = 200;
const TTL = "6 hours";

export interface PgNetWorkerOptions extends WorkerOptions {
  /** Between two batches, and before a lost connection is tried again. */
  pauseMilliseconds?: number;
}

/**
 * What the background worker of pg_net 0.20.4 does (its worker.c): woken by a commit, it deletes up to
 * 200 requests, runs them all at once and writes their answers, in ONE transaction. So a request is
 * never retried, but one whose transaction fails is sent again; and a slow one holds up all others.
 */
export async function runPgNetWorker(options: PgNetWorkerOptions): Promise<void> {
  while (!options.signal.aborted) {
    try {
      await workUntilDisconnected(options);
    } catch (error) {
      options.log(`pg_net worker: ${error instanceof Error ? error.message : error}`);
    }
    await pause(options.pauseMilliseconds ?? 1000, options.signal);
  }
}

async function workUntilDisconnected(options: PgNetWorkerOptions): Promise<void> {
  const client = new pg.Client({
    connectionString: options.databaseUrl,
    application_name: "pg_net worker",
    statement_timeout: 0,
  });
  let awake = true;
  let ended: Error | "restart" | undefined;
  let rouse = () => {};
  const wake = () => {
    awake = true;
    rouse();
  };
  client.on("error", (error) => (ended = error, wake()));
  client.on("notification", ({ channel }) => {
    if (channel === "pg_net_restart") ended = "restart";
    wake();
  });
  options.signal.addEventListener("abort", wake);
  try {
    await client.connect();
    await client.query("listen pg_net_wake; listen pg_net_restart");
    options.onReady?.();
    while (!options.signal.aborted && !ended) {
      if (!awake) await new Promise<void>((resolve) => rouse = resolve);
      awake = false;
      if (options.signal.aborted || ended) break;
      if (await runBatch(client)) {
        await pause(options.pauseMilliseconds ?? 1000, options.signal);
        awake = true;
      }
    }
    if (ended instanceof Error) throw ended;
  } finally {
    options.signal.removeEventListener("abort", wake);
    await client.end();
  }
}

/** Returns whether there was anything to send. */
async function runBatch(client: pg.Client): Promise<boolean> {
  await client.query("begin");
  try {
    const requests = await takeRequests(client);
    if (requests.length > 0) {
      const responses = await Promise.all(requests.map(send));
      await storeResponses(client, responses);
    }
    await client.query("commit");
    return requests.length > 0;
  } catch (error) {
    await client.query("rollback");
    // The extension is not there yet: a migration will create it and wake us.
    if (error instanceof pg.DatabaseError && ["42P01", "3F000"].includes(error.code ?? "")) {
      return false;
    }
    throw error;
  }
}

async function takeRequests(client: pg.Client): Promise<QueuedRequest[]> {
  const { rows } = await client.query<QueuedRequest>(
    `with batch as (
       delete from net.http_request_queue
       where id in (select id from net.http_request_queue order by id limit $1)
       returning *
     )
     select * from batch order by id`,
    [BATCH_SIZE],
  );
  return rows;
}

async function storeResponses(client: pg.Client, responses: StoredResponse[]): Promise<void> {
  await client.query("delete from net._http_response where created < now() - $1::interval", [TTL]);
  await client.query(
    `insert into net._http_response
       (id, status_code, content_type, headers, content, timed_out, error_msg)
     select id, status_code, content_type, headers, content, timed_out, error_msg
     from jsonb_populate_recordset(null::net._http_response, $1)`,
    // Postgres text holds no NUL, and an answer may.
    [JSON.stringify(responses).replaceAll("\\u0000", "")],
  );
}
