/** Types of what is used of deno-std: its npm mirror ships JavaScript only. */
export function timingSafeEqual(
  a: ArrayBuffer | DataView,
  b: ArrayBuffer | DataView,
): boolean;
export function delay(milliseconds: number, options?: { signal?: AbortSignal }): Promise<void>;
export function pooledMap<T, R>(
  limit: number,
  items: Iterable<T>,
  map: (item: T) => Promise<R>,
): AsyncIterableIterator<R>;
export function retry<T>(
  work: () => Promise<T>,
  options: {
    maxAttempts: number;
    minTimeout: number;
    maxTimeout: number;
    jitter: number;
    isRetriable: (error: unknown) => boolean;
  },
): Promise<T>;
export class RetryError extends Error {}
