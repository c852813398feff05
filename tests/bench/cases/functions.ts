import { readdirSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../../supabase/local/stack/free-port.ts";
import { inRoot } from "../../../supabase/local/stack/paths.ts";
import { spread } from "../compare.ts";
import { once, type Result } from "../report.ts";

const RUNS = 5;

/** Any value will do: nothing is asked of anybody while a function starts. */
const ENVIRONMENT = {
  SUPABASE_URL: "http://127.0.0.1:9",
  SUPABASE_SECRET_KEYS: '{"default":"sb_secret_bench"}',
  PHONE_POOL_SECRET: "bench-secret-of-32-characters-ok",
  TELNYX_API_KEY: "KEY_bench",
  TELNYX_CONNECTION_ID: "1",
  TELNYX_PUBLIC_KEY: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
  LIVEKIT_URL: "http://127.0.0.1:9",
  LIVEKIT_API_KEY: "bench",
  LIVEKIT_API_SECRET: "bench-secret-of-32-characters-ok",
  LIVEKIT_SIP_TRUNK_ID: "ST_bench",
};

const BARE = "data:text/javascript,Deno.serve(() => new Response())";

/** From the start of the process to the first answer, beside a function that imports nothing. */
export async function functions(): Promise<Result[]> {
  const names = readdirSync(inRoot("functions")).filter((name) => /^[a-z-]+$/.test(name));
  const bare = spread(await coldStarts(BARE)).median;
  const results: Result[] = [];
  for (const name of names) {
    const entry = inRoot("functions", name, "index.ts");
    const added = (await coldStarts(entry)).map((took) => took - bare);
    const megabytes = await bundleSize(entry) / 1024 / 1024;
    results.push(
      {
        what: `${name}: imports, beyond a bare Deno.serve`,
        unit: "ms",
        ...spread(added),
        atMost: 150,
      },
      { what: `${name}: bundle`, unit: "MB", ...once(megabytes), atMost: 20 },
    );
  }
  return results;
}

async function coldStarts(entry: string): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const port = freePort();
    const startedAt = performance.now();
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", entry],
      env: { ...ENVIRONMENT, DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${port}` },
      stdout: "null",
      stderr: "null",
    }).spawn();
    await firstAnswer(port);
    if (run > 0) times.push(performance.now() - startedAt);
    child.kill("SIGKILL");
    await child.status;
  }
  return times;
}

async function firstAnswer(port: number): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (performance.now() < deadline) {
    const response = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    if (response) return void await response.body?.cancel();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error("the function does not answer");
}

async function bundleSize(entry: string): Promise<number> {
  const directory = await Deno.makeTempDir();
  try {
    const output = join(directory, "bundle.js");
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["bundle", "--quiet", "--platform", "deno", "-o", output, entry],
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return (await Deno.stat(output)).size;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
