import { join } from "node:path";
import { inRoot } from "../../../supabase/local/stack/paths.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { catalogue, difference } from "../catalogue.ts";
import { buildAll, stamp, unreleased } from "./build.ts";
import { migrationFiles } from "./files.ts";

export interface Written {
  file: string;
  /** What the file does not bring about: to be written into it by hand. */
  missing: string[];
}

/** So that they are told from the migrations of the application. */
const PREFIX = "phone_pool_";

/**
 * Writes the migration from what is released, and from other unreleased migrations, to the schema.
 * @throws {Error} when there is no difference
 */
export async function writeDifference(root: string, name: string, now: Date): Promise<Written> {
  for (const file of await unreleased(root)) {
    if (file.slice(15) === `${PREFIX}${name}.sql`) {
      await Deno.remove(join(root, "migrations", file));
    }
  }
  await using from = await applied(root, await migrationFiles(root));
  await using to = await built(root);
  if (difference(await catalogue(to), await catalogue(from)).length === 0) {
    throw new Error("The migrations build the schema already: there is nothing to write");
  }
  const access = await Deno.readTextFile(join(root, "migrations", "schema", "access.sql"));
  const file = `${stamp(now)}_${PREFIX}${name}.sql`;
  await Deno.writeTextFile(
    join(root, "migrations", file),
    `-- ${name.replaceAll("_", " ")}\n\nset local check_function_bodies = off;\n` +
      `set local lock_timeout = '150ms';\n\n${await diff(from, to)}\n${access}`,
  );
  await using upgraded = await applied(root, await migrationFiles(root));
  return { file, missing: difference(await catalogue(to), await catalogue(upgraded)) };
}

/** A database with these migrations of a repository. */
export async function applied(root: string, files: string[]): Promise<TestDatabase> {
  const db = await createTestDatabase({ bare: true });
  for (const file of files) await db.query(await Deno.readTextFile(join(root, "migrations", file)));
  return db;
}

/** A database with the schema as its files say it. */
export async function built(root: string): Promise<TestDatabase> {
  const db = await createTestDatabase({ bare: true });
  const { schema, attach } = await buildAll(root);
  await db.query(schema);
  await db.query(attach);
  return db;
}

/**
 * By the Supabase CLI (pg-delta). It leaves out rights on functions, rows, and what a system role
 * owns: access.sql is run again in each migration, the rest is found by comparing catalogues.
 */
async function diff(from: TestDatabase, to: TestDatabase): Promise<string> {
  const home = await Deno.makeTempDir({ prefix: "phone-pool-diff-" });
  try {
    const { success, stderr } = await new Deno.Command(
      inRoot("node_modules", ".bin", "supabase"),
      {
        args: ["db", "diff", `--from=${from.superuserUrl}`, `--to=${to.superuserUrl}`]
          .concat([
            "--schema=public,phone_pool,phone_pool_worker",
            `--output=${join(home, "diff.sql")}`,
          ]),
        cwd: home,
        env: {
          PATH: Deno.env.get("PATH") ?? "",
          HOME: home,
          SUPABASE_HOME: home,
          SUPABASE_TELEMETRY_DISABLED: "1",
          DO_NOT_TRACK: "1",
          SUPABASE_NO_UPDATE_NOTIFIER: "1",
          NO_COLOR: "1",
        },
        clearEnv: true,
        stdin: "null",
      },
    ).output();
    if (!success) throw new Error(`supabase db diff: ${new TextDecoder().decode(stderr).trim()}`);
    return (await Deno.readTextFile(join(home, "diff.sql"))).trim() + "\n";
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}
