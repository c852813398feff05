import { readFileSync } from "node:fs";
import { z } from "zod";
import { inRoot } from "../../supabase/local/stack/paths.ts";
import { assertEquals } from "../support/assert.ts";

const names = z.record(z.string(), z.string()).default({});
const lockFile = z.object({
  packages: z.record(z.string(), z.object({ optionalDependencies: names })),
});

// npm ci refuses a lock file that leaves one out, on every platform; npm install writes such a file
// where a registry mirror does not carry them all.
Deno.test("the lock file has an entry for every platform's binaries", () => {
  const { packages } = lockFile.parse(
    JSON.parse(readFileSync(inRoot("package-lock.json"), "utf8")),
  );
  const missing = Object.values(packages)
    .flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies))
    .filter((name) => !(`node_modules/${name}` in packages));
  assertEquals(missing, []);
});
