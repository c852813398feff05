import { parseArgs } from "node:util";
import { z } from "zod";
import { isAlive } from "../../supabase/local/stack/process.ts";
import { inRoot } from "../../supabase/local/stack/paths.ts";
import { readStackFile } from "../../supabase/local/stack/stack-file.ts";
import type { BuyPoolOptions } from "./buy-pool.ts";

export interface Connection {
  name: string;
  url: string;
  secretKey: string;
  telnyx?: { apiKey: string; baseUrl?: string };
}

const argumentsSchema = z.object({
  count: z.string().regex(/^[1-9][0-9]{0,2}$|^1000$/, "--count is 1 to 1000").transform(Number)
    .optional(),
  "area-code": z.string().regex(/^[2-9][0-9]{2}$/, "--area-code is three digits, such as 415")
    .optional(),
  yes: z.boolean().optional(),
});

/** @throws {Error} that says which argument is wrong */
export function readArguments(args: string[]): BuyPoolOptions {
  const { values } = parseArgs({
    args,
    options: {
      count: { type: "string" },
      "area-code": { type: "string" },
      yes: { type: "boolean", short: "y" },
    },
  });
  const parsed = argumentsSchema.safeParse(values);
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map(({ message }) => message).join("; "));
  }
  const { count, "area-code": areaCode = null, yes = false } = parsed.data;
  return { count, areaCode, yes };
}

/**
 * The local stack if one runs, else the project of SUPABASE_URL and SUPABASE_SECRET_KEY.
 * @throws {Error} that says what is missing
 */
export async function readConnection(
  environment: Record<string, string | undefined> = Deno.env.toObject(),
): Promise<Connection> {
  const stack = await readStackFile(environment.PHONE_POOL_DIRECTORY ?? inRoot(".local"));
  if (stack && isAlive(stack.pid)) {
    return {
      name: "the local stack",
      url: stack.api_url,
      secretKey: stack.secret_key,
      telnyx: { apiKey: stack.telnyx_api_key, baseUrl: `${stack.telnyx_url}/v2` },
    };
  }
  const { SUPABASE_URL: url, SUPABASE_SECRET_KEY: secretKey, TELNYX_API_KEY: apiKey } = environment;
  if (!url || !secretKey) {
    throw new Error(
      "No local stack runs (npm start), and SUPABASE_URL and SUPABASE_SECRET_KEY are not set",
    );
  }
  return {
    name: url,
    url,
    secretKey,
    telnyx: apiKey ? { apiKey, baseUrl: environment.TELNYX_BASE_URL } : undefined,
  };
}
