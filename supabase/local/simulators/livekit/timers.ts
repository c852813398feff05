/** Timers that one call stops together, so that a stopped simulator leaves nothing behind. */
export interface Timers {
  /** Runs once after that many milliseconds; returns what cancels it. */
  after(milliseconds: number, run: () => void): () => void;
  /** Resolves after that many milliseconds, and at once when the timers stop. */
  wait(milliseconds: number): Promise<void>;
  /** Resolves when the timers stop. */
  readonly stopped: Promise<void>;
  readonly running: boolean;
  stop(): void;
}

export function createTimers(): Timers {
  const pending = new Map<ReturnType<typeof setTimeout>, () => void>();
  const end = Promise.withResolvers<void>();
  let running = true;

  function start(milliseconds: number, run: () => void, onStop: () => void): () => void {
    const id = setTimeout(() => {
      pending.delete(id);
      run();
    }, milliseconds);
    pending.set(id, onStop);
    return () => {
      clearTimeout(id);
      pending.delete(id);
    };
  }

  return {
    after: (milliseconds, run) => running ? start(milliseconds, run, () => {}) : () => {},
    wait: (milliseconds) =>
      running ? new Promise((resolve) => start(milliseconds, resolve, resolve)) : Promise.resolve(),
    stopped: end.promise,
    get running() {
      return running;
    },
    stop() {
      running = false;
      for (const [id, onStop] of pending) {
        clearTimeout(id);
        onStop();
      }
      pending.clear();
      end.resolve();
    },
  };
}
