// npm run deploy: from a clone to a live Supabase project. supabase/README.md tells the story.
import { createCli } from "./cli.ts";
import { connectDatabase } from "./database.ts";
import { createDialogue, type Dialogue, type Hide } from "./dialogue.ts";
import { type CommandLine, type Options, readCommandLine, USAGE } from "./options.ts";
import { runDeploy } from "./run.ts";
import { readTarget, secretsOf } from "./target.ts";

async function main(): Promise<boolean> {
  const { options, variables } = commandLine();
  if (options.help) {
    console.log(USAGE);
    return true;
  }
  const dialogue = createDialogue({ yes: options.yes });
  try {
    return await deploy(options, variables, dialogue);
  } catch (error) {
    dialogue.say(`\n✗ ${error instanceof Error ? error.message : error}`);
    dialogue.say("Nothing is half done: run the same command again and it goes on from here.");
    return false;
  }
}

async function deploy(
  options: Options,
  variables: Record<string, string>,
  dialogue: Dialogue & { hide: Hide },
): Promise<boolean> {
  const target = await readTarget(variables, dialogue);
  dialogue.hide(secretsOf(target));
  await using database = await connectDatabase(target.SUPABASE_DB_URL);
  const cli = createCli(target, variables);
  const patience = { purchases: 180_000, nudge: 30_000 };
  return await runDeploy({ options, target, cli, database, dialogue, patience });
}

/** A mistake in it is said in one line, and ends the command. */
function commandLine(): CommandLine {
  try {
    return readCommandLine(Deno.args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    Deno.exit(1);
  }
}

Deno.exit(await main() ? 0 : 1);
