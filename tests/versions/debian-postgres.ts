import { existsSync, readdirSync } from "node:fs";
import { appendFile, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { serverUser } from "../../supabase/local/postgres/installation.ts";
import { inRoot } from "../../supabase/local/stack/paths.ts";
import { freePort } from "../../supabase/local/stack/free-port.ts";

const LIBRARY = "/usr/lib/postgresql";
const SHARE = "/usr/share/postgresql";

export interface DebianPostgres {
  version: string;
  /** Whether Debian's package of pg_cron is installed for it. */
  hasCron: boolean;
}

export interface RunningPostgres {
  /** Of role supabase_admin, a superuser. */
  url: string;
  stop(): Promise<void>;
}

/** The versions of PostgreSQL that Debian's packages have put on this machine. */
export function findDebianPostgres(): DebianPostgres[] {
  if (!existsSync(LIBRARY)) return [];
  return readdirSync(LIBRARY).sort()
    .filter((version) => existsSync(join(LIBRARY, version, "bin", "postgres")))
    .map((version) => ({
      version,
      hasCron: existsSync(join(SHARE, version, "extension", "pg_cron.control")),
    }));
}

/**
 * An empty server of that version. Postgres finds its files relative to its own binary, so a copy
 * of the few megabytes of share/ takes our stand-ins beside Debian's extensions: before version 18
 * there is no extension_control_path. With `cron`, Debian's pg_cron works in the database postgres;
 * else the stand-in does, in any.
 */
export async function startDebianPostgres(
  { version }: DebianPostgres,
  options: { cron?: boolean } = {},
): Promise<RunningPostgres> {
  const directory = await Deno.makeTempDir({ prefix: `phone-pool-postgres-${version}-` });
  const user = await serverUser();
  const bin = join(directory, "lib", "postgresql", version, "bin");
  await install(directory, version, options.cron === true);
  if (user) await run("chown", ["-R", `${user.uid}:${user.gid}`, directory]);
  const data = join(directory, "data");
  await run(join(bin, "initdb"), [
    `--pgdata=${data}`,
    "--username=supabase_admin",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
  ], user);
  const port = freePort();
  await appendFile(join(data, "postgresql.conf"), configuration(port, options.cron === true));
  const control = (args: string[]) =>
    run(join(bin, "pg_ctl"), ["-D", data, "-w", "-l", join(directory, "log"), ...args], user);
  await control(["start"]);
  return {
    url: `postgresql://supabase_admin@127.0.0.1:${port}/postgres`,
    async stop() {
      await control(["stop", "-m", "fast"]);
      await Deno.remove(directory, { recursive: true });
    },
  };
}

async function install(directory: string, version: string, cron: boolean): Promise<void> {
  const library = join(directory, "lib", "postgresql", version);
  const share = join(directory, "share", "postgresql");
  await mkdir(library, { recursive: true });
  await mkdir(share, { recursive: true });
  // The binaries themselves are copied: a link would lead back to Debian's folders.
  await run("cp", ["-RL", join(LIBRARY, version, "bin"), library]);
  await symlink(join(LIBRARY, version, "lib"), join(library, "lib"));
  await run("cp", ["-RL", join(SHARE, version), share]);
  const standIns = inRoot("supabase", "local", "postgres", "extensions", "extension");
  const names = readdirSync(standIns).filter((name) => !cron || !name.startsWith("pg_cron"));
  for (const name of names) {
    await run("cp", [join(standIns, name), join(share, version, "extension", name)]);
  }
  if (!cron) {
    // Debian's version would be in the way of the stand-in's.
    const extension = join(share, version, "extension");
    const foreign = readdirSync(extension)
      .filter((name) => /^pg_cron--.*\.sql$/.test(name) && !names.includes(name));
    for (const name of foreign) await Deno.remove(join(extension, name));
  }
}

const configuration = (port: number, cron: boolean) => `
listen_addresses = '127.0.0.1'
port = ${port}
unix_socket_directories = ''
fsync = off
full_page_writes = off
max_connections = 250
jit = off
timezone = 'UTC'
statement_timeout = '120s'
${cron ? "shared_preload_libraries = 'pg_cron'\ncron.database_name = 'postgres'" : ""}
${cron ? `cron.host = '127.0.0.1'` : ""}
`;

async function run(command: string, args: string[], user?: { uid: number; gid: number }) {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    cwd: "/",
    stdout: "piped",
    stderr: "piped",
    ...user,
  }).output();
  if (success) return;
  const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n");
  throw new Error(`${command} failed: ${text.trim()}`);
}
