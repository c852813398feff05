import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { inRoot } from "../../supabase/local/stack/paths.ts";
import { assertEquals } from "../support/assert.ts";

const READMES = [
  ".github/CONTRIBUTING.md",
  ".github/SECURITY.md",
  "README.md",
  "functions/README.md",
  "migrations/README.md",
  "migrations/schema/README.md",
  "supabase/README.md",
  "supabase/decisions.md",
  "supabase/deploy.md",
  "supabase/operate.md",
  "supabase/platform.md",
  "supabase/scaling.md",
  "supabase/security.md",
  "supabase/local/README.md",
  "tests/README.md",
  "tests/bench/README.md",
];

const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(inRoot("package.json"), "utf8")));

for (const file of READMES) {
  const text = readFileSync(inRoot(file), "utf8");
  Deno.test(`${file}: every command, link and path is there`, () => {
    const commands = [...text.matchAll(/npm run ([a-z:-]+)/g)].map(([, name = ""]) => name);
    assertEquals(commands.filter((name) => !(name in scripts)), []);
    const links = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link = ""]) => link);
    const local = links.filter((link) => !/^https?:/.test(link));
    assertEquals(local.filter((link) => !existsSync(join(dirname(inRoot(file)), link))), []);
    const paths = [...text.matchAll(/`((?:tests|functions|migrations|supabase|seed)\/[\w./-]+)`/g)]
      .map(([, path = ""]) => path);
    assertEquals(paths.filter((path) => !existsSync(inRoot(path))), []);
  });
}
