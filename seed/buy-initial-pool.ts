/**
 * `npm run buy-pool -- --count 40 [--area-code 415] [--yes]`: the initial purchase. Safe to interrupt
 * and to repeat: it buys what is missing to the count, and the functions buy on without it.
 */
import { createCarrier } from "../functions/_shared/carrier.ts";
import { createDatabase } from "../functions/_shared/database.ts";
import { buyPool } from "./buy-pool/buy-pool.ts";
import { readArguments, readConnection } from "./buy-pool/config.ts";
import { createTerminal } from "./buy-pool/terminal.ts";

const encoder = new TextEncoder();
const terminal = createTerminal(
  Deno.stdin.isTerminal() && Deno.stdout.isTerminal(),
  (text) => void Deno.stdout.writeSync(encoder.encode(text)),
);

try {
  const options = readArguments(Deno.args);
  const { name, url, secretKey, telnyx } = await readConnection();
  terminal.line(`Buying for ${name}`);
  const carrier = telnyx && createCarrier({ ...telnyx, connectionId: "" });
  Deno.addSignalListener("SIGINT", () => {
    terminal.line("Interrupted. What is ordered is bought all the same: run it again to follow.");
    Deno.exit(130);
  });
  Deno.exit(
    await buyPool(options, {
      call: createDatabase(url, secretKey),
      search: carrier?.search,
      terminal,
      pause: () => new Promise((resolve) => setTimeout(resolve, 500)),
      now: () => performance.now(),
    }),
  );
} catch (error) {
  terminal.line(error instanceof Error ? error.message : String(error));
  Deno.exit(1);
}
