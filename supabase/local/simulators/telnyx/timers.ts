/** What the simulator does later: orders that settle, webhooks that are late. Cleared as one. */
export interface Timers {
  now(): number;
  later(milliseconds: number, work: () => void | Promise<void>): void;
  /** Waits; resolves early when the timers are closed. */
  wait(milliseconds: number): Promise<void>;
  /** Aborts when the timers are closed: what must not outlive the simulator listens to it. */
  signal: AbortSignal;
  close(): void;
}

/** Timers over the given clock; after `close` nothing fires any more. */
export function createTimers(now: () => number): Timers {
  const pending = new Map<ReturnType<typeof setTimeout>, () => void>();
  const closing = new AbortController();

  function schedule(milliseconds: number, fire: () => void, onClose: () => void) {
    if (closing.signal.aborted) return onClose();
    const timer = setTimeout(() => {
      pending.delete(timer);
      fire();
    }, milliseconds);
    pending.set(timer, onClose);
  }

  return {
    now,
    signal: closing.signal,
    later: (milliseconds, work) => schedule(milliseconds, () => void work(), () => {}),
    wait: (milliseconds) =>
      new Promise((resolve) => schedule(milliseconds, () => resolve(), () => resolve())),
    close() {
      closing.abort();
      for (const [timer, onClose] of pending) {
        clearTimeout(timer);
        onClose();
      }
      pending.clear();
    },
  };
}
