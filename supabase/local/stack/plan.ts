import { resolve } from "node:path";
import { databaseUrl } from "../postgres/cluster.ts";
import type { Addresses } from "./environments.ts";
import { findFunctions, type FunctionPlace, FUNCTIONS_DIRECTORY } from "./functions.ts";
import type { Ground } from "./ground.ts";
import { createKeys, type Keys } from "./keys.ts";
import { inRoot } from "./paths.ts";
import { choosePorts, type Ports } from "./ports.ts";
import { type ProjectConfig, readProjectConfig } from "./project-config.ts";
import type { Settings } from "./settings.ts";

export interface StackOptions {
  /** Files in a folder that is removed at the end, and free ports: beside any other stack. */
  ephemeral?: boolean;
  /** Names of parts that are not started. */
  without?: string[];
  /** "free": any free ports. */
  ports?: Partial<Ports> | "free";
  /** Added to the environment of every function and simulator. */
  env?: Record<string, string>;
  /** Another folder of functions than functions/. */
  functionsDirectory?: string;
  /** Another file than supabase/config.toml. */
  configFile?: string;
  /** Instead of the environment of this process. */
  settings?: Settings;
  /** Told what happens while the stack is up; the console when not given. */
  report?: (message: string) => void;
  /** Told, while it starts, what is just being started. */
  progress?: (line: string) => void;
}

/** Everything that is decided before the first process starts. */
export interface Plan {
  directory: string;
  settings: Settings;
  config: ProjectConfig;
  ports: Ports;
  keys: Keys;
  addresses: Addresses;
  functions: FunctionPlace[];
  env: Record<string, string>;
  includes: (part: string) => boolean;
}

/** Where the stack of this clone keeps its files: .local, unless PHONE_POOL_DIRECTORY says else. */
export const stackDirectory = (variables: { PHONE_POOL_DIRECTORY?: string }): string =>
  resolve(variables.PHONE_POOL_DIRECTORY || inRoot(".local"));

export async function planStack(options: StackOptions, ground: Ground): Promise<Plan> {
  const { settings, directory, reservations } = ground;
  const config = readProjectConfig(options.configFile);
  const ports = choosePorts(
    settings,
    options.ports ?? (options.ephemeral ? "free" : {}),
    reservations,
  );
  const api = `http://127.0.0.1:${ports.api}`;
  return {
    directory,
    settings,
    config,
    ports,
    keys: await createKeys(settings),
    addresses: {
      api,
      functions: `${api}/functions/v1`,
      database: settings.SUPABASE_DB_URL ?? databaseUrl("postgres", ports.db),
      telnyx: settings.TELNYX_API_KEY
        ? new URL(settings.TELNYX_BASE_URL ?? "https://api.telnyx.com").origin
        : `http://127.0.0.1:${ports.telnyx}`,
      livekit: settings.LIVEKIT_URL ?? `http://127.0.0.1:${ports.livekit}`,
    },
    functions: findFunctions(
      options.functionsDirectory ?? FUNCTIONS_DIRECTORY,
      config,
      () => reservations.hold(0) ?? 0,
    ),
    env: options.env ?? {},
    includes: (part) => !options.without?.includes(part),
  };
}
