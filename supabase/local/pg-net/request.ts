export interface QueuedRequest {
  id: string;
  method: string;
  url: string;
  headers: Record<string, string | null> | null;
  body: Uint8Array | null;
  timeout_milliseconds: number;
}

export interface StoredResponse {
  id: string;
  status_code: number | null;
  content_type: string | null;
  headers: Record<string, string> | null;
  content: string | null;
  timed_out: boolean;
  error_msg: string | null;
}

/** Sends one request once; whatever comes of it becomes a row, never an exception. */
export async function send(request: QueuedRequest): Promise<StoredResponse> {
  const started = performance.now();
  try {
    const response = await fetch(request.url, {
      method: request.method.toUpperCase(),
      headers: headersOf(request),
      body: request.body && new Uint8Array(request.body),
      signal: AbortSignal.timeout(request.timeout_milliseconds),
    });
    return {
      id: request.id,
      status_code: response.status,
      content_type: response.headers.get("content-type"),
      headers: Object.fromEntries(response.headers),
      content: await response.text(),
      timed_out: false,
      error_msg: null,
    };
  } catch (error) {
    return failed(request, error, performance.now() - started);
  }
}

function headersOf(request: QueuedRequest): Headers {
  const headers = new Headers({ "user-agent": "pg_net/0.20.4" });
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    if (value !== null) headers.set(name, value);
  }
  // What curl says of a body that nobody described.
  if (request.body && !headers.has("content-type")) {
    headers.set("content-type", "application/x-www-form-urlencoded");
  }
  return headers;
}

function failed(request: QueuedRequest, error: unknown, milliseconds: number): StoredResponse {
  const timedOut = error instanceof DOMException && error.name === "TimeoutError";
  return {
    id: request.id,
    status_code: null,
    content_type: null,
    headers: null,
    content: null,
    timed_out: timedOut,
    error_msg: timedOut
      ? `Timeout of ${request.timeout_milliseconds} ms reached. Total time: ${
        milliseconds.toFixed(6)
      } ms`
      : error instanceof Error
      ? error.message
      : String(error),
  };
}
