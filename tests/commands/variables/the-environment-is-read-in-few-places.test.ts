import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "../../../supabase/local/stack/paths.ts";
import { assertEquals } from "../../support/assert.ts";

/**
 * What may read the shell's variables. A simulated command comes to none of them before it has
 * forgotten the deployment's; the programs of the stack are started with an environment of their own.
 */
const READERS = [
  "functions/_shared/config.ts",
  "supabase/command-line/environment.ts",
  "supabase/local/gateway/main.ts",
  "supabase/local/simulators/livekit/main.ts",
  "supabase/local/simulators/telnyx/main.ts",
  "supabase/local/stack/settings.ts",
  "supabase/local/stack/stop-command.ts",
  "supabase/local/stack/worker-process.ts",
];

Deno.test("only these files of the product read the environment", () => {
  const readers = ["functions", "seed", "supabase"].flatMap((folder) =>
    readdirSync(inRoot(folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => /\bDeno\.env\b|\bprocess\.env\b/.test(readFileSync(file, "utf8")))
      .map((file) => file.slice(inRoot().length + 1))
  );
  assertEquals(readers.sort(), READERS);
});
