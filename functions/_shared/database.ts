// @ts-types="./std.d.ts"
import { retry, RetryError } from "deno-std/async/retry.js";
import { createClient } from "@supabase/supabase-js";
import { z } from "zod";
import { AppError, errorOfSqlstate } from "./errors.ts";

/**
 * Calls a step of the workers, a function of phone_pool_worker, or "public.<name>", and parses what it
 * returns.
 */
export type CallDatabase = <Schema extends z.ZodType>(
  name: string,
  parameters: Record<string, unknown>,
  result: Schema,
) => Promise<z.output<Schema>>;

/** The result of a step that returns nothing. */
export const nothing = z.unknown().transform(() => undefined);

/** What Postgres refused with an SQLSTATE that is not registered. */
export class DatabaseError extends Error {
  override name = "DatabaseError";

  constructor(functionName: string, readonly sqlstate: string, message: string) {
    super(`${functionName} failed: ${sqlstate} ${message}`);
  }

  /** A transaction of somebody else has what was needed, and was waited for long enough. */
  get isHeldUp(): boolean {
    return this.sqlstate === "55P03" || this.sqlstate === "57014";
  }
}

/** Waiting for others took the whole transaction back; the same call may succeed now. */
const TAKEN_BACK = new Set(["40001", "40P01"]);

/** Does what fails because two transactions met (40001, 40P01) again: up to three times more. */
export async function repeatConflicts<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await retry(work, {
      maxAttempts: 4,
      minTimeout: 40,
      maxTimeout: 300,
      jitter: 1,
      isRetriable: (error) => error instanceof DatabaseError && TAKEN_BACK.has(error.sqlstate),
    });
  } catch (error) {
    throw error instanceof RetryError ? error.cause : error;
  }
}

/** The project's ref out of its URL, the host where it has none: a database that was copied asks. */
export function projectOf(url: string): string {
  const { hostname } = new URL(url);
  return hostname.match(/^([a-z]{20})\./)?.[1] ?? hostname;
}

/**
 * The database over the Data API, as service_role.
 * A registered error (SQLSTATE PPnnn) is thrown as that AppError, another one as DatabaseError; no
 * answer within `timeout` milliseconds, or none at all, as AppError database_unavailable. A call
 * that met another transaction, and was taken back, is repeated within that time.
 */
export function createDatabase(url: string, key: string, timeout = 8000): CallDatabase {
  const client = createClient(url, key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { headers: { "x-phone-pool-project": projectOf(url) } },
  });
  return (name, parameters, result) => {
    const signal = AbortSignal.timeout(timeout);
    return repeatConflicts(async () => {
      const { data, error, status } = await client.rpc(...asRpc(name, parameters))
        .abortSignal(signal);
      if (!error) return result.parse(data);
      const sqlstate = error.code ?? "";
      const known = errorOfSqlstate(sqlstate, error.details);
      if (known) throw known;
      // status 0: the request failed on its way; 5xx with no SQLSTATE: the API, not the function.
      if (status === 0 || (status >= 500 && !/^[0-9A-Z]{5}$/.test(sqlstate))) {
        throw new AppError("database_unavailable", undefined, { cause: error.message });
      }
      throw new DatabaseError(name, sqlstate, error.message);
    });
  };
}

/** What the Data API reaches is in public: there the steps have one door. */
export function asRpc(
  name: string,
  parameters: Record<string, unknown>,
): [name: string, parameters: Record<string, unknown>] {
  return name.startsWith("public.")
    ? [name.slice("public.".length), parameters]
    : ["phone_pool_step", { p_step: name, p_arguments: parameters }];
}
