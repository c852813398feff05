import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Context } from "./context.ts";
import { functionsUrl } from "./target.ts";

/** The two secrets that Postgres knows (see the migration `nudge`). */
export interface VaultSecrets {
  phone_pool_functions_url?: string;
  phone_pool_secret?: string;
}

const secretRow = z.object({ name: z.string(), value: z.string().nullable() });

/** What Vault holds now. From here on no line shows the shared secret. */
export async function readVault({ database, dialogue }: Context): Promise<VaultSecrets> {
  const rows = await database.rows(
    secretRow,
    `select name, decrypted_secret as value from vault.decrypted_secrets
     where name in ('phone_pool_functions_url', 'phone_pool_secret')`,
  );
  const found = Object.fromEntries(rows.map(({ name, value }) => [name, value ?? undefined]));
  if (found.phone_pool_secret) dialogue.hide([found.phone_pool_secret]);
  return found;
}

/** What Vault shall hold: the shared secret that is there stays, a missing one is made up. */
export async function wantedVault(context: Context): Promise<Required<VaultSecrets>> {
  const { phone_pool_secret } = await readVault(context);
  return {
    phone_pool_functions_url: functionsUrl(context.target),
    phone_pool_secret: phone_pool_secret ?? newSecret(context),
  };
}

export function newSecret({ dialogue }: Context): string {
  const secret = randomBytes(32).toString("hex");
  dialogue.hide([secret]);
  return secret;
}

/** Writes one secret by parameter: its value is in no SQL text. */
export async function writeSecret(
  { database }: Context,
  name: keyof VaultSecrets,
  value: string,
): Promise<void> {
  await database.run(
    `select case when s.id is null then vault.create_secret($2, $1)
       else (select null::uuid from vault.update_secret(s.id, $2)) end
     from (select 1) one left join vault.secrets s on s.name = $1`,
    [name, value],
  );
}
