import type { Result } from "../report.ts";
import type { BenchServer } from "../server.ts";

/** What a request to intake-calls costs beside the same LiveKit requests alone. */
export async function calls(_server: BenchServer, isQuick: boolean): Promise<Result[]> {
  const script = new URL("../intake-calls.ts", import.meta.url).pathname;
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, ...isQuick ? ["--quick"] : []],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("intake-calls could not be measured");
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "");
}
