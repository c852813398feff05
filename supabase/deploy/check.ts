import { checkDatabase } from "./checks/database.ts";
import { checkLiveKit } from "./checks/livekit.ts";
import { checkSupabase } from "./checks/supabase.ts";
import { checkTelnyx } from "./checks/telnyx.ts";
import { checkUsers } from "./checks/users.ts";
import { type Context, type Finding, finding } from "./context.ts";

const CHECKS = [
  { name: "Supabase", run: checkSupabase },
  { name: "signed-in users", run: checkUsers },
  { name: "database", run: checkDatabase },
  { name: "Telnyx", run: checkTelnyx },
  { name: "LiveKit", run: checkLiveKit },
];

const MARKS = { ok: "✓", warn: "!", fail: "✗" };

/** Shows what every check found. Returns whether none failed; nothing has been changed then. */
export async function check(context: Context): Promise<boolean> {
  const { dialogue } = context;
  let failed = 0;
  dialogue.say("Checks");
  for (const { name, run } of CHECKS) {
    for (const found of await attempt(name, () => run(context))) {
      dialogue.say(`  ${MARKS[found.result]} ${found.name}: ${found.detail}`);
      if (found.result !== "ok" && found.help) dialogue.say(`      → ${found.help}`);
      if (found.result === "fail") failed++;
    }
  }
  if (failed > 0) dialogue.say(`\nChecks failed: ${failed}. Nothing was changed.`);
  return failed === 0;
}

async function attempt(name: string, run: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await run();
  } catch (error) {
    return [finding(name, "fail", error instanceof Error ? error.message : String(error))];
  }
}
