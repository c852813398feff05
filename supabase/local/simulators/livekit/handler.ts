import { ConnectionReset } from "../http-server.ts";
import { authenticate } from "./access.ts";
import type { Faults } from "./faults.ts";
import type { Settings } from "./options.ts";
import { type Json, parseJson, type TwirpMethods } from "./twirp.ts";
import { PlainFailure, TwirpFailure } from "./twirp-failure.ts";

/** One Twirp request as it came in, and how it was answered. */
export interface RequestRecord {
  at: string;
  method: string;
  /** The SDK's idempotency key: the same for all attempts of one call. */
  requestId?: string;
  body: Json;
  /** Absent while it is under way or when the answer was lost on purpose. */
  status?: number;
  fault?: string;
}

interface Dependencies {
  settings: Settings;
  methods: TwirpMethods;
  faults: Faults;
  record(request: RequestRecord): void;
}

const prefix = "/twirp/";

/** Answers the Twirp paths; undefined for every other one. */
export function createTwirpHandler({ settings, methods, faults, record }: Dependencies) {
  async function answer(request: Request, path: string, text: string): Promise<Response> {
    try {
      const claims = await authenticate(request, settings);
      const method = methods[path.slice(prefix.length)];
      checkRoute(request, path, method !== undefined);
      const body = await method?.(parseJson(text), claims);
      return new Response(JSON.stringify(body), {
        headers: { "content-type": "application/json" },
      });
    } catch (error) {
      if (error instanceof TwirpFailure || error instanceof PlainFailure) return error.toResponse();
      return new TwirpFailure("internal", String(error)).toResponse();
    }
  }

  return async (request: Request): Promise<Response | undefined> => {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith(prefix)) return undefined;
    const text = await request.text();
    const name = pathname.slice(pathname.lastIndexOf("/") + 1);
    const entry: RequestRecord = {
      at: new Date().toISOString(),
      method: name,
      requestId: request.headers.get("x-livekit-request-id") ?? undefined,
      body: readable(text),
    };
    record(entry);
    try {
      const { response, fault } = await faults.apply(name, () => answer(request, pathname, text));
      entry.fault = fault;
      entry.status = response.status;
      return response;
    } catch (error) {
      if (error instanceof ConnectionReset) entry.fault = error.message;
      throw error;
    }
  };
}

function checkRoute(request: Request, path: string, known: boolean): void {
  if (request.method !== "POST") {
    throw new TwirpFailure(
      "bad_route",
      `unsupported method "${request.method}" (only POST is allowed)`,
    );
  }
  if (!known) throw new TwirpFailure("bad_route", `no handler for path "${path}"`);
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    throw new TwirpFailure("bad_route", `unexpected Content-Type: "${type ?? ""}"`);
  }
}

function readable(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
