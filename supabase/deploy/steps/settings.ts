import { z } from "zod";
import { testAlert } from "../closing.ts";
import type { Context, Step } from "../context.ts";
import { isLockTimeout, untilUnlocked } from "../database.ts";
import { countStopped, switchAssignment } from "../switch.ts";
import { isInstalled } from "../pool-state.ts";

const COLUMNS = {
  initial_size: "PHONE_POOL_INITIAL_SIZE",
  max_numbers: "PHONE_POOL_MAX_NUMBERS",
  monthly_budget_usd: "PHONE_POOL_MONTHLY_BUDGET_USD",
  alert_webhook_url: "PHONE_POOL_ALERT_WEBHOOK_URL",
} as const;

// Numeric columns come as text.
const amount = z.coerce.number();
const settingsRow = z.object({
  initial_size: amount,
  max_numbers: amount,
  monthly_budget_usd: amount,
  alert_webhook_url: z.string().nullable(),
});

/** The settings that the environment names, and assignment on (after a `--remove`). */
export const settings: Step = {
  name: "settings",
  async plan(context) {
    const changes = await differing(context);
    const stopped = await countStopped(context.database);
    return [
      ...Object.entries(changes).map(([column, value]) => `set ${column} to ${value}`),
      ...stopped > 0 ? ["start assigning numbers again"] : [],
    ];
  },
  async run(context) {
    const changes = Object.entries(await differing(context));
    for (const [column, value] of changes) {
      // The column is one of COLUMNS, never input.
      await context.database.run(`update phone_pool.settings set ${column} = $1`, [value]);
    }
    const started = await untilUnlocked(
      () => switchAssignment(context.database, "on"),
      isLockTimeout,
    );
    const alert = changes.some(([column]) => column === "alert_webhook_url")
      ? [await testAlert(context)]
      : [];
    const done = [
      ...changes.map(([column, value]) => `${column} = ${value}`),
      ...started > 0 ? ["assignment switched on"] : [],
      ...alert,
    ];
    return done.length > 0 ? done.join(", ") : "nothing to do";
  },
};

async function differing({ database, target }: Context): Promise<Record<string, number | string>> {
  const wanted = Object.entries(COLUMNS).flatMap(([column, variable]) => {
    const value = target[variable];
    return value === undefined ? [] : [[column, value] as const];
  });
  if (wanted.length === 0) return {};
  if (!await isInstalled(database)) return Object.fromEntries(wanted);
  const there = await database.row(
    settingsRow,
    `select ${Object.keys(COLUMNS).join(", ")} from phone_pool.settings`,
  );
  const known = new Map<string, unknown>(Object.entries(there));
  return Object.fromEntries(wanted.filter(([column, value]) => known.get(column) !== value));
}
