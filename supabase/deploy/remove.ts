import { z } from "zod";
import type { Context } from "./context.ts";
import { isLockTimeout, untilUnlocked } from "./database.ts";
import { isInstalled } from "./pool-state.ts";
import { switchAssignment } from "./switch.ts";

const held = z.object({
  number: z.string(),
  telnyxId: z.string(),
  status: z.string(),
  organization: z.string().nullable(),
});

/**
 * The way out: numbers are no longer given out, bought or released; every number that is still
 * rented is listed. Nothing is deleted, here or at Telnyx; deploying again switches it on.
 */
export async function remove(context: Context): Promise<void> {
  const { database, dialogue, options } = context;
  if (!await isInstalled(database)) {
    dialogue.say("phone-pool is not installed in this database.");
    return;
  }
  const numbers = await database.rows(
    held,
    `select phone_number as number, telnyx_phone_number_id as "telnyxId", status,
       organization_id::text as organization
     from public.phone_numbers where status <> 'released' order by phone_number`,
  );
  dialogue.say(`${numbers.length} numbers are rented at Telnyx and stay so:`);
  for (const { number, telnyxId, status, organization } of numbers) {
    dialogue.say(`  ${[number, telnyxId, status, organization ?? "-"].join("  ")}`);
  }
  dialogue.say(PLAN);
  if (options.dryRun) return;
  if (!await context.dialogue.confirm("Stop giving out and buying numbers?")) return;
  const switched = await untilUnlocked(() => switchAssignment(database, "off"), isLockTimeout);
  dialogue.say(`Done: ${switched} triggers and jobs switched off. ${AFTERWARDS}`);
}

const PLAN = `This will
  switch off the triggers on organizations that give out numbers, and the phone-pool jobs
This will not
  change an organization, delete a table or function, or give a number back to Telnyx
  switch off the trigger that lets go of a deleted organization's number`;

const AFTERWARDS = `npm run deploy switches them on again.
To end the rent, delete the numbers in Telnyx's portal. To remove what is left, see "The way out" in
supabase/deploy.md.`;
