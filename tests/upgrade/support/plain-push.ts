import { copyFile, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { inRoot } from "../../../supabase/local/stack/paths.ts";
import type { TestDatabase } from "../../support/database.ts";

export interface PlainPush extends AsyncDisposable {
  /** `supabase db push` as it is typed in a shell: the CLI's own settings, nothing of ours. */
  run(): Promise<{ success: boolean; said: string; milliseconds: number }>;
}

/** The migrations in a folder as the CLI expects it. */
export async function preparePush(database: TestDatabase): Promise<PlainPush> {
  const directory = await Deno.makeTempDir({ prefix: "phone-pool-push-" });
  const folder = join(directory, "supabase", "migrations");
  await mkdir(folder, { recursive: true });
  await copyFile(inRoot("supabase", "config.toml"), join(directory, "supabase", "config.toml"));
  for (const name of await readdir(inRoot("migrations"))) {
    if (name.endsWith(".sql")) await copyFile(inRoot("migrations", name), join(folder, name));
  }
  return {
    async run() {
      const start = performance.now();
      const { success, stdout, stderr } = await new Deno.Command(
        inRoot("node_modules", ".bin", "supabase"),
        {
          args: ["db", "push", "--workdir", directory, `--remote=${database.url}`, "--yes"],
          env: {
            PATH: Deno.env.get("PATH") ?? "",
            HOME: directory,
            SUPABASE_HOME: directory,
            SUPABASE_TELEMETRY_DISABLED: "1",
            SUPABASE_NO_UPDATE_NOTIFIER: "1",
            NO_COLOR: "1",
          },
          clearEnv: true,
          stdin: "null",
          // One that waits for the table is as good as one that hangs.
          signal: AbortSignal.timeout(30_000),
        },
      ).output();
      const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n");
      return { success, said, milliseconds: performance.now() - start };
    },
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}
