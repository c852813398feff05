import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import * as functionConfig from "../../functions/_shared/config.ts";
import { inRoot } from "../local/stack/paths.ts";
import type { Dialogue } from "../command-line/dialogue.ts";

const text = z.string().trim().min(1);
const NO_AMOUNT = "is not an amount, such as 40";
const amount = z.coerce.number({ error: NO_AMOUNT }).nonnegative(NO_AMOUNT).optional();

/**
 * What the functions read beside what Supabase injects and what the deployment makes up itself: out
 * of their own configuration, so that no function is ever deployed without its variables.
 */
const functionShape: Record<string, z.ZodType> = Object.fromEntries(
  Object.entries(functionConfig)
    .filter(([name]) => name.endsWith("Shape"))
    .flatMap(([, shape]) => Object.entries(shape))
    .filter(([name]) => !/^(SUPABASE_|PHONE_POOL_SECRET)/.test(name)),
);

const targetSchema = z.object({
  SUPABASE_PROJECT_REF: text.regex(
    /^[a-z]{20}$/,
    "is not 20 letters, as the dashboard's address shows them",
  ),
  SUPABASE_DB_URL: z.url({ protocol: /^postgres(ql)?$/, error: "is not postgresql://…" }),
  SUPABASE_ACCESS_TOKEN: text.optional(),
  SUPABASE_PROFILE: text.optional(),
  PHONE_POOL_FUNCTIONS_URL: z.url({ error: "is not a URL" }).optional(),
  ...functionConfig.carrierShape,
  ...functionConfig.telephonyShape,
  TELNYX_CONNECTION_ID: text.regex(/^\d+$/, "is not a number"),
  PHONE_POOL_INITIAL_SIZE: amount,
  PHONE_POOL_MAX_NUMBERS: amount,
  PHONE_POOL_MONTHLY_BUDGET_USD: amount,
  PHONE_POOL_ALERT_WEBHOOK_URL: z.url({ protocol: /^https?$/, error: "is not https://…" })
    .optional(),
});

/** Where to deploy, and every credential that it takes. */
export type Target = z.infer<typeof targetSchema> & {
  /** The functions' secrets as they were given. */
  functionSecrets: Record<string, string>;
};

/** The names of all variables that a deployment reads. */
export const targetVariables = (): string[] =>
  Object.keys({ ...targetSchema.shape, ...functionShape });

/** Asked for when missing, in this order. */
const QUESTIONS: { name: string; question: string; secret?: boolean }[] = [
  { name: "SUPABASE_PROJECT_REF", question: "Project ref (Project Settings → General)" },
  {
    name: "SUPABASE_DB_URL",
    question: "Connection string of the session pooler or the database (Connect), with password",
    secret: true,
  },
  { name: "TELNYX_API_KEY", question: "Telnyx API key", secret: true },
  { name: "TELNYX_CONNECTION_ID", question: "Telnyx connection id (Voice → SIP Connections)" },
  { name: "TELNYX_PUBLIC_KEY", question: "Telnyx public key (Account → Public Key)" },
  { name: "LIVEKIT_URL", question: "LiveKit URL (wss://…livekit.cloud)" },
  { name: "LIVEKIT_API_KEY", question: "LiveKit API key" },
  { name: "LIVEKIT_API_SECRET", question: "LiveKit API secret", secret: true },
  { name: "LIVEKIT_SIP_TRUNK_ID", question: "LiveKit outbound trunk id (ST_…)" },
  {
    name: "LIVEKIT_AGENT_NAME",
    question: "Name that the voice agent registers with (Enter: none is sent)",
  },
  {
    name: "PHONE_POOL_ALERT_WEBHOOK_URL",
    question: "Where alerts go, such as a Slack incoming webhook (Enter: as it is)",
    secret: true,
  },
];

/**
 * The target out of the environment, the linked project and the answers to questions.
 * @throws {Error} that lists every variable that is missing or wrong, without values
 */
export async function readTarget(
  variables: Record<string, string>,
  dialogue: Dialogue,
): Promise<Target> {
  const given: Record<string, string> = { ...variables };
  given.SUPABASE_PROJECT_REF ??= linkedProject() ?? "";
  for (const { name, question, secret } of QUESTIONS) {
    if (!given[name]) given[name] = await dialogue.askFor(question, { secret }) ?? "";
  }
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""));
  const parsed = targetSchema.extend(functionShape).safeParse(present);
  if (parsed.success) {
    const functionSecrets = Object.keys(functionShape)
      .flatMap((name) => present[name] === undefined ? [] : [[name, present[name]]]);
    return {
      ...targetSchema.parse(present),
      functionSecrets: Object.fromEntries(functionSecrets),
    };
  }
  const problems = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    return name in present ? `${name} ${message}` : `${name} is missing`;
  });
  throw new Error(
    `These variables do not fit:\n  ${problems.join("\n  ")}\n` +
      "  → supabase/deploy.md says where each is found",
  );
}

/** Every value of the target that must never be seen. */
export function secretsOf(target: Target): string[] {
  const { SUPABASE_ACCESS_TOKEN, SUPABASE_DB_URL, functionSecrets } = target;
  const { PHONE_POOL_ALERT_WEBHOOK_URL: alertUrl } = target;
  const ofFunctions = Object.entries(functionSecrets)
    .filter(([name]) => /KEY|SECRET|TOKEN|PASSWORD/.test(name) && !/PUBLIC/.test(name))
    .map(([, value]) => value);
  const password = decodeURIComponent(new URL(SUPABASE_DB_URL).password);
  return [SUPABASE_ACCESS_TOKEN ?? "", SUPABASE_DB_URL, password, alertUrl ?? "", ...ofFunctions]
    .filter((value) => value !== "");
}

/** Where the functions answer, without a slash at the end. */
export const functionsUrl = (target: Target): string =>
  target.PHONE_POOL_FUNCTIONS_URL?.replace(/\/+$/, "") ??
    `https://${target.SUPABASE_PROJECT_REF}.supabase.co/functions/v1`;

function linkedProject(): string | undefined {
  const file = inRoot("supabase", ".temp", "project-ref");
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}
