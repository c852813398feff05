/** `npm run status [-- --json | --watch]`: how the pool is. */
import { runCommand } from "./command-line/run.ts";
import { COMMAND, runStatus } from "./status/command.ts";

export { COMMAND };

if (import.meta.main) await runCommand(COMMAND, ({ options }) => runStatus(options));
