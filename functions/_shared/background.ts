/** Runs work after the response is sent; failures of the work are its own to report. */
export type RunInBackground = (work: () => Promise<void>) => void;

interface EdgeRuntime {
  waitUntil(promise: Promise<unknown>): void;
}

/**
 * On Supabase the isolate must be told to live until the work is done; a plain Deno process lives
 * anyway. https://supabase.com/docs/guides/functions/background-tasks
 */
export const runInBackground: RunInBackground = (work) => {
  const promise = work();
  const runtime = (globalThis as { EdgeRuntime?: EdgeRuntime }).EdgeRuntime;
  runtime?.waitUntil(promise);
};
