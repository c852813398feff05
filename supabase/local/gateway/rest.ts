import { App } from "@supabase/lite";
import type { PostgresConnection } from "@supabase/lite/postgres";
import type { Caller } from "./caller.ts";
import { failure } from "./answers.ts";
import { type DatabaseFailure, type RequestContext, requestContext } from "./request-context.ts";

export interface RestOptions {
  connection: PostgresConnection;
  schemas: string[];
  extraSearchPath: string[];
  maxRows: number;
}

/** Answers /rest/v1 for a caller who is known already. */
export type Rest = (request: Request, caller: Caller) => Promise<Response>;

export function createRest(options: RestOptions): Rest {
  const callers = new Map<string, Caller>();
  const app = new App({
    connection: options.connection,
    auth: { enabled: false },
    storage: { enabled: false },
    studio: { enabled: false },
    api: {
      schemas: options.schemas,
      extra_search_path: options.extraSearchPath,
      max_rows: options.maxRows,
    },
    options: { server: { apiKeys: { resolver: (ticket: string) => claimsOf(callers, ticket) } } },
  });

  return async (request, caller) => {
    // lite knows callers by API key alone: each request gets a key of its own that stands for it.
    const ticket = crypto.randomUUID();
    const headers = new Headers(request.headers);
    headers.delete("authorization");
    headers.set("apikey", ticket);
    callers.set(ticket, caller);
    const { method, body } = request;
    const context: RequestContext = { method, headers: Object.fromEntries(request.headers) };
    try {
      const forwarded = new Request(request.url, { method, headers, body });
      return await requestContext.run(
        context,
        async () => withFailure(await app.fetch(forwarded), context.failure),
      );
    } finally {
      callers.delete(ticket);
    }
  };
}

function claimsOf(callers: Map<string, Caller>, ticket: string) {
  const caller = callers.get(ticket);
  return Promise.resolve(caller ? { type: "publishable" as const, claims: caller.claims } : null);
}

// lite answers errors that it does not know, such as those that a function raises with a code of its
// own, with a bare 500. PostgREST docs, "Errors": code, details and hint are passed on, status 400.
async function withFailure(
  response: Response,
  refused: DatabaseFailure | undefined,
): Promise<Response> {
  if (response.status !== 500 || !refused) return response;
  await response.body?.cancel();
  return failure(statusOf(refused), {
    code: refused.code,
    message: refused.message,
    details: refused.detail ?? null,
    hint: refused.hint ?? null,
  });
}

// PostgREST, Error.hs: mapSQLtoHTTP.
function statusOf({ code, message }: DatabaseFailure): number {
  const byCode: Record<string, number> = {
    "21000": message.endsWith("requires a WHERE clause") ? 400 : 500,
    "23503": 409,
    "23505": 409,
    "25006": 405,
  };
  const byClass: Record<string, number> = {
    "08": 503,
    "0L": 403,
    "0P": 403,
    "25": 500,
    "28": 403,
    "40": 500,
    "53": 503,
    "54": 500,
    "55": 500,
    "57": 500,
    "58": 500,
    "XX": 500,
  };
  return byCode[code] ?? byClass[code.slice(0, 2)] ?? 400;
}
