import type pg from "pg";

export interface VaultSecrets {
  phone_pool_functions_url: string;
  phone_pool_secret: string;
}

/**
 * Creates the secrets that a server of the user's own does not have yet, and returns what it has
 * then: a secret that somebody set there stays, and the functions have to go by it.
 */
export async function createMissingSecrets(
  client: pg.Client,
  wanted: VaultSecrets,
): Promise<VaultSecrets> {
  const present = await readSecrets(client);
  for (const [name, value] of Object.entries(wanted)) {
    if (present.has(name)) continue;
    await client.query("select vault.create_secret($1, $2)", [value, name]);
    present.set(name, value);
  }
  return {
    phone_pool_functions_url: present.get("phone_pool_functions_url") ??
      wanted.phone_pool_functions_url,
    phone_pool_secret: present.get("phone_pool_secret") ?? wanted.phone_pool_secret,
  };
}

async function readSecrets(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; value: string }>(
    "select name, decrypted_secret as value from vault.decrypted_secrets where name is not null",
  );
  return new Map(rows.map(({ name, value }) => [name, value]));
}
