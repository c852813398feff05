/** `npm start`: the whole stack on this machine, until Ctrl-C. `--detach`: until `npm stop`. */
import { createDialogue } from "../command-line/dialogue.ts";
import { envFileOption, forgetDeployment, readVariables } from "../command-line/environment.ts";
import { flag } from "../command-line/options.ts";
import { runCommand } from "../command-line/run.ts";
import { runDetached, runInForeground } from "./stack/start-command.ts";

export const COMMAND = {
  name: "npm start",
  about: `The whole stack on this machine, until Ctrl-C or npm stop. Telnyx and LiveKit are
simulated and the database is a local one, empty at each start, unless an option
names the real one; what is real stands in the first line.`,
  options: {
    telnyx: flag("the real Telnyx: TELNYX_API_KEY, TELNYX_CONNECTION_ID,\nTELNYX_PUBLIC_KEY"),
    livekit: flag(
      "the real LiveKit: LIVEKIT_URL, LIVEKIT_API_KEY,\nLIVEKIT_API_SECRET, LIVEKIT_SIP_TRUNK_ID,\n" +
        "LIVEKIT_AGENT_NAME (may be left out)",
    ),
    database: flag("the database of SUPABASE_DB_URL; migrations are applied"),
    yes: flag("ask nothing before numbers are bought or a database migrated", "y"),
    detach: flag("return when it is up; npm stop ends it"),
    "env-file": envFileOption,
  },
  variables: {
    PHONE_POOL_DIRECTORY: "where it keeps its files (.local)",
    PHONE_POOL_API_PORT: "port of the API and the functions (54321); 0: any",
    PHONE_POOL_DB_PORT: "port of the local database (54322)",
    PHONE_POOL_TELNYX_PORT: "port of Telnyx's simulator (54331)",
    PHONE_POOL_LIVEKIT_PORT: "port of LiveKit's simulator (54332)",
  },
};

if (import.meta.main) {
  await runCommand(COMMAND, ({ options }) => {
    const { telnyx, livekit, database, yes, detach } = options;
    const variables = readVariables(options["env-file"]);
    // The settings have what was asked for; a library of ours must find no more.
    forgetDeployment();
    const real = { telnyx, livekit, database };
    const start = { real, variables, dialogue: createDialogue({ yes }) };
    if (!detach) return runInForeground(start);
    return runDetached(
      start,
      Deno.args.filter((arg) => !["--detach", "--yes", "-y"].includes(arg)),
    );
  });
}
