import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  canReach,
  findInstallation,
  type Installation,
  type OsUser,
  serverUser,
} from "./installation.ts";
import { launch, type Launched } from "../stack/process.ts";
import { connectWhenReady } from "./connect.ts";

/** Every login role of the local database has it, as in Supabase's own local stack. */
export const PASSWORD = "postgres";

export interface Cluster {
  /** Everything of it, to be removed with it. */
  directory: string;
  launch(port: number, logFile: string): Launched;
}

// Data starts empty each time, so nothing is worth a disk flush; a crash of the machine loses it all.
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  fsync: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_connections: "250",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  // Statements and rows carry phone numbers and secrets; the log keeps the bare error.
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  // The platform's backstop for roles without a limit of their own (Supabase docs, "Timeouts").
  statement_timeout: "120s",
};

/**
 * Makes an empty cluster in `preferred` (emptied first), or in the OS's temp directory when none is
 * given or the account that Postgres runs as cannot get there; then with a copy of the binaries.
 * `settings` of the server come on top of the ones above. `claim` is told the folder before anything
 * is in it, so that it can be removed whatever happens next.
 */
export async function createCluster(
  preferred?: string,
  settings: Record<string, string> = {},
  claim: (directory: string) => void = () => {},
): Promise<Cluster> {
  const user = await serverUser();
  const found = findInstallation();
  const directory = await emptyDirectory(preferred, user);
  claim(directory);
  const installation = await reachable(found, directory, user);
  const data = join(directory, "data");
  const passwordFile = join(directory, "password");
  await writeFile(passwordFile, PASSWORD + "\n", { mode: 0o600 });
  if (user) await giveTo(user, directory);
  await initialise(installation, data, passwordFile, user);
  await rm(passwordFile);
  return {
    directory,
    launch: (port, logFile) =>
      launch({
        command: join(installation.native, "bin", "postgres"),
        args: ["-D", data, "-p", String(port), ...settingFlags(installation, settings)],
        logFile,
        user,
        cwd: directory,
        env: { LC_ALL: "C", TZ: "UTC" },
      }),
  };
}

/** Starts the cluster, tells `watch` of its process at once, and waits until it answers. */
export async function startCluster(
  cluster: Cluster,
  port: number,
  logFile: string,
  watch: (process: Launched) => void = () => {},
): Promise<Launched> {
  const process = cluster.launch(port, logFile);
  watch(process);
  const client = await connectWhenReady(databaseUrl("supabase_admin", port), process);
  await client.end();
  return process;
}

export function databaseUrl(role: string, port: number, database = "postgres"): string {
  return `postgresql://${role}:${PASSWORD}@127.0.0.1:${port}/${database}`;
}

function settingFlags(installation: Installation, more: Record<string, string>): string[] {
  const settings = {
    ...SETTINGS,
    ...more,
    extension_control_path: `${installation.extensions}:$system`,
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

async function emptyDirectory(preferred: string | undefined, user?: OsUser): Promise<string> {
  if (preferred) {
    await mkdir(dirname(preferred), { recursive: true });
    if (!user || await canReach(user, dirname(preferred))) {
      await rm(preferred, { recursive: true, force: true });
      await mkdir(preferred, { mode: 0o700 });
      return preferred;
    }
  }
  return await Deno.makeTempDir({ prefix: "phone-pool-postgres-" });
}

async function reachable(
  found: Installation,
  directory: string,
  user?: OsUser,
): Promise<Installation> {
  if (!user) return found;
  const binary = join(found.native, "bin", "postgres");
  if (await canReach(user, binary) && await canReach(user, found.extensions)) return found;
  const copy = { native: join(directory, "native"), extensions: join(directory, "extensions") };
  await run("cp", ["-R", found.native, copy.native]);
  await run("cp", ["-R", found.extensions, copy.extensions]);
  return copy;
}

const giveTo = (user: OsUser, directory: string) =>
  run("chown", ["-R", `${user.uid}:${user.gid}`, directory]);

function initialise(
  installation: Installation,
  data: string,
  passwordFile: string,
  user?: OsUser,
): Promise<void> {
  return run(join(installation.native, "bin", "initdb"), [
    `--pgdata=${data}`,
    "--username=supabase_admin",
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--no-sync",
    "--no-instructions",
  ], user);
}

async function run(command: string, args: string[], user?: OsUser): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, {
    args,
    cwd: "/",
    stdout: "null",
    stderr: "piped",
    ...user,
  }).output();
  if (!success) throw new Error(`${command} failed: ${new TextDecoder().decode(stderr).trim()}`);
}
