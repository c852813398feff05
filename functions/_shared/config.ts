import { z } from "zod";

/** The one place that reads the environment. Every part of the configuration is a zod shape. */

const keySet = z.string().transform((text, context) => {
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(text));
  } catch {
    context.addIssue({ code: "custom", message: "is not a JSON object of keys" });
    return z.NEVER;
  }
});

const text = z.string().trim().min(1);

/** The database: injected by Supabase. Projects without new API keys have the legacy one. */
export const databaseShape = {
  SUPABASE_URL: z.url(),
  SUPABASE_SECRET_KEYS: keySet.optional(),
  SUPABASE_SERVICE_ROLE_KEY: text.optional(),
};

/** The secret that Postgres sends with a nudge; the previous one while it is being rotated. */
export const nudgeShape = {
  PHONE_POOL_SECRET: text.min(16),
  PHONE_POOL_SECRET_PREVIOUS: text.min(16).optional(),
};

export const carrierShape = {
  TELNYX_API_KEY: text,
  TELNYX_CONNECTION_ID: text,
  TELNYX_BASE_URL: z.url().optional(),
  /** How long a request to Telnyx may take. */
  TELNYX_TIMEOUT_MS: z.coerce.number().int().min(100).max(15_000).optional(),
};

/** What Telnyx signs webhooks with: base64 of the raw 32 bytes, as its portal shows it. */
export const carrierWebhookShape = {
  TELNYX_PUBLIC_KEY: text.regex(/^[A-Za-z0-9+/]{43}=$/, "is not a public key of Telnyx"),
};

/** LiveKit: also what it signs webhooks with. */
export const liveKitShape = {
  LIVEKIT_URL: z.url(),
  LIVEKIT_API_KEY: text,
  LIVEKIT_API_SECRET: text,
};

export const telephonyShape = {
  ...liveKitShape,
  LIVEKIT_SIP_TRUNK_ID: text,
  LIVEKIT_AGENT_NAME: text.optional(),
};

/** Public keys that users' tokens are signed with; injected by Supabase. */
export const usersShape = {
  SUPABASE_JWKS: z.string().optional(),
};

const origin = z.string().trim().refine(
  (value) =>
    URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) &&
    new URL(value).origin === value,
  "is a list of origins with commas, such as https://app.example.com",
);

/** The web pages that may call from a browser: origins, with commas between; none if not set. */
export const browsersShape = {
  ALLOWED_ORIGINS: z.string().transform((list) => list.split(",")).pipe(z.array(origin))
    .optional(),
};

/** What a Prometheus that reads health/metrics has to say. */
export const metricsShape = {
  METRICS_TOKEN: text.min(16, "is shorter than 16 characters").optional(),
};

export class ConfigurationError extends Error {
  override name = "ConfigurationError";
}

/**
 * The variables of `shape`, parsed.
 * @throws {ConfigurationError} that lists every variable that is missing or wrong, without values
 */
export function readConfig<Shape extends z.ZodRawShape>(
  shape: Shape,
  environment: Record<string, string | undefined> = Deno.env.toObject(),
): z.output<z.ZodObject<Shape>> {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => name in shape && value !== ""),
  );
  const parsed = z.object(shape).safeParse(present);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return name in present ? `${name} ${issue.message}` : `${name} is missing`;
  });
  throw new ConfigurationError(`Set the function's secrets: ${problems.join("; ")}`);
}

/** The project's secret keys, the one to use the Data API with first. */
export function secretKeys(
  config: { SUPABASE_SECRET_KEYS?: Record<string, string>; SUPABASE_SERVICE_ROLE_KEY?: string },
): [string, ...string[]] {
  const { default: preferred, ...others } = config.SUPABASE_SECRET_KEYS ?? {};
  const keys = [preferred, config.SUPABASE_SERVICE_ROLE_KEY, ...Object.values(others)]
    .filter((key) => key !== undefined);
  const [first, ...rest] = keys;
  if (!first) throw new ConfigurationError("SUPABASE_SECRET_KEYS has no key named default");
  return [first, ...rest];
}
