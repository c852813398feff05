import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { inRoot } from "../../local/stack/paths.ts";
import { CliError } from "../cli.ts";
import type { Context, Step } from "../context.ts";
import { forCli, untilUnlocked } from "../database.ts";
import { differingSecrets, writeVault } from "../vault.ts";

interface Migration {
  version: string;
  file: string;
}

const applied = z.object({ version: z.string(), name: z.string().nullable() });
type Applied = z.infer<typeof applied>;

/** The migrations that are missing (`supabase db push`), and the secrets that Postgres needs. */
export const migrations: Step = {
  name: "database",
  async plan(context) {
    const missing = missingOf(await localMigrations(), await readApplied(context));
    const secrets = await differingSecrets(context);
    return [
      ...missing.length > 0 ? [`apply ${missing.length} migrations (supabase db push)`] : [],
      ...secrets.length > 0 ? [`write to Vault: ${secrets.join(", ")}`] : [],
    ];
  },
  async run(context) {
    const local = await localMigrations();
    const there = await readApplied(context);
    const missing = missingOf(local, there);
    // Before the jobs run that need them, where Vault is there already.
    const secrets = await writeVault(context);
    if (missing.length > 0) {
      await withWorkdir(local, there, (workdir) => push(context, workdir));
      secrets.push(...await writeVault(context));
      await requireApplied(context, missing);
    }
    const wrong = await differingSecrets(context);
    if (wrong.length > 0) throw new Error(`Vault lacks ${wrong.join(", ")}: run this again`);
    const done = [
      ...missing.length > 0 ? [`${missing.length} migrations applied`] : [],
      ...secrets.length > 0 ? [`written to Vault and read back: ${secrets.join(", ")}`] : [],
    ];
    return done.length > 0 ? done.join("; ") : "nothing to do";
  },
};

async function push({ cli, target, dialogue }: Context, workdir: string): Promise<void> {
  const { url, env } = forCli(target.SUPABASE_DB_URL);
  const args = ["db", "push", "--workdir", workdir, `--remote=${url}`, "--include-all"];
  await untilUnlocked(
    async () => {
      const result = await cli.run([...args, "--skip-vault", "--yes"], { env });
      if (!result.success) throw new CliError(args, result.said);
    },
    // Each migration is one transaction, so what was applied before stays and is not repeated.
    (error) => error instanceof CliError && /lock timeout|55P03/.test(error.said),
    () => dialogue.say("  organizations is busy: trying again"),
  );
}

/**
 * A folder for `db push` to work in: our migrations, and an empty file for each migration that the
 * application itself has applied. The CLI refuses a history that it does not know.
 */
async function withWorkdir(
  local: Migration[],
  there: Applied[],
  work: (workdir: string) => Promise<void>,
): Promise<void> {
  const workdir = await Deno.makeTempDir({ prefix: "phone-pool-deploy-" });
  try {
    const folder = join(workdir, "supabase", "migrations");
    await mkdir(folder, { recursive: true });
    await copyFile(inRoot("supabase", "config.toml"), join(workdir, "supabase", "config.toml"));
    const known = new Set(local.map(({ version }) => version));
    for (const { file } of local) await copyFile(inRoot("migrations", file), join(folder, file));
    for (const { version } of there.filter(({ version }) => !known.has(version))) {
      await writeFile(join(folder, `${version}_of_the_application.sql`), "");
    }
    await work(workdir);
  } finally {
    await Deno.remove(workdir, { recursive: true });
  }
}

/** @throws {Error} when the CLI said that all went well, and a migration is not in the history */
async function requireApplied(context: Context, wanted: Migration[]): Promise<void> {
  const left = missingOf(wanted, await readApplied(context));
  if (left.length === 0) return;
  throw new Error(
    `supabase db push has left out ${left.map(({ file }) => file).join(", ")}\n` +
      "  → run this again; if it stays so, apply them by hand: npx supabase db push",
  );
}

export async function localMigrations(): Promise<Migration[]> {
  const files = (await readdir(inRoot("migrations"))).sort();
  return files.flatMap((file) => {
    const version = file.match(/^(\d+)_.*\.sql$/)?.[1];
    return version ? [{ version, file }] : [];
  });
}

export async function readApplied({ database }: Context): Promise<Applied[]> {
  const { exists } = await database.row(
    z.object({ exists: z.boolean() }),
    "select to_regclass('supabase_migrations.schema_migrations') is not null as exists",
  );
  if (!exists) return [];
  return await database.rows(
    applied,
    "select version, name from supabase_migrations.schema_migrations order by version",
  );
}

function missingOf(local: Migration[], there: Applied[]): Migration[] {
  const versions = new Set(there.map(({ version }) => version));
  return local.filter(({ version }) => !versions.has(version));
}
