import { readFileSync } from "node:fs";
import { z } from "zod";
import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { COMMAND } from "../../../supabase/deploy/options.ts";
import { inRoot } from "../../../supabase/local/stack/paths.ts";
import { blocksOf, commandsOf } from "../support/documents.ts";

/** The runbook is none of them: its statements need a database with something wrong, and
 * tests/admin/runbook runs them. */
const DOCUMENTS = ["deploy.md", "security.md", "decisions.md", "scaling.md", "platform.md"];
const DEPLOY = readFileSync(inRoot("supabase", "deploy.md"), "utf8");
const ALL = ["README.md", "operate.md", ...DOCUMENTS]
  .map((file) => readFileSync(inRoot("supabase", file), "utf8")).join("\n");

Deno.test("every SQL statement of the documents runs", async (t) => {
  await using db = await createTestDatabase();
  for (const block of DOCUMENTS.flatMap((file) => blocksOf(file))) {
    await t.step(block.split("\n")[0] ?? "", async () => void await db.query(block));
  }
});

Deno.test("every command in them exists", () => {
  const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(inRoot("package.json"), "utf8")));
  // They change a project, or this folder: what they do is tested elsewhere.
  const known = ["npm ci", "npx supabase login", "npx supabase migration fetch"];
  const strange = DOCUMENTS.flatMap(commandsOf).filter((command) => {
    const script = command.match(/^npm run (\S+)/)?.[1];
    return script ? scripts[script] === undefined : !known.includes(command);
  });
  assertEquals(strange, []);
});

Deno.test("every option and every variable of the command is in it, and no other", () => {
  const documented = [...DEPLOY.matchAll(/^\| `--([a-z-]+)[=`]/gm)].map(([, name]) => name);
  assertEquals(documented.sort(), Object.keys(COMMAND.options).sort());
});

Deno.test("every file and folder that they name is there", () => {
  const names = [...ALL.matchAll(/`((?:tests|supabase|\.github)\/[^`*…]+)`/g)]
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
