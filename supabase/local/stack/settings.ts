import { z } from "zod";
import {
  carrierShape,
  carrierWebhookShape,
  telephonyShape,
} from "../../../functions/_shared/config.ts";

/** Which services are real ones, instead of what the stack brings along. */
export interface RealServices {
  telnyx: boolean;
  livekit: boolean;
  database: boolean;
}

export const NOTHING_REAL: RealServices = { telnyx: false, livekit: false, database: false };

const text = z.string().min(1).optional().catch(undefined);
const NO_PORT = "is not a port: a whole number from 0 to 65535, 0 for any free one";
const port = z.string().regex(/^\d{1,5}$/, NO_PORT).transform(Number)
  .refine((number) => number <= 65535, NO_PORT).optional();

const machineShape = {
  PHONE_POOL_DIRECTORY: text,
  PHONE_POOL_API_PORT: port,
  PHONE_POOL_DB_PORT: port,
  PHONE_POOL_TELNYX_PORT: port,
  PHONE_POOL_LIVEKIT_PORT: port,
  // What any child process needs to run at all.
  PATH: text,
  HOME: text,
  TMPDIR: text,
  DENO_DIR: text,
  NO_COLOR: text,
};

/** The variables of each real service: those that a deployment reads. */
export const REAL_SHAPES = {
  telnyx: z.object({ ...carrierShape, ...carrierWebhookShape }),
  livekit: z.object(telephonyShape),
  database: z.object({
    SUPABASE_DB_URL: z.url({ protocol: /^postgres(ql)?$/, error: "is not postgresql://…" }),
  }),
};

type Real =
  & z.output<typeof REAL_SHAPES.telnyx>
  & z.output<typeof REAL_SHAPES.livekit>
  & z.output<typeof REAL_SHAPES.database>;

/** The variables of a real service are there only if it was asked for. */
export type Settings = z.output<z.ZodObject<typeof machineShape>> & Partial<Real>;

/**
 * The only reader of the environment in the stack's supervisor. An empty variable counts as unset.
 * @throws {Error} that lists every variable that is missing or wrong
 */
export function readSettings(
  variables: Record<string, string> = Deno.env.toObject(),
  real: RealServices = NOTHING_REAL,
): Settings {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  const problems: string[] = [];
  const read = <Schema extends z.ZodObject>(schema: Schema): Partial<z.output<Schema>> => {
    const { data, error } = schema.safeParse(given);
    for (const { path, message } of error?.issues ?? []) {
      const name = String(path[0]);
      problems.push(name in given ? `${name} ${message}` : `${name} is missing`);
    }
    return data ?? {};
  };
  const settings = {
    ...read(z.object(machineShape)),
    ...real.telnyx ? read(REAL_SHAPES.telnyx) : {},
    ...real.livekit ? read(REAL_SHAPES.livekit) : {},
    ...real.database ? read(REAL_SHAPES.database) : {},
  };
  if (problems.length === 0) return settings;
  throw new Error(`These variables do not fit:\n  ${problems.join("\n  ")}`);
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
