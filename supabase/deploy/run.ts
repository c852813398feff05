import { check } from "./check.ts";
import { close, reminders } from "./closing.ts";
import type { Context, Step } from "./context.ts";
import { remove } from "./remove.ts";
import { forgetPreviousSecret, rotateSecret } from "./rotate.ts";
import { backfill } from "./steps/backfill.ts";
import { functions } from "./steps/functions.ts";
import { migrations } from "./steps/migrations.ts";
import { pool } from "./steps/pool.ts";
import { secrets } from "./steps/secrets.ts";
import { settings } from "./steps/settings.ts";
import { smoke } from "./steps/smoke.ts";

/** In this order; each looks for itself what is left to do, so a run goes on where one ended. */
export const STEPS: Step[] = [migrations, secrets, functions, settings, pool, backfill, smoke];

/** Told when something has been finished; a test interrupts here. */
export type Checkpoint = (name: string) => void;

/** Checks, shows the plan, asks, and does it. Returns whether all went well. */
export async function runDeploy(
  context: Context,
  checkpoint: Checkpoint = () => {},
): Promise<boolean> {
  const { dialogue, options } = context;
  if (options.remove) {
    await remove(context);
    return true;
  }
  if (!await check(context)) return false;
  checkpoint("checks");
  await showPlan(context);
  if (options.dryRun) {
    dialogue.say("\nDry run: nothing was changed.");
    return true;
  }
  if (!await dialogue.confirm("Go ahead?")) return false;
  if (options.rotateSecret) {
    dialogue.say(`✓ rotation: ${await rotateSecret(context)}`);
    checkpoint("rotation");
  }
  for (const step of STEPS) {
    dialogue.say(`… ${step.name}`);
    dialogue.say(`✓ ${step.name}: ${await step.run(context)}`);
    checkpoint(step.name);
  }
  if (await forgetPreviousSecret(context)) {
    dialogue.say("✓ rotation: the functions have forgotten the previous secret");
  }
  await close(context);
  return true;
}

async function showPlan(context: Context): Promise<void> {
  context.dialogue.say("\nPlan");
  if (context.options.rotateSecret) context.dialogue.say("  replace the shared secret");
  for (const step of STEPS) {
    const lines = await step.plan(context);
    for (const line of lines.length > 0 ? lines : ["nothing to do"]) {
      context.dialogue.say(`  ${step.name}: ${line}`);
    }
  }
  for (const line of await reminders(context)) context.dialogue.say(`  ${line}`);
}
