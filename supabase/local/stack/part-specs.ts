import type { Cluster } from "../postgres/cluster.ts";
import { databaseUrl } from "../postgres/cluster.ts";
import { connectWhenReady } from "../postgres/connect.ts";
import { inRoot } from "./paths.ts";
import { launch } from "./process.ts";
import { hasLogged, listensOn } from "./readiness.ts";
import type { PartSpec } from "./part.ts";
import { READY_LINE } from "./worker-process.ts";

export const POSTGRES = "postgres";

export function postgresPart(cluster: Cluster, port: number): PartSpec {
  return {
    name: POSTGRES,
    port,
    onCrash: "stop",
    // Fast shutdown: Postgres would wait for its clients on SIGTERM.
    stopSignal: "SIGINT",
    launch: (logFile) => cluster.launch(port, logFile),
    ready: async (process) => {
      await (await connectWhenReady(databaseUrl("supabase_admin", port), process)).end();
    },
  };
}

export function gatewayPart(port: number, settings: object, env: Record<string, string>): PartSpec {
  return {
    name: "gateway",
    port,
    onCrash: "restart",
    ready: listensOn(port),
    launch: denoProgram("gateway/main.ts", {
      ...env,
      GATEWAY_SETTINGS: JSON.stringify({ ...settings, port }),
    }, ["--unstable-no-legacy-abort"]),
  };
}

export function workerPart(
  name: string,
  databaseUrl: string,
  env: Record<string, string>,
): PartSpec {
  return {
    name,
    onCrash: "restart",
    ready: hasLogged(READY_LINE),
    launch: denoProgram(`${name}.ts`, { ...env, WORKER_DATABASE_URL: databaseUrl }),
  };
}

/** What a simulator sold or placed is only in its memory: gone with it, so is the stack. */
export function simulatorPart(
  service: "telnyx" | "livekit",
  port: number,
  env: Record<string, string>,
): PartSpec {
  return {
    name: `${service}-simulator`,
    port,
    onCrash: "stop",
    ready: listensOn(port),
    launch: denoProgram(`simulators/${service}/main.ts`, env),
  };
}

function denoProgram(
  file: string,
  env: Record<string, string>,
  flags: string[] = [],
): PartSpec["launch"] {
  return (logFile) =>
    launch({
      command: Deno.execPath(),
      args: ["run", "--no-prompt", "-A", ...flags, inRoot("supabase", "local", file)],
      env,
      logFile,
    });
}
