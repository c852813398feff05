import { corsHeaders } from "@supabase/supabase-js/cors";
import type { Handler } from "./http.ts";

/**
 * Lets browsers of these origins read the answers of `handler`, and answers what they ask before a
 * request. No origin: nothing is added, and no browser may.
 */
export function withCors(handler: Handler, origins: string[]): Handler {
  return async (request) => {
    const origin = request.headers.get("Origin");
    if (origin === null || !origins.includes(origin)) return await handler(request);
    const isPreflight = request.method === "OPTIONS" &&
      request.headers.has("Access-Control-Request-Method");
    const response = isPreflight
      ? new Response(null, { status: 204, headers: PREFLIGHT })
      : await handler(request);
    response.headers.set("Access-Control-Allow-Origin", origin);
    response.headers.set("Access-Control-Expose-Headers", "Retry-After");
    response.headers.append("Vary", "Origin");
    return response;
  };
}

const PREFLIGHT = {
  "Access-Control-Allow-Methods": "GET, POST",
  // What this version of supabase-js sends.
  "Access-Control-Allow-Headers": corsHeaders["Access-Control-Allow-Headers"] ?? "",
  "Access-Control-Max-Age": "3600",
};
