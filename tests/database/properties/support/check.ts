import { createRandom } from "../../../support/random.ts";
import { script, type Step } from "./steps.ts";
import { World } from "./world.ts";

export interface Failure {
  seed: number;
  problems: string[];
  /** The shortest script found that still fails. */
  steps: Step[];
}

/** Plays the script of a seed; undefined when everything held. */
export async function checkSeed(seed: number, length: number): Promise<Failure | undefined> {
  const steps = script(createRandom(seed), length);
  const failed = await play(steps);
  if (failed === undefined) return undefined;
  const shortest = await shrink(steps.slice(0, failed.at + 1));
  const { problems } = await play(shortest) ?? failed;
  return { seed, problems, steps: shortest };
}

async function play(steps: Step[]): Promise<{ at: number; problems: string[] } | undefined> {
  await using world = await World.create();
  for (const [at, step] of steps.entries()) {
    const problems = await world.play(step);
    if (problems.length > 0) return { at, problems };
  }
}

/** Leaves out halves, quarters … single steps as long as the rest still fails. */
async function shrink(steps: Step[]): Promise<Step[]> {
  let shortest = steps;
  for (let size = Math.ceil(steps.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < shortest.length;) {
      const rest = [...shortest.slice(0, from), ...shortest.slice(from + size)];
      if (rest.length > 0 && await play(rest)) shortest = rest;
      else from += size;
    }
  }
  return shortest;
}

export const describeFailure = ({ seed, problems, steps }: Failure): string =>
  [`seed ${seed}:`, ...problems, ...steps.map((step) => `  ${JSON.stringify(step)}`)].join("\n");
