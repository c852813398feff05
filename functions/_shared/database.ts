import { createClient } from "@supabase/supabase-js";
import type { z } from "zod";
import { AppError, errorOfSqlstate } from "./errors.ts";

/** Calls a function of the database and parses what it returns. */
export type CallDatabase = <Schema extends z.ZodType>(
  name: string,
  parameters: Record<string, unknown>,
  result: Schema,
) => Promise<z.output<Schema>>;

/**
 * The database over the Data API, as service_role.
 * A registered error (SQLSTATE PPnnn) is thrown as that AppError; no answer within `timeout`
 * milliseconds, or none at all, as database_unavailable.
 */
export function createDatabase(url: string, key: string, timeout = 8000): CallDatabase {
  const client = createClient(url, key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  });
  return async (name, parameters, result) => {
    const { data, error, status } = await client.rpc(name, parameters)
      .abortSignal(AbortSignal.timeout(timeout));
    if (error) {
      const known = errorOfSqlstate(error.code ?? "", error.details);
      if (known) throw known;
      // status 0: the request failed on its way; 5xx with no SQLSTATE: the API, not the function.
      if (status === 0 || (status >= 500 && !/^[0-9A-Z]{5}$/.test(error.code ?? ""))) {
        throw new AppError("database_unavailable", undefined, { cause: error.message });
      }
      throw new Error(`${name} failed: ${error.code} ${error.message}`);
    }
    return result.parse(data);
  };
}
