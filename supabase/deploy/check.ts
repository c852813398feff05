import { type Assumption, CHECKED, lineOf } from "./assumptions.ts";
import { checkDatabase } from "./checks/database.ts";
import { checkLiveKit } from "./checks/livekit.ts";
import { checkPlatform } from "./checks/platform.ts";
import { checkSupabase } from "./checks/supabase.ts";
import { checkTelnyx } from "./checks/telnyx.ts";
import { type Context, type Finding, finding } from "./context.ts";

/** What a check that fails as a whole is shown as: its first assumption. */
const CHECKS: { first: Assumption; run: (context: Context) => Promise<Finding[]> }[] = [
  { first: "S1", run: checkSupabase },
  { first: "S3", run: checkPlatform },
  { first: "A1", run: checkDatabase },
  { first: "T1", run: checkTelnyx },
  { first: "L1", run: checkLiveKit },
];

const MARKS = { ok: "✓", warn: "!", fail: "✗" };

/** Shows what every check found. Returns whether none failed; nothing has been changed then. */
export async function check(context: Context): Promise<boolean> {
  const { dialogue } = context;
  let failed = 0;
  dialogue.say("Checks");
  for (const { first, run } of CHECKS) {
    for (const found of await attempt(first, () => run(context))) {
      show(context, found);
      if (found.result === "fail") failed++;
    }
  }
  if (failed > 0) dialogue.say(`\nChecks failed: ${failed}. Nothing was changed.`);
  return failed === 0;
}

function show({ dialogue }: Context, { assumption, result, detail, help }: Finding): void {
  dialogue.say(`  ${MARKS[result]} ${CHECKED[assumption]}: ${detail}`);
  if (result === "ok") return;
  if (help) dialogue.say(`      → ${help}`);
  dialogue.say(`      ${lineOf(assumption)} (${assumption})`);
}

async function attempt(first: Assumption, run: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await run();
  } catch (error) {
    return [finding(first, "fail", error instanceof Error ? error.message : String(error))];
  }
}
