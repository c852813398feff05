import type { JSONWebKeySet } from "jose";
import { failure } from "./answers.ts";
import { createIdentifyCaller, createVerifyJwt } from "./caller.ts";
import { createFunctionsProxy, type FunctionRoute } from "./functions.ts";
import type { Rest } from "./rest.ts";

export interface GatewayOptions {
  publishableKey: string;
  secretKey: string;
  jwks: JSONWebKeySet;
  functions: Record<string, FunctionRoute>;
  rest: Rest;
}

/** The one address of a Supabase project: Data API, functions, and the keys that verify tokens. */
export function createGateway(options: GatewayOptions): (request: Request) => Promise<Response> {
  const identify = createIdentifyCaller(options);
  const functions = createFunctionsProxy({
    routes: options.functions,
    verify: createVerifyJwt(options.jwks),
  });
  return async (request) => {
    // What fetch could not pass on either.
    if (/^(TRACE|TRACK|CONNECT)$/.test(request.method)) {
      return failure(405, { message: "Method not allowed" });
    }
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/functions/v1/")) return await functions(request);
    if (pathname.startsWith("/rest/v1/")) {
      const caller = await identify(request);
      return caller instanceof Response ? caller : await options.rest(request, caller);
    }
    if (pathname === "/auth/v1/.well-known/jwks.json") return Response.json(options.jwks);
    return failure(404, { message: "no Route matched with those values" });
  };
}
