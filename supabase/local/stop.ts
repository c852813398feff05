/** `npm stop`: ends the stack that `npm start` keeps up. */
import { runCommand } from "../command-line/run.ts";
import { stopStack } from "./stack/stop-command.ts";

export const COMMAND = {
  name: "npm stop",
  about: "Ends the stack that npm start keeps up, or removes what a killed one has left.",
  options: {},
  variables: { PHONE_POOL_DIRECTORY: "where it keeps its files (.local)" },
};

if (import.meta.main) await runCommand(COMMAND, () => stopStack());
