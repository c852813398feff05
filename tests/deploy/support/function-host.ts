import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { freePort } from "../../../supabase/local/stack/free-port.ts";
import { inRoot } from "../../../supabase/local/stack/paths.ts";
import type { ManagementApi } from "./management-api.ts";

interface Running {
  generation: string;
  port: number;
  process: Deno.ChildProcess;
  directory: string;
}

export interface FunctionHost extends AsyncDisposable {
  /** Passes /functions/v1/<name> on to the deployed function, which is started when first asked. */
  handler(request: Request): Promise<Response>;
}

/**
 * Runs what was uploaded and nothing else: a file that the CLI leaves out is missing here, as on the
 * platform. Secrets that change start the function anew.
 */
export function createFunctionHost(
  api: ManagementApi,
  injected: () => Record<string, string>,
  /** The others answer as a function does to a stranger. */
  runs: (name: string) => boolean,
): FunctionHost {
  const running = new Map<string, Promise<Running>>();
  const generationOf = (name: string) =>
    JSON.stringify([api.functions.get(name)?.version, [...api.secrets]]);

  const ensure = async (name: string): Promise<Running> => {
    const generation = generationOf(name);
    const current = await running.get(name);
    if (current?.generation === generation) return current;
    if (current) await end(current);
    const starting = start(api, name, generation, injected());
    running.set(name, starting);
    return await starting;
  };
  return {
    async handler(request) {
      const url = new URL(request.url);
      const name = url.pathname.split("/")[3] ?? "";
      if (!api.functions.has(name)) {
        await request.body?.cancel();
        return Response.json({ code: "NOT_FOUND" }, { status: 404 });
      }
      if (!runs(name)) {
        await request.body?.cancel();
        return Response.json({ code: "unauthorized" }, { status: 401 });
      }
      const { port } = await ensure(name);
      return await fetch(`http://127.0.0.1:${port}/${name}${url.search}`, {
        method: request.method,
        headers: request.headers,
        body: request.body,
      });
    },
    async [Symbol.asyncDispose]() {
      for (const function_ of running.values()) await end(await function_);
    },
  };
}

async function start(
  api: ManagementApi,
  name: string,
  generation: string,
  injected: Record<string, string>,
): Promise<Running> {
  const deployed = api.functions.get(name);
  if (!deployed) throw new Error(`${name} is not deployed`);
  const directory = await Deno.makeTempDir({ prefix: "phone-pool-function-" });
  for (const [path, text] of deployed.files) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  await symlink(inRoot("node_modules"), join(directory, "node_modules"));
  const { imports } = z.looseObject({ imports: z.record(z.string(), z.string()) })
    .parse(JSON.parse(deployed.files.get(deployed.importMap) ?? "{}"));
  const config = join(directory, "run.json");
  await writeFile(config, JSON.stringify({ imports, nodeModulesDir: "manual", lock: false }));
  const port = freePort();
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--no-prompt",
      "--allow-net",
      "--allow-env",
      "--allow-read",
      "--allow-sys",
      "--config",
      config,
      inRoot("supabase", "local", "stack", "serve-function.ts"),
      join(directory, deployed.entrypoint),
    ],
    env: {
      ...injected,
      ...Object.fromEntries(api.secrets),
      DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${port}`,
    },
    stdout: "null",
    stderr: "null",
  }).spawn();
  await untilListening(port, process);
  return { generation, port, process, directory };
}

async function untilListening(port: number, process: Deno.ChildProcess): Promise<void> {
  let ended = false;
  process.status.then(() => ended = true);
  const deadline = Date.now() + 20_000;
  while (true) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (ended || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function end({ process, directory }: Running): Promise<void> {
  try {
    process.kill("SIGKILL");
  } catch {
    // It has ended by itself.
  }
  await process.status;
  await Deno.remove(directory, { recursive: true });
}
