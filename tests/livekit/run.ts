/**
 * `npm run test:livekit`: calls on the wire, by LiveKit's own server and SIP bridge, to SIPp.
 * Starts everything once, then runs the tests one after the other: there is one carrier.
 */
import { fileURLToPath } from "node:url";
import type { CommandLine } from "../../supabase/command-line/command-line.ts";
import { runCommand } from "../../supabase/command-line/run.ts";
import { filterOption, TEST_OPERANDS, testArguments } from "../support/test-operands.ts";
import { findPrograms } from "./support/programs.ts";
import { startWire } from "./support/start-wire.ts";
import { WIRE_VARIABLE } from "./support/wire-info.ts";

export const COMMAND = {
  name: "npm run test:livekit",
  about: `Calls on real LiveKit and SIP, all on this machine. Needs redis, livekit-server,
livekit-sip and sipp on PATH; ends with 0 when one is missing, and says so.`,
  options: { filter: filterOption },
  operands: TEST_OPERANDS,
  isSimulated: true,
};

async function run({ options, operands }: CommandLine<typeof COMMAND.options>): Promise<number> {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const tests = testArguments(operands, [here], options.filter);
  const { programs, missing } = findPrograms(Deno.env.get("PATH") ?? "");
  if (!programs) {
    console.log("SKIPPED: the tests on the wire need programs that are not on PATH:");
    console.log(missing.join("\n"));
    return 0;
  }
  const stopped = nextSignal();
  const folder = await Deno.makeTempDir({ prefix: "phone-pool-wire-" });
  const wire = await startWire(programs, folder).catch((error: Error) => error);
  if (wire instanceof Error) {
    console.error(`${wire.message}\nLogs: ${folder}`);
    return 1;
  }
  console.log(`LiveKit ${wire.info.livekit.url}, carrier 127.0.0.1:${wire.info.carrierPort}`);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", "--no-check", ...tests],
    env: { [WIRE_VARIABLE]: JSON.stringify(wire.info) },
    stdin: "null",
  }).spawn();
  const code = await Promise.race([child.status.then((status) => status.code), stopped]);
  stopIfRunning(child);
  await child.status;
  await wire.stop();
  if (code === 0) await Deno.remove(folder, { recursive: true });
  else console.error(`Logs and captures: ${folder}`);
  return code;
}

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

if (import.meta.main) await runCommand(COMMAND, run);
