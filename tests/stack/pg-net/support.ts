import { runPgNetWorker } from "../../../supabase/local/pg-net/worker.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { eventually } from "../support.ts";

export interface Received {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

export interface PgNetFixture extends AsyncDisposable {
  database: TestDatabase;
  /** Of a server that answers with `answer`. */
  url: string;
  /** What that server was sent, in the order of arrival. */
  received: Received[];
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  /** Waits until the worker has emptied the queue and stored what became of this many requests. */
  responses(count: number): Promise<StoredRow[]>;
}

export interface StoredRow {
  status_code: number | null;
  content: string | null;
  timed_out: boolean | null;
  error_msg: string | null;
}

/** A database with pg_net, a server to send to, and the worker between them. */
export async function pgNetFixture(
  answer: (request: Received) => Response | Promise<Response> = () => new Response("ok"),
): Promise<PgNetFixture> {
  const database = await createTestDatabase({ bare: true });
  await database.query("create extension if not exists pg_net");
  const received: Received[] = [];
  const server = serve(received, answer);
  let stop = new AbortController();
  let running: Promise<void> | undefined;

  const fixture: PgNetFixture = {
    database,
    url: `http://127.0.0.1:${server.addr.port}`,
    received,
    async startWorker() {
      stop = new AbortController();
      const ready = Promise.withResolvers<void>();
      running = runPgNetWorker({
        databaseUrl: database.superuserUrl,
        signal: stop.signal,
        log: () => {},
        onReady: ready.resolve,
        pauseMilliseconds: 10,
      });
      await ready.promise;
    },
    async stopWorker() {
      stop.abort();
      await running;
      running = undefined;
    },
    responses: (count) => storedResponses(database, count),
    async [Symbol.asyncDispose]() {
      await fixture.stopWorker();
      await server.shutdown();
      await database.drop();
    },
  };
  await fixture.startWorker();
  return fixture;
}

async function storedResponses(database: TestDatabase, count: number): Promise<StoredRow[]> {
  const read = () =>
    database.query<StoredRow & Record<string, unknown>>(
      `select status_code, content, timed_out, error_msg from net._http_response
       where not exists (select from net.http_request_queue) order by id`,
    );
  await eventually(`${count} responses`, async () => (await read()).length === count);
  return await read();
}

function serve(received: Received[], answer: (request: Received) => Response | Promise<Response>) {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const url = new URL(request.url);
    const one = {
      method: request.method,
      path: url.pathname + url.search,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
    };
    received.push(one);
    return await answer(one);
  });
}
