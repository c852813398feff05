import { existsSync } from "node:fs";
import { cp, symlink } from "node:fs/promises";
import { join } from "node:path";
import { inRoot } from "../../supabase/local/stack/paths.ts";
import { SERVER_VARIABLE } from "../support/postgres-server.ts";
import { describe, type Mutant, oneLine } from "./mutant.ts";

const COPIED = ["functions", "migrations", "seed", "supabase", "tests", "deno.json"]
  .concat(["package.json", "README.md", ".github"]);
/** What waits for ever is noticed as well. */
const LONGEST_MILLISECONDS = 600_000;

export interface Copy extends AsyncDisposable {
  /**
   * Whether the tests fail with this change, and pass without it.
   * @throws {Error} the list is out of date, or the change is no code at all
   */
  isNoticed(mutant: Mutant): Promise<boolean>;
}

/** A copy of the repository to make wrong. */
export async function createCopy(serverUrl: string): Promise<Copy> {
  const folder = await Deno.makeTempDir({ prefix: "phone-pool-mutants-" });
  for (const name of COPIED) {
    await cp(inRoot(name), join(folder, name), { recursive: true, verbatimSymlinks: true });
  }
  await symlink(inRoot("node_modules"), join(folder, "node_modules"));
  // What is released is history: here all of the schema is built anew.
  await Deno.remove(join(folder, "migrations", "released.txt")).catch(() => {});

  const run = (args: string[]) => deno(folder, serverUrl, args);
  const passing = new Set<string>();
  const pass = (tests: string[]) => run(["test", "-A", "--no-check", "--fail-fast", ...tests]);

  async function build({ file }: Mutant): Promise<boolean> {
    if (!file.endsWith(".sql")) return await run(["cache", "--no-check", file]);
    return await run(["run", "-A", "tests/schema/migration.ts"]) &&
      await run(["run", "-A", "tests/mutants/load-schema.ts", serverUrl]);
  }

  return {
    async isNoticed(mutant) {
      const { file, tests } = mutant;
      const text = await Deno.readTextFile(join(folder, file));
      const missing = tests.find((test) => !existsSync(join(folder, test)));
      if (missing) throw new Error(`${missing} is not there: ${describe(mutant)}`);
      if (text.split(mutant.from).length !== 2) {
        throw new Error(`${file} does not have "${oneLine(mutant.from)}" once`);
      }
      await Deno.writeTextFile(join(folder, file), text.replace(mutant.from, () => mutant.to));
      try {
        if (!await build(mutant)) throw new Error(`This is no code: ${describe(mutant)}`);
        if (await pass(tests)) return false;
      } finally {
        await Deno.writeTextFile(join(folder, file), text);
        if (file.endsWith(".sql")) await build(mutant);
      }
      const key = tests.join(" ");
      if (!passing.has(key) && !await pass(tests)) throw new Error(`These fail anyway: ${key}`);
      passing.add(key);
      return true;
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

async function deno(cwd: string, serverUrl: string, args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    env: { NO_COLOR: "1", [SERVER_VARIABLE]: serverUrl },
    signal: AbortSignal.timeout(LONGEST_MILLISECONDS),
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}
