/**
 * migrations/released.txt: which migrations each release has, with the SHA-256 of each. Committed,
 * not a tag: a copy of the repository without its history still knows what must not change.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { migrationFiles } from "./files.ts";

export interface Released {
  /** The release that had it first: "1.0.0". */
  release: string;
  digest: string;
  /** In migrations/. */
  file: string;
}

const LINE = /^(\d+\.\d+\.\d+) {2}([0-9a-f]{64}) {2}(\S+)$/;

/** In the order of the file: oldest release first. None: nothing is released yet. */
export async function readReleased(root: string): Promise<Released[]> {
  let text: string;
  try {
    text = await Deno.readTextFile(list(root));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
    const [, release, digest, file] = line.match(LINE) ?? [];
    if (!release || !digest || !file) throw new Error(`migrations/released.txt: "${line}"`);
    return { release, digest, file };
  });
}

/** Writes down that the migrations that are there now are those of this release. */
export async function release(root: string, version: string): Promise<Released[]> {
  const before = await readReleased(root);
  const known = new Set(before.map(({ file }) => file));
  const added: Released[] = [];
  for (const file of await migrationFiles(root)) {
    if (!known.has(file)) {
      added.push({ release: version, digest: await digestOf(root, file), file });
    }
  }
  const lines = [...before, ...added].map((one) => `${one.release}  ${one.digest}  ${one.file}\n`);
  await Deno.writeTextFile(list(root), HEADER + lines.join(""));
  return added;
}

/**
 * What breaks the rule that a released migration stays as it is for ever and that new ones come
 * after it: the projects that have applied it would never see the change.
 */
export async function brokenPromises(root: string): Promise<string[]> {
  const released = await readReleased(root);
  const files = await migrationFiles(root);
  const problems: string[] = [];
  for (const { release, digest, file } of released) {
    if (!files.includes(file)) problems.push(`migrations/${file} of ${release} is gone`);
    else if (await digestOf(root, file) !== digest) {
      problems.push(`migrations/${file} of ${release} was changed`);
    }
  }
  const last = released.at(-1);
  const known = new Set(released.map(({ file }) => file));
  for (const file of files) {
    if (last && !known.has(file) && file < last.file) {
      problems.push(`migrations/${file} comes before one of ${last.release}`);
    }
  }
  return problems.sort();
}

async function digestOf(root: string, file: string): Promise<string> {
  const bytes = await Deno.readFile(join(root, "migrations", file));
  return createHash("sha256").update(bytes).digest("hex");
}

const list = (root: string) => join(root, "migrations", "released.txt");

const HEADER = "# release, SHA-256, migration: npm run migration -- --release <version>\n";
