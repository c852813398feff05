export const FIRST_RELEASE = "v1.0.0";

export interface ReleasedFile {
  path: string;
  /** Git's hash of its content. */
  hash: string;
}

export async function git(directory: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("git", {
    args,
    cwd: directory,
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`git ${args[0]}: ${new TextDecoder().decode(stderr).trim()}`);
  return new TextDecoder().decode(stdout);
}

/** The release tags that HEAD contains, oldest first; none: the schema is not released yet. */
export async function releases(directory: string): Promise<string[]> {
  try {
    const tags = await git(directory, ["tag", "--list", "v*", "--sort=v:refname", "--merged"]);
    return tags.split("\n").filter((tag) => /^v\d+\.\d+\.\d+$/.test(tag));
  } catch {
    // An archive without a history has no releases to hold it against.
    return [];
  }
}

/** Makes a repository of the directory and releases what is in it: for tests of these rules. */
export async function release(directory: string, tag: string): Promise<void> {
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example.invalid"];
  await git(directory, ["init", "--quiet"]);
  await git(directory, ["add", "."]);
  await git(directory, [...identity, "commit", "--quiet", "--message", "release"]);
  await git(directory, ["tag", tag]);
}

export async function migrationsOf(directory: string, tag: string): Promise<ReleasedFile[]> {
  const listing = await git(directory, ["ls-tree", "-r", tag, "--", "migrations/"]);
  return listing.split("\n").flatMap((line) => {
    const [, hash, path] = line.match(/^\d+ blob ([0-9a-f]+)\t(.*\.sql)$/) ?? [];
    return hash && path ? [{ hash, path }] : [];
  });
}

/**
 * What breaks the rule that a released migration stays as it is for ever and that new ones come
 * after it: the projects that have applied it would never see the change.
 */
export async function brokenPromises(directory: string, tags: string[]): Promise<string[]> {
  const now = new Map<string, string>();
  for await (const { name } of Deno.readDir(`${directory}/migrations`)) {
    if (!name.endsWith(".sql")) continue;
    const path = `migrations/${name}`;
    now.set(path, (await git(directory, ["hash-object", path])).trim());
  }
  const problems: string[] = [];
  for (const tag of tags) {
    const released = await migrationsOf(directory, tag);
    for (const { path, hash } of released) {
      const current = now.get(path);
      if (current === undefined) problems.push(`${path} of ${tag} is gone`);
      else if (current !== hash) problems.push(`${path} of ${tag} was changed`);
    }
    const last = released.map(({ path }) => path).sort().at(-1) ?? "";
    const known = new Set(released.map(({ path }) => path));
    if (tag !== tags.at(-1)) continue;
    for (const path of now.keys()) {
      if (!known.has(path) && path < last) problems.push(`${path} comes before one of ${tag}`);
    }
  }
  return problems.sort();
}
