/**
 * The Telnyx simulator as a process. Its environment is listed in config.ts. It prints where it
 * listens as its first line, then a line for each request to its API, without phone numbers.
 */
import { readConfig } from "./config.ts";
import { startTelnyxSimulator } from "./serve.ts";

const simulator = await startTelnyxSimulator({
  ...readConfig(Deno.env.toObject()),
  log: ({ at, operation, method, answer, code, faults, ms }) =>
    console.log(JSON.stringify({ at, operation, method, answer, code, faults, ms })),
});
console.log(JSON.stringify({ listening: simulator.url, public_key: simulator.publicKey }));
console.error(
  `Telnyx SIMULATOR on ${simulator.url}: not Telnyx, no number is real, nothing is charged.`,
);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, async () => {
    await simulator.stop();
    Deno.exit(0);
  });
}
