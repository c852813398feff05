export interface WorkerOptions {
  /** A superuser's URL. */
  databaseUrl: string;
  /** Ends the worker when it has finished what it is doing. */
  signal: AbortSignal;
  log: (message: string) => void;
  onReady?: () => void;
}

/** What a worker writes to its log when it is connected. */
export const READY_LINE = JSON.stringify({ ready: true });

/** Runs a worker as a process: its database is in WORKER_DATABASE_URL, SIGTERM ends it. */
export async function runWorkerProcess(worker: (options: WorkerOptions) => Promise<void>) {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => stop.abort());
  }
  await worker({
    databaseUrl: Deno.env.get("WORKER_DATABASE_URL") ?? "",
    signal: stop.signal,
    log: console.error,
    onReady: () => console.log(READY_LINE),
  });
  Deno.exit(0);
}
