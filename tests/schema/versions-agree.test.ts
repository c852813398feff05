import { z } from "zod";
import { createDocument } from "../../functions/intake-calls/openapi.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { VERSION } from "../../functions/_shared/version.ts";
import { inRoot } from "../../supabase/local/stack/paths.ts";

type Versions = Map<string, string>;

function entries(json: unknown, key: string): [string, string][] {
  if (typeof json !== "object" || json === null) return [];
  const value = Object.entries(json).find(([name]) => name === key)?.[1];
  return Object.entries(value ?? {}).map(([name, text]) => [name, String(text)]);
}

const read = async (...path: string[]): Promise<unknown> =>
  JSON.parse(await Deno.readTextFile(inRoot(...path)));

/** npm:@scope/name@1.2.3/path → the package and its version. */
function imported(specifiers: [string, string][]): Versions {
  return new Map(specifiers.map(([name, specifier]) => {
    const [, packageName = "", version = ""] =
      specifier.match(/^npm:\/?((?:@[^/@]+\/)?[^/@]+)@([^/]+)/) ?? [];
    assert(packageName, `${name}: ${specifier} names an npm package and its version`);
    return [packageName, version];
  }));
}

Deno.test("deno.json and functions/deno.json import what package.json installs", async () => {
  const manifest = await read("package.json");
  const installed: Versions = new Map([
    ...entries(manifest, "dependencies"),
    ...entries(manifest, "devDependencies"),
  ]);
  for (const [name, version] of installed) {
    assertMatch(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, `${name}: an exact version`);
  }
  // The client is a package of this repository.
  const roots = imported(
    entries(await read("deno.json"), "imports").filter(([name]) => name !== "phone-pool"),
  );
  const functions = imported(entries(await read("functions", "deno.json"), "imports"));
  for (const [name, version] of [...roots, ...functions]) {
    assertEquals(installed.get(name), version, name);
  }
});

Deno.test("what the functions import is a dependency, not one of development", async () => {
  const dependencies = new Map(entries(await read("package.json"), "dependencies"));
  for (const name of imported(entries(await read("functions", "deno.json"), "imports")).keys()) {
    assert(dependencies.has(name), name);
  }
});

Deno.test("the release is one: package.json, the lock file, the functions, the client, the changelog", async () => {
  const versionOf = async (...path: string[]) =>
    z.object({ version: z.string() }).parse(await read(...path)).version;
  assertEquals(VERSION, await versionOf("package.json"), "functions/_shared/version.ts");
  assertEquals(await versionOf("supabase", "client", "package.json"), VERSION);
  assertEquals(await versionOf("package-lock.json"), VERSION);
  assertEquals(createDocument().info.version, VERSION);
  const changelog = await Deno.readTextFile(inRoot(".github", "CHANGELOG.md"));
  const [, latest] = changelog.match(/^## (\d\S*)$/m) ?? [];
  assertEquals(latest, VERSION);
});
