import { z } from "zod";
import { CliError, indent } from "../cli.ts";
import { type Context, type Finding, finding } from "../context.ts";
import { readDigests } from "../steps/secrets.ts";
import { functionsUrl } from "../target.ts";

const PATIENCE_MILLISECONDS = 15_000;

/** Logged in, allowed to change this project, and its addresses answer. */
export const checkSupabase = async (context: Context): Promise<Finding[]> => [
  await project(context),
  await address(functionsUrl(context.target)),
  await userTokens(functionsUrl(context.target)),
];

async function project(context: Context): Promise<Finding> {
  const ref = context.target.SUPABASE_PROJECT_REF;
  try {
    await readDigests(context);
    return finding("S1", "ok", ref);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return finding(
      "S1",
      "fail",
      `${ref} cannot be reached with this login\n${indent(error.said)}`,
      "npx supabase login, or set SUPABASE_ACCESS_TOKEN; see that the project ref is right and " +
        "the project is not paused",
    );
  }
}

/** Any answer will do: before the first deployment there is no function. */
async function address(url: string): Promise<Finding> {
  try {
    const response = await fetch(`${url}/health`, within());
    await response.body?.cancel();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return finding(
      "S2",
      "fail",
      `nothing answers at ${url}: ${reason}`,
      "PHONE_POOL_FUNCTIONS_URL is for a custom domain only, and ends with /functions/v1",
    );
  }
  return /^https:/.test(url) ? finding("S2", "ok", url) : finding(
    "S2",
    "warn",
    `${url} is not https: Postgres would send the shared secret in the clear`,
    "right for a test on one machine only",
  );
}

const keySet = z.object({ keys: z.array(z.unknown()) });

/** Users' tokens are known by public keys only; the legacy secret has none. */
async function userTokens(url: string): Promise<Finding> {
  const keysUrl = new URL("/auth/v1/.well-known/jwks.json", url).href;
  try {
    const response = await fetch(keysUrl, within());
    const { keys } = keySet.parse(await response.json());
    if (keys.length > 0) return finding("S11", "ok", `${keys.length} public keys`);
  } catch {
    return finding("S11", "warn", `no set of keys at ${keysUrl}`, UNKNOWN_USERS);
  }
  return finding("S11", "warn", "the project publishes no key", UNKNOWN_USERS);
}

const UNKNOWN_USERS =
  "users get 401 from intake-calls, the backend is served: migrate from the legacy JWT secret " +
  "(HS256) to signing keys: supabase/deploy.md#signed-in-users";

const within = () => ({ signal: AbortSignal.timeout(PATIENCE_MILLISECONDS) });
