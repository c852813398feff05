import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { inRoot } from "../../local/stack/paths.ts";
import { readProjectConfig } from "../../local/stack/project-config.ts";
import { CliError } from "../cli.ts";
import type { Context, Step } from "../context.ts";
import { readDigests, setSecrets, sha256 } from "./secrets.ts";

const listed = z.object({
  functions: z.array(z.looseObject({ slug: z.string(), verify_jwt: z.boolean().nullish() })),
});

/** Name of the secret that remembers what was deployed: the project itself keeps no sources. */
const RELEASE = "PHONE_POOL_RELEASE";

/** `supabase functions deploy --use-api`, when the sources, or what is deployed, differ. */
export const functions: Step = {
  name: "functions",
  async plan(context) {
    const { names, isCurrent } = await compare(context);
    return isCurrent ? [] : [`deploy ${names.length} Edge Functions: ${names.join(", ")}`];
  },
  async run(context) {
    const { names, isCurrent, release } = await compare(context);
    if (isCurrent) return "nothing to do";
    const args = ["functions", "deploy", ...names, "--use-api", "--yes"];
    const result = await context.cli.run([
      ...args,
      `--remote=${context.target.SUPABASE_PROJECT_REF}`,
    ]);
    if (!result.success) throw new CliError(args, result.said);
    // Only now: an interrupted deployment is repeated.
    await setSecrets(context, { [RELEASE]: release });
    return `${names.length} deployed: ${names.join(", ")}`;
  },
};

async function compare(context: Context) {
  const local = await localFunctions();
  const release = await digestOf(inRoot("functions"));
  const [{ functions: there }, digests] = await Promise.all([
    context.cli.read(
      ["functions", "list", `--remote=${context.target.SUPABASE_PROJECT_REF}`],
      listed,
    ),
    readDigests(context),
  ]);
  const isDeployed = local.every(({ name, verifyJwt }) =>
    there.some((found) => found.slug === name && found.verify_jwt === verifyJwt)
  );
  return {
    names: local.map(({ name }) => name),
    release,
    isCurrent: isDeployed && digests.get(RELEASE) === sha256(release),
  };
}

/** Every folder with an index.ts, as the CLI finds them, with what config.toml says of it. */
export async function localFunctions(): Promise<{ name: string; verifyJwt: boolean }[]> {
  const config = readProjectConfig();
  const folders = await readdir(inRoot("functions"), { withFileTypes: true });
  return folders.map(({ name }) => name).sort()
    .filter((name) => /^[A-Za-z][A-Za-z0-9_-]*$/.test(name))
    .filter((name) => existsSync(inRoot("functions", name, "index.ts")))
    // The platform checks a JWT unless told otherwise.
    .map((name) => ({ name, verifyJwt: config.functions[name]?.verify_jwt ?? true }));
}

/** One digest of everything that a bundle can be made of. */
async function digestOf(directory: string): Promise<string> {
  const hash = createHash("sha256").update(
    await readFile(inRoot("supabase", "config.toml"), "utf8"),
  );
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.(ts|json)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name)).sort();
  for (const file of files) {
    hash.update(file.slice(directory.length)).update(await readFile(file, "utf8"));
  }
  return hash.digest("hex");
}
