/**
 * `npm run test:livekit`: calls on the wire, by LiveKit's own server and SIP bridge, to SIPp.
 * Starts everything once, then runs the tests one after the other: there is one carrier.
 * Arguments are passed on to `deno test`, such as a file. Ends with 0 when programs are missing.
 */
import { fileURLToPath } from "node:url";
import { findPrograms } from "./support/programs.ts";
import { startWire } from "./support/start-wire.ts";
import { WIRE_VARIABLE } from "./support/wire-info.ts";

const { programs, missing } = findPrograms(Deno.env.get("PATH") ?? "");
if (!programs) {
  console.log("SKIPPED: the tests on the wire need programs that are not on PATH:");
  console.log(missing.join("\n"));
  Deno.exit(0);
}

const stopped = nextSignal();
const folder = await Deno.makeTempDir({ prefix: "phone-pool-wire-" });
const wire = await startWire(programs, folder).catch((error: Error) => error);
if (wire instanceof Error) {
  console.error(`${wire.message}\nLogs: ${folder}`);
  Deno.exit(1);
}
console.log(`LiveKit ${wire.info.livekit.url}, carrier 127.0.0.1:${wire.info.carrierPort}`);
const here = fileURLToPath(new URL(".", import.meta.url));
const tests = new Deno.Command(Deno.execPath(), {
  args: ["test", "--allow-all", "--no-check", ...Deno.args.length > 0 ? Deno.args : [here]],
  env: { [WIRE_VARIABLE]: JSON.stringify(wire.info) },
  stdin: "null",
}).spawn();
const code = await Promise.race([tests.status.then((status) => status.code), stopped]);
stopIfRunning(tests);
await tests.status;
await wire.stop();
if (code === 0) await Deno.remove(folder, { recursive: true });
else console.error(`Logs and captures: ${folder}`);
Deno.exit(code);

function stopIfRunning(process: Deno.ChildProcess): void {
  try {
    process.kill("SIGTERM");
  } catch {
    // It has ended by itself.
  }
}

function nextSignal(): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      Deno.addSignalListener(signal, () => resolve(130));
    }
  });
}
