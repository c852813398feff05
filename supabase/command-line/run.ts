import {
  type Command,
  type CommandLine,
  readCommandLine,
  usage,
  UsageError,
} from "./command-line.ts";
import { forgetDeployment } from "./environment.ts";
import type { Options } from "./options.ts";

/** For what was typed wrong, as of the shell's own commands. */
export const USAGE_CODE = 2;

/**
 * Runs a command with what was typed and ends the process with the code that it returns. `--help`
 * and a mistake in what was typed end it before anything runs; an error is told without a stack.
 */
export async function runCommand<O extends Options>(
  command: Command<O>,
  run: (line: CommandLine<O>) => Promise<number> | number,
): Promise<never> {
  if (command.isSimulated) forgetDeployment();
  Deno.exit(await codeOf(command, run));
}

async function codeOf<O extends Options>(
  command: Command<O>,
  run: (line: CommandLine<O>) => Promise<number> | number,
): Promise<number> {
  try {
    const line = readCommandLine(command, Deno.args);
    if (line !== "help") return await run(line);
    console.log(usage(command));
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    if (!(error instanceof UsageError)) return command.failure ?? 1;
    console.error(`${command.name} -- --help shows what there is.`);
    return USAGE_CODE;
  }
}
