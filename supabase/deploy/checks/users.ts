import { z } from "zod";
import { type Context, type Finding, finding } from "../context.ts";
import { functionsUrl } from "../target.ts";

const keySet = z.object({ keys: z.array(z.unknown()) });

/**
 * Whether the tokens of signed-in users can be verified. A project on the legacy JWT secret (HS256)
 * publishes no key: its users get 401 from intake-calls. The backend's key is not affected.
 */
export async function checkUsers({ target }: Context): Promise<Finding[]> {
  return [await readSigningKeys(functionsUrl(target))];
}

/** What the project at this address publishes for users' tokens. */
export async function readSigningKeys(functions: string): Promise<Finding> {
  const url = new URL("/auth/v1/.well-known/jwks.json", functions);
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    const text = await response.text();
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const { keys } = keySet.parse(JSON.parse(text));
    return keys.length === 0
      ? legacy
      : finding("signed-in users", "ok", `signing keys: ${keys.length}`);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return finding("signed-in users", "warn", `the signing keys cannot be read: ${problem}`, HELP);
  }
}

const HELP = "supabase/README.md#signed-in-users";

const legacy = finding(
  "signed-in users",
  "warn",
  "the project signs users' tokens with the legacy JWT secret (HS256), which no key verifies: " +
    "signed-in users cannot call; the backend can",
  `migrate to signing keys: ${HELP}`,
);
