// npm run deploy: from a clone to a live Supabase project. supabase/deploy.md tells the story.
import { describeDatabase } from "../command-line/describe-database.ts";
import { createDialogue, type Dialogue, type Hide } from "../command-line/dialogue.ts";
import { readVariables } from "../command-line/environment.ts";
import type { Given } from "../command-line/options.ts";
import { runCommand } from "../command-line/run.ts";
import { createCli } from "./cli.ts";
import { connectDatabase } from "./database.ts";
import { COMMAND, deployOptions } from "./options.ts";
import { runDeploy } from "./run.ts";
import { readTarget, secretsOf } from "./target.ts";

export { COMMAND };

async function run(given: Given<typeof COMMAND.options>): Promise<number> {
  const variables = readVariables(given["env-file"]);
  const dialogue = createDialogue({ yes: given.yes });
  try {
    return await deploy(given, variables, dialogue) ? 0 : 1;
  } catch (error) {
    dialogue.say(`\n✗ ${error instanceof Error ? error.message : error}`);
    dialogue.say("Nothing is half done: run the same command again and it goes on from here.");
    return 1;
  }
}

async function deploy(
  given: Given<typeof COMMAND.options>,
  variables: Record<string, string>,
  dialogue: Dialogue & { hide: Hide },
): Promise<boolean> {
  const target = await readTarget(variables, dialogue);
  dialogue.hide(secretsOf(target));
  dialogue.say(
    `Project ${target.SUPABASE_PROJECT_REF}, ${describeDatabase(target.SUPABASE_DB_URL)}`,
  );
  await using database = await connectDatabase(target.SUPABASE_DB_URL);
  const cli = createCli(target, variables);
  const patience = { purchases: 180_000, nudge: 30_000 };
  const options = deployOptions(given);
  return await runDeploy({ options, target, cli, database, dialogue, patience });
}

if (import.meta.main) await runCommand(COMMAND, ({ options }) => run(options));
