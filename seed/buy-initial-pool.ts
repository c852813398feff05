/**
 * `npm run buy-pool -- --count 40 [--area-code 415] [--yes]`: the initial purchase. Safe to interrupt
 * and to repeat: it buys what is missing to the count, and the functions buy on without it.
 */
import { createCarrier } from "../functions/_shared/carrier.ts";
import { createDatabase } from "../functions/_shared/database.ts";
import type { Given } from "../supabase/command-line/options.ts";
import { readApiTarget } from "../supabase/command-line/project.ts";
import { runCommand } from "../supabase/command-line/run.ts";
import { buyPool } from "./buy-pool/buy-pool.ts";
import { buyPoolOptions, COMMAND, telnyxOf } from "./buy-pool/config.ts";
import { createTerminal } from "./buy-pool/terminal.ts";

export { COMMAND };

async function run(options: Given<typeof COMMAND.options>): Promise<number> {
  const encoder = new TextEncoder();
  const terminal = createTerminal(
    Deno.stdin.isTerminal() && Deno.stdout.isTerminal(),
    (text) => void Deno.stdout.writeSync(encoder.encode(text)),
  );
  const target = await readApiTarget(options);
  const telnyx = telnyxOf(target);
  const isSimulated = target.stack && new URL(target.stack.telnyx_url).hostname === "127.0.0.1";
  terminal.line(`Buying for ${target.name}${isSimulated ? ", Telnyx simulated" : ""}`);
  const carrier = telnyx && createCarrier({ ...telnyx, connectionId: "" });
  Deno.addSignalListener("SIGINT", () => {
    terminal.line("Interrupted. What is ordered is bought all the same: run it again to follow.");
    Deno.exit(130);
  });
  return await buyPool(buyPoolOptions(options), {
    call: createDatabase(target.url, target.secretKey),
    search: carrier?.search,
    terminal,
    pause: () => new Promise((resolve) => setTimeout(resolve, 500)),
    now: () => performance.now(),
  });
}

if (import.meta.main) await runCommand(COMMAND, ({ options }) => run(options));
