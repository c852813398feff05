import { inRoot } from "../../supabase/local/stack/paths.ts";
import { assert, assertEquals } from "../support/assert.ts";

const read = (name: string) => Deno.readTextFile(inRoot("supabase", "examples", name));

Deno.test("every example is in the README, and what it names is there", async () => {
  const readme = await read("README.md");
  const named = [...readme.matchAll(/\]\(([\w.-]+)\)/g)].map(([, name = ""]) => name);
  const files = [...Deno.readDirSync(inRoot("supabase", "examples"))]
    .filter(({ name, isFile }) => isFile && name !== "README.md").map(({ name }) => name);
  assertEquals([...new Set(named)].sort(), files.sort());
});

Deno.test("what the README adds to intake_api.py stands in it", async () => {
  const [, diff = ""] = (await read("README.md")).match(/```diff\n(.*?)```/s) ?? [];
  const added = diff.split("\n").filter((line) => /^\+./.test(line)).map((line) => line.slice(1));
  assert(added.length > 3);
  const file = (await read("intake_api.py")).split("\n");
  assertEquals(added.filter((line) => !file.includes(line)), []);
});

Deno.test("the snippets of the main README are these files", async () => {
  const readme = await Deno.readTextFile(inRoot("README.md"));
  assert(readme.includes("```ts\n" + (await read("clinic.ts")).trimEnd() + "\n```"), "clinic.ts");
  const twin = await read("phone_pool.py");
  const [, snippet = ""] = readme.match(/```python\n(.*?)```/s) ?? [];
  const called = [...snippet.matchAll(/pool\.(\w+)\(/g)].map(([, name]) => name);
  assertEquals(called, ["call_patient", "get_call"]);
  for (const name of called) assert(twin.includes(`async def ${name}(`), name);
});
