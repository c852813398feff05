import { randomBytes } from "node:crypto";
import pg from "pg";
import { z } from "zod";
import type { Context } from "./context.ts";
import { functionsUrl } from "./target.ts";

/** The two secrets that Postgres knows (see the migration `nudge`). */
export const VAULT_NAMES = ["phone_pool_functions_url", "phone_pool_secret"] as const;
type VaultName = typeof VAULT_NAMES[number];
export type VaultSecrets = Partial<Record<VaultName, string>>;

/** What PHONE_POOL_SECRET of the functions must have at least: see functions/_shared/config.ts. */
const SHORTEST_SECRET = 16;

/**
 * What Vault holds now. A secret that cannot be decrypted counts as missing: in a restored or
 * copied project the root key is another one. From here on no line shows the shared secret.
 */
export async function readVault(context: Context): Promise<VaultSecrets> {
  if (!await hasVault(context)) return {};
  const found: VaultSecrets = {};
  for (const name of VAULT_NAMES) {
    const value = await readSecret(context, name);
    if (value !== UNREADABLE) found[name] = value;
  }
  if (found.phone_pool_secret) context.dialogue.hide([found.phone_pool_secret]);
  return found;
}

/** Before the first migration the extension may not be there. */
async function hasVault({ database }: Context): Promise<boolean> {
  const { exists } = await database.row(
    z.object({ exists: z.boolean() }),
    "select to_regclass('vault.decrypted_secrets') is not null as exists",
  );
  return exists;
}

/** The names of all our secrets that Vault has and cannot decrypt, the callees' key among them. */
export async function unreadableSecrets(context: Context): Promise<string[]> {
  if (!await hasVault(context)) return [];
  const rows = await context.database.rows(
    z.object({ name: z.string() }),
    "select name from vault.secrets where name like 'phone\\_pool\\_%' order by name",
  );
  const unreadable: string[] = [];
  for (const { name } of rows) {
    if (await readSecret(context, name) === UNREADABLE) unreadable.push(name);
  }
  return unreadable;
}

const UNREADABLE = Symbol("there, and cannot be decrypted");

const secretRow = z.object({ value: z.string().nullable() });

async function readSecret(
  { database }: Context,
  name: string,
): Promise<string | undefined | typeof UNREADABLE> {
  try {
    const [row] = await database.rows(
      secretRow,
      "select decrypted_secret as value from vault.decrypted_secrets where name = $1",
      [name],
    );
    return row?.value || undefined;
  } catch (error) {
    if (error instanceof pg.DatabaseError && /ciphertext|decrypt/i.test(error.message)) {
      return UNREADABLE;
    }
    throw error;
  }
}

/** The names of those that are missing or other than they shall be. */
export async function differingSecrets(context: Context): Promise<VaultName[]> {
  const there = await readVault(context);
  return VAULT_NAMES.filter((name) => !fits(context, name, there[name]));
}

/** The URL is the target's; any shared secret that the functions accept stays. */
function fits({ target }: Context, name: VaultName, value: string | undefined): boolean {
  if (name === "phone_pool_functions_url") return value === functionsUrl(target);
  // `supabase db push` of some versions writes what it cannot resolve as it stands.
  return value !== undefined && value.length >= SHORTEST_SECRET && !value.startsWith("env(");
}

/**
 * Writes each secret that differs and reads it back. Not left to `supabase db push`, which writes
 * none when no migration is pending.
 * @returns the names of those written
 * @throws {Error} when Vault holds something else afterwards
 */
export async function writeVault(context: Context): Promise<VaultName[]> {
  if (!await hasVault(context)) return [];
  const differing = await differingSecrets(context);
  const wanted: Record<VaultName, string> = {
    phone_pool_functions_url: functionsUrl(context.target),
    phone_pool_secret: newSecret(context),
  };
  for (const name of differing) await writeSecret(context, name, wanted[name]);
  return differing;
}

export function newSecret({ dialogue }: Context): string {
  const secret = randomBytes(32).toString("hex");
  dialogue.hide([secret]);
  return secret;
}

/**
 * Writes one secret by parameter, its value is in no SQL text, and reads it back.
 * @throws {Error} when Vault holds something else afterwards
 */
export async function writeSecret(context: Context, name: VaultName, value: string): Promise<void> {
  await context.database.run(
    `select case when s.id is null then vault.create_secret($2, $1)
       else (select null::uuid from vault.update_secret(s.id, $2)) end
     from (select 1) one left join vault.secrets s on s.name = $1`,
    [name, value],
  );
  if (await readSecret(context, name) === value) return;
  throw new Error(
    `Vault has another ${name} than was written to it just now\n` +
      `  → delete it (delete from vault.secrets where name = '${name}') and run this again; ` +
      "another deployment may run at the same time",
  );
}
