import type { Context } from "./context.ts";
import { readDigests, setSecrets, sha256, unsetSecrets } from "./steps/secrets.ts";
import { differingSecrets, newSecret, readVault, writeSecret } from "./vault.ts";

const PREVIOUS = "PHONE_POOL_SECRET_PREVIOUS";

/**
 * Replaces the secret that Postgres sends to the functions. Nothing is refused meanwhile: the
 * functions know both before Postgres changes over. Interrupted, Postgres still sends one that they
 * know, and a repetition starts from there.
 */
export async function rotateSecret(context: Context): Promise<string> {
  const { phone_pool_secret: current } = await readVault(context);
  const isUnfit = (await differingSecrets(context)).includes("phone_pool_secret");
  if (!current || isUnfit) return "there is no secret yet";
  const next = newSecret(context);
  await setSecrets(context, { PHONE_POOL_SECRET: next, [PREVIOUS]: current });
  await writeSecret(context, "phone_pool_secret", next);
  return "Postgres and the functions have a new secret; the previous one is still accepted";
}

/**
 * Ends a rotation: the functions forget the previous secret. Called when a nudge with the current
 * one has arrived.
 */
export async function forgetPreviousSecret(context: Context): Promise<boolean> {
  const [digests, { phone_pool_secret: current }] = await Promise.all([
    readDigests(context),
    readVault(context),
  ]);
  if (!current || !digests.has(PREVIOUS)) return false;
  if (digests.get("PHONE_POOL_SECRET") !== sha256(current)) return false;
  await unsetSecrets(context, [PREVIOUS]);
  return true;
}
