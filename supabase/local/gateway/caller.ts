import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from "jose";
import { failure } from "./answers.ts";

export interface Caller {
  claims: JWTPayload & { role: string };
}

export interface CallerOptions {
  publishableKey: string;
  secretKey: string;
  jwks: JSONWebKeySet;
}

/** Who calls the Data API, or the answer that turns the request away. */
export type IdentifyCaller = (request: Request) => Promise<Caller | Response>;

const ROLES = new Set(["anon", "authenticated", "service_role"]);

/** The API key says which project role; a user's token beside it outranks it. */
export function createIdentifyCaller(options: CallerOptions): IdentifyCaller {
  const verify = createVerifyJwt(options.jwks);
  const roles = new Map([[options.publishableKey, "anon"], [options.secretKey, "service_role"]]);
  return async (request) => {
    const key = request.headers.get("apikey") ?? new URL(request.url).searchParams.get("apikey");
    if (!key) return failure(401, { message: "No API key found in request" });
    const role = roles.get(key);
    if (!role) return failure(401, { message: "Invalid API key" });

    const token = bearer(request);
    // supabase-js sends the API key as bearer too, when nobody is signed in.
    if (!token || token.startsWith("sb_")) return { claims: { role } };

    const claims = await verify(token);
    if (!claims) {
      return failure(401, { code: "PGRST301", message: "JWT is invalid or has expired" });
    }
    const claimed = typeof claims.role === "string" ? claims.role : "anon";
    if (!ROLES.has(claimed)) {
      return failure(403, { code: "42501", message: `permission denied to set role "${claimed}"` });
    }
    return { claims: { ...claims, role: claimed } };
  };
}

/** Returns the claims of a token that the stack's key signed and that is still valid. */
export function createVerifyJwt(
  jwks: JSONWebKeySet,
): (token: string) => Promise<JWTPayload | undefined> {
  const keys = createLocalJWKSet(jwks);
  return async (token) => {
    try {
      return (await jwtVerify(token, keys, { algorithms: ["ES256"] })).payload;
    } catch {
      return undefined;
    }
  };
}

export function bearer(request: Request): string | undefined {
  return request.headers.get("authorization")?.match(/^Bearer\s+(\S+)$/i)?.[1];
}
