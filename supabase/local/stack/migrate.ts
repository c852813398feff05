import { join } from "node:path";
import { mkdir, readFile } from "node:fs/promises";
import { launch } from "./process.ts";
import { inRoot, ROOT, shown } from "./paths.ts";

export interface MigrateOptions {
  databaseUrl: string;
  logDirectory: string;
  /** The CLI keeps its own files here and not in the user's home. */
  cliHome: string;
  env: Record<string, string>;
  /** The values for [db.vault] of config.toml; without them the Vault is left as it is. */
  vault?: { PHONE_POOL_FUNCTIONS_URL: string; PHONE_POOL_SECRET: string };
}

/** Applies migrations/ and seed/ with the Supabase CLI, exactly as for a project on the platform. */
export async function migrate(options: MigrateOptions): Promise<void> {
  const logFile = join(options.logDirectory, "migrations.log");
  await mkdir(options.logDirectory, { recursive: true });
  await Deno.writeTextFile(logFile, "", { mode: 0o600 });
  const process = launch({
    command: inRoot("node_modules", ".bin", "supabase"),
    args: [
      "db",
      "push",
      `--remote=${options.databaseUrl}`,
      "--yes",
      "--include-seed",
      ...options.vault ? [] : ["--skip-vault"],
    ],
    cwd: ROOT,
    logFile,
    env: {
      ...options.env,
      ...options.vault,
      SUPABASE_HOME: options.cliHome,
      SUPABASE_TELEMETRY_DISABLED: "1",
      DO_NOT_TRACK: "1",
      SUPABASE_NO_UPDATE_NOTIFIER: "1",
    },
  });
  const { code } = await process.exited;
  if (code === 0) return;
  const said = (await readFile(logFile, "utf8")).trimEnd().split("\n").map((line) => `  | ${line}`);
  throw new Error(
    `The migrations could not be applied. Log: ${shown(logFile)}\n${said.join("\n")}`,
  );
}
