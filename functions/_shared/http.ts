import { AppError } from "./errors.ts";
import type { Log } from "./log.ts";

export type Handler = (request: Request) => Promise<Response>;

/** What a request carries through a function. */
export interface RequestContext {
  requestId: string;
  log: Log;
}

/**
 * Turns a function that throws into one that answers: the one place where errors become responses.
 * The caller gets `{ detail, code, request_id }`, with retry_at where waiting helps; everything else stays in the log.
 */
export function createResponder(
  createLog: (requestId: string) => Log,
  answer: (request: Request, context: RequestContext) => Promise<Response>,
): Handler {
  return async (request) => {
    const requestId = crypto.randomUUID();
    const log = createLog(requestId);
    try {
      return await answer(request, { requestId, log });
    } catch (error) {
      const shown = error instanceof AppError ? error : new AppError("internal_error");
      log("request_failed", {
        code: shown.code,
        status: shown.status,
        error: shown === error ? undefined : describe(error),
      });
      return toResponse(shown, requestId);
    }
  };
}

function toResponse(error: AppError, requestId: string): Response {
  const { status, detail, code, retryAt, retryAfterSeconds, allow } = error;
  const response = json(status, { detail, code, request_id: requestId, retry_at: retryAt });
  if (retryAfterSeconds !== undefined) {
    response.headers.set("Retry-After", String(retryAfterSeconds));
  }
  if (allow !== undefined) response.headers.set("Allow", allow);
  return response;
}

export function json(status: number, body: unknown): Response {
  return Response.json(body, { status, headers: { "Cache-Control": "no-store" } });
}

export function requireMethod(request: Request, method: string): void {
  if (request.method !== method) {
    throw new AppError("method_not_allowed", `Use ${method}`, { allow: method });
  }
}

/** The body as text, at most `limit` bytes; a larger one is not read to its end. */
export async function readText(request: Request, limit = 64 * 1024): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) throw new AppError("request_too_large", `At most ${limit} bytes`);
    chunks.push(chunk);
  }
  return await new Blob(chunks as BlobPart[]).text();
}

/** Name and message of an unknown error, for the log. */
export function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
