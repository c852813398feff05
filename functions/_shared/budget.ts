import { AppError, type ErrorCode } from "./errors.ts";

export interface Budget {
  /** Milliseconds that are left. */
  remaining(): number;
  /**
   * Waits for `work`, but not longer than `most` milliseconds nor than the budget lasts; then it
   * fails with `code`. The work itself goes on unheard.
   */
  wait<T>(work: Promise<T>, most: number, code: ErrorCode): Promise<T>;
}

/** The time that a request may take: the caller gives up some time, and must have an answer. */
export function createBudget(milliseconds: number): Budget {
  const end = performance.now() + milliseconds;
  const remaining = () => Math.max(0, end - performance.now());
  return {
    remaining,
    async wait(work, most, code) {
      const over = Promise.withResolvers<never>();
      const timer = setTimeout(
        () => over.reject(new AppError(code)),
        Math.min(most, remaining()),
      );
      try {
        return await Promise.race([work, over.promise]);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
