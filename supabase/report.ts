/** `npm run report`: the last 30 days as one HTML page. */
import { runCommand } from "./command-line/run.ts";
import { COMMAND, runReport } from "./report/command.ts";

export { COMMAND };

if (import.meta.main) await runCommand(COMMAND, ({ options }) => runReport(options));
