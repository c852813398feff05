import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Cli, CliError } from "../cli.ts";
import type { Context, Step } from "../context.ts";
import { readVault } from "../vault.ts";

const listed = z.object({ secrets: z.array(z.object({ name: z.string(), value: z.string() })) });

/** `supabase secrets set`, for those that differ. */
export const secrets: Step = {
  name: "secrets",
  async plan(context) {
    const { names, isSharedNew } = await difference(context);
    const all = [...names, ...isSharedNew ? ["PHONE_POOL_SECRET"] : []];
    return all.length > 0 ? [`set for the functions: ${all.join(", ")}`] : [];
  },
  async run(context) {
    const { values } = await difference(context);
    const names = Object.keys(values);
    if (names.length === 0) return "nothing to do";
    await setSecrets(context, values);
    return `${names.length} set: ${names.join(", ")}`;
  },
};

async function difference(context: Context) {
  const { phone_pool_secret } = await readVault(context);
  const wanted: Record<string, string> = { ...context.target.functionSecrets };
  if (phone_pool_secret) wanted.PHONE_POOL_SECRET = phone_pool_secret;
  const values = await changed(context, wanted);
  // Before the first push there is no shared secret to compare with.
  return { values, names: Object.keys(values), isSharedNew: !phone_pool_secret };
}

/** Those of `wanted` that the project does not have with this value. */
export async function changed(
  context: Context,
  wanted: Record<string, string>,
): Promise<Record<string, string>> {
  const digests = await readDigests(context);
  const differing = Object.entries(wanted)
    .filter(([name, value]) => digests.get(name) !== sha256(value));
  return Object.fromEntries(differing);
}

/** What is known already, so that the CLI, which takes its time, is asked once a deployment. */
const known = new WeakMap<Cli, Map<string, string>>();

/**
 * Names of the project's secrets, with what `supabase secrets list` shows for each: the SHA-256 of
 * the value. Should that ever be something else, secrets are set again each time: no harm done.
 */
export async function readDigests({ cli, target }: Context): Promise<Map<string, string>> {
  const found = known.get(cli);
  if (found) return found;
  const reply = await cli.read(
    ["secrets", "list", `--remote=${target.SUPABASE_PROJECT_REF}`],
    listed,
  );
  const digests = new Map(reply.secrets.map(({ name, value }) => [name, value]));
  known.set(cli, digests);
  return digests;
}

/** Sets them by a file that only we can read and that is gone afterwards. */
export async function setSecrets(context: Context, values: Record<string, string>): Promise<void> {
  const { cli, target } = context;
  const digests = await readDigests(context);
  const directory = await Deno.makeTempDir({ prefix: "phone-pool-secrets-" });
  try {
    const file = join(directory, "secrets.env");
    const lines = Object.entries(values).map(([name, value]) => `${name}=${quote(name, value)}\n`);
    await writeFile(file, lines.join(""), { mode: 0o600 });
    const args = ["secrets", "set", "--yes", "--env-file", file];
    const result = await cli.run([...args, `--remote=${target.SUPABASE_PROJECT_REF}`]);
    if (!result.success) throw new CliError(args, result.said);
    for (const [name, value] of Object.entries(values)) digests.set(name, sha256(value));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

export async function unsetSecrets(context: Context, names: string[]): Promise<void> {
  const { cli, target } = context;
  const digests = await readDigests(context);
  const args = ["secrets", "unset", ...names, "--yes", `--remote=${target.SUPABASE_PROJECT_REF}`];
  const result = await cli.run(args);
  if (!result.success) throw new CliError(args, result.said);
  for (const name of names) digests.delete(name);
}

// Single quotes take everything as it is.
function quote(name: string, value: string): string {
  if (/['\n]/.test(value)) throw new Error(`${name} contains a quote or a line break`);
  return `'${value}'`;
}

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
