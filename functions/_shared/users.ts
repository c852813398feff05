import { createLocalJWKSet, jwtVerify } from "jose";
import { z } from "zod";
import { bearerToken, isOneOf } from "./credentials.ts";
import { AppError } from "./errors.ts";
import type { Log } from "./log.ts";

/** Who sent a request: the application's backend, or one of its users. */
export type Caller = { kind: "backend" } | { kind: "user"; claims: Record<string, unknown> };

export type Authenticate = (request: Request) => Promise<Caller>;

const key = z.looseObject({ kty: z.string() });
/** Supabase injects the set; its own server library takes a bare array for one too. */
const keys = z.union([
  z.object({ keys: z.array(z.unknown()) }).transform((set) => set.keys),
  z.array(z.unknown()),
]);

/**
 * Knows the backend by a secret key (in `apikey` or as bearer token) and a user by a JWT that one
 * of the project's signing keys has signed.
 * @param jwks the project's public keys as JSON, as Supabase injects them; without a key in it no
 *   user is known, which is logged, and the backend is served all the same
 */
export function createAuthenticate(
  secretKeys: string[],
  jwks: string | undefined,
  log: Log,
): Authenticate {
  const keySet = parseJwks(jwks, log);
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

function parseJwks(jwks: string | undefined, log: Log) {
  const parsed = keys.safeParse(parseJson(jwks));
  const usable = (parsed.data ?? []).flatMap((entry) => key.safeParse(entry).data ?? []);
  if (usable.length > 0) return createLocalJWKSet({ keys: usable });
  // Its text is not repeated: nothing says that only public keys are in it.
  const reason = !jwks ? "is not set" : parsed.success ? "has no key" : "is no set of keys";
  log("users_unknown", { variable: "SUPABASE_JWKS", reason });
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return undefined;
  }
}
