import { z } from "zod";

const text = z.string().min(1).optional().catch(undefined);
const port = z.coerce.number().int().min(0).max(65535).optional();

const environment = z.object({
  DATABASE_URL: text,
  PHONE_POOL_DIRECTORY: text,
  PHONE_POOL_API_PORT: port,
  PHONE_POOL_DB_PORT: port,
  PHONE_POOL_TELNYX_PORT: port,
  PHONE_POOL_LIVEKIT_PORT: port,
  PHONE_POOL_SECRET: text,
  PHONE_POOL_SECRET_PREVIOUS: text,
  TELNYX_API_KEY: text,
  TELNYX_CONNECTION_ID: text,
  TELNYX_PUBLIC_KEY: text,
  TELNYX_BASE_URL: text,
  LIVEKIT_URL: text,
  LIVEKIT_API_KEY: text,
  LIVEKIT_API_SECRET: text,
  LIVEKIT_SIP_TRUNK_ID: text,
  LIVEKIT_AGENT_NAME: text,
  // What any child process needs to run at all.
  PATH: text,
  HOME: text,
  TMPDIR: text,
  DENO_DIR: text,
  NO_COLOR: text,
});

export type Settings = z.infer<typeof environment>;

/** The only reader of the environment in the stack's supervisor. An empty variable counts as unset. */
export function readSettings(variables: Record<string, string> = Deno.env.toObject()): Settings {
  const given = Object.entries(variables).filter(([, value]) => value !== "");
  const result = environment.safeParse(Object.fromEntries(given));
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`The environment does not fit:\n  ${problems.join("\n  ")}`);
}

/** The environment that every part starts from: nothing of ours leaks into it by accident. */
export function baseEnvironment(settings: Settings): Record<string, string> {
  const { PATH, HOME, TMPDIR, DENO_DIR } = settings;
  return defined({
    PATH,
    HOME,
    TMPDIR,
    DENO_DIR,
    NO_COLOR: "1",
    DENO_NO_UPDATE_CHECK: "1",
    // The parts speak to each other on this machine, whatever proxy the user's shell has.
    NO_PROXY: "127.0.0.1,localhost",
  });
}

export function defined(variables: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]]
    ),
  );
}
