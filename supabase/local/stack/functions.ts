import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "./paths.ts";
import { launch } from "./process.ts";
import type { ProjectConfig } from "./project-config.ts";
import { listensOn } from "./readiness.ts";
import type { PartSpec } from "./part.ts";

export interface FunctionPlace {
  name: string;
  entry: string;
  port: number;
  verifyJwt: boolean;
}

// Supabase CLI: only folders with such a name are functions, so that _shared is none.
const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

export const FUNCTIONS_DIRECTORY = inRoot("functions");

/** Every folder with an index.ts, with a port of its own and what config.toml says of it. */
export function findFunctions(
  directory: string,
  config: ProjectConfig,
  choosePort: () => number,
): FunctionPlace[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory).sort()
    .filter((name) => NAME.test(name) && existsSync(join(directory, name, "index.ts")))
    .map((name) => ({
      name,
      entry: join(directory, name, "index.ts"),
      port: choosePort(),
      verifyJwt: config.functions[name]?.verify_jwt ?? true,
    }));
}

/** A process of its own, which may use the network but not write files or start programs. */
export function functionPart(place: FunctionPlace, env: Record<string, string>): PartSpec {
  return {
    name: place.name,
    port: place.port,
    onCrash: "restart",
    ready: listensOn(place.port),
    launch: (logFile) =>
      launch({
        command: Deno.execPath(),
        args: [
          "run",
          "--no-prompt",
          "--allow-net",
          "--allow-env",
          "--allow-read",
          "--allow-sys",
          inRoot("supabase", "local", "stack", "serve-function.ts"),
          place.entry,
        ],
        env: { ...env, DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${place.port}` },
        logFile,
      }),
  };
}
