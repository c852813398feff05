import { readFileSync } from "node:fs";
import { z } from "zod";
import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { COMMAND } from "../../../supabase/deploy/options.ts";
import { inRoot } from "../../../supabase/local/stack/paths.ts";
import { blocksOf, commandsOf } from "../support/documents.ts";

const README = readFileSync(inRoot("supabase", "README.md"), "utf8");

Deno.test("every SQL statement of supabase/README.md runs", async (t) => {
  await using db = await createTestDatabase();
  // The runbook's need a database with something wrong: tests/admin/runbook runs them.
  const runbook = new Set(blocksOf("README.md", "Runbook"));
  for (const block of blocksOf("README.md").filter((block) => !runbook.has(block))) {
    await t.step(block.split("\n")[0] ?? "", async () => void await db.query(block));
  }
});

Deno.test("every command in it exists", () => {
  const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(inRoot("package.json"), "utf8")));
  // They change a project, or this folder: what they do is tested elsewhere.
  const known = ["npm ci", "npx supabase login", "npx supabase migration fetch"];
  const strange = commandsOf("README.md").filter((command) => {
    const script = command.match(/^npm run (\S+)/)?.[1];
    return script ? scripts[script] === undefined : !known.includes(command);
  });
  assertEquals(strange, []);
});

Deno.test("every option and every variable of the command is in it, and no other", () => {
  const documented = [...README.matchAll(/^\| `--([a-z-]+)[=`]/gm)].map(([, name]) => name);
  assertEquals(documented.sort(), Object.keys(COMMAND.options).sort());
});

Deno.test("every file and folder that it names is there", () => {
  const names = [...README.matchAll(/`((?:tests|supabase|\.github)\/[^`*…]+)`/g)]
    .map(([, name = ""]) => name);
  const missing = names.filter((name) => {
    try {
      Deno.statSync(inRoot(name));
      return false;
    } catch {
      return true;
    }
  });
  assertEquals(missing, []);
});
