import type { JWTPayload } from "jose";
import { failure } from "./answers.ts";
import { bearer } from "./caller.ts";

export interface FunctionRoute {
  port: number;
  verifyJwt: boolean;
}

export interface FunctionsOptions {
  routes: Record<string, FunctionRoute>;
  verify: (token: string) => Promise<JWTPayload | undefined>;
}

const PREFIX = "/functions/v1/";

/** Passes /functions/v1/<name>[/path] on to the function's process. */
export function createFunctionsProxy(
  { routes, verify }: FunctionsOptions,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    const [name = "", ...rest] = url.pathname.slice(PREFIX.length).split("/");
    const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
    if (!route) {
      return failure(404, { code: "NOT_FOUND", message: "Requested function was not found" });
    }
    // Preflight requests carry no token (Supabase CLI, functions serve).
    if (route.verifyJwt && request.method !== "OPTIONS") {
      const token = bearer(request);
      if (!token) return failure(401, { code: "401", message: "Missing authorization header" });
      if (!await verify(token)) return failure(401, { code: "401", message: "Invalid JWT" });
    }
    const target = new URL(`http://127.0.0.1:${route.port}/${[name, ...rest].join("/")}`);
    target.search = url.search;
    return await forward(request, target, name);
  };
}

async function forward(request: Request, target: URL, name: string): Promise<Response> {
  const headers = new Headers(request.headers);
  // fetch would unpack a packed answer and leave the header that says it is packed.
  headers.set("accept-encoding", "identity");
  try {
    return await fetch(target, {
      method: request.method,
      headers,
      body: request.body,
      redirect: "manual",
    });
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : error}`);
    return failure(503, { code: "BOOT_ERROR", message: `Function ${name} is not running` });
  }
}
