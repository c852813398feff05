import { FunctionsHttpError, type SupabaseClient } from "@supabase/supabase-js";
import type { Database } from "./database.ts";
import { fail, type Problem, type Result, succeed } from "./problems.ts";

/** The Edge Function answers within 20 s: the agent joins, the phone begins to ring. */
const PATIENCE_MILLISECONDS = 30_000;

/** Asks intake-calls, and reads the problem out of the answer where it is one. */
export async function askIntakeCalls<Data>(
  client: SupabaseClient<Database>,
  path: string,
  options: { method: "GET" } | { method: "POST"; body: object },
): Promise<Result<Data>> {
  const { data, error } = await client.functions.invoke(`intake-calls${path}`, {
    ...options,
    timeout: PATIENCE_MILLISECONDS,
  });
  if (!error) return succeed<Data>(data);
  if (!(error instanceof FunctionsHttpError)) return fail("no_answer", String(error.message), 0);
  const response: Response = error.context;
  const problem = readProblem(await response.json().catch(() => null));
  // A gateway in between says something of its own.
  if (!problem) return fail("no_answer", `HTTP ${response.status}`, response.status);
  const { code, detail, ...more } = problem;
  return fail(code, detail, response.status, more);
}

function readProblem(
  body: unknown,
): { code: string; detail: string } & Pick<Problem, "request_id" | "retry_at"> | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const { code, detail, request_id, retry_at } = body as Record<string, unknown>;
  if (typeof code !== "string" || typeof detail !== "string") return undefined;
  return {
    code,
    detail,
    ...(typeof request_id === "string" && { request_id }),
    ...(typeof retry_at === "string" && { retry_at }),
  };
}
