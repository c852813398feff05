import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { z } from "zod";
import { bearerToken, isOneOf } from "./credentials.ts";
import { AppError } from "./errors.ts";

/** Who sent a request: the application's backend, or one of its users. */
export type Caller = { kind: "backend" } | { kind: "user"; claims: Record<string, unknown> };

export type Authenticate = (request: Request) => Promise<Caller>;

const jwksSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

/**
 * Knows the backend by a secret key (in `apikey` or as bearer token) and a user by a JWT that one
 * of the project's signing keys has signed.
 * @param jwks the project's public keys as JSON, as Supabase injects them; without them no user is
 *   known
 */
export function createAuthenticate(secretKeys: string[], jwks: string | undefined): Authenticate {
  const keySet = parseJwks(jwks);
  return async (request) => {
    const token = bearerToken(request);
    const apiKey = request.headers.get("apikey") ?? undefined;
    const offered = [token, apiKey].filter((value) => value !== undefined);
    for (const secret of offered) {
      if (await isOneOf(secret, secretKeys)) return { kind: "backend" };
    }
    if (token === undefined || keySet === undefined) throw new AppError("unauthorized");
    return { kind: "user", claims: await verify(token, keySet) };
  };
}

async function verify(
  token: string,
  keySet: ReturnType<typeof createLocalJWKSet>,
): Promise<Record<string, unknown>> {
  try {
    const { payload } = await jwtVerify(token, keySet, {
      audience: "authenticated",
      requiredClaims: ["sub", "exp"],
      algorithms: ["ES256", "RS256", "EdDSA"],
    });
    if (payload.role !== "authenticated") throw new AppError("unauthorized");
    return payload;
  } catch (cause) {
    throw new AppError("unauthorized", undefined, { cause });
  }
}

function parseJwks(jwks: string | undefined) {
  if (!jwks) return undefined;
  const keys = jwksSchema.parse(JSON.parse(jwks)).keys;
  return createLocalJWKSet({ keys } as JSONWebKeySet);
}
