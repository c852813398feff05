/**
 * `npm run simulate`: what the pool would have done, with low_water 5 and batch_size 10 as they are
 * and with the forecast, in months that nobody has to live through. Prints a table ("wishes": the
 * share at once of those that want an area code) and draws the burst month into
 * tests/simulation/burst-month.svg.
 */
import type { CommandLine } from "../../supabase/command-line/command-line.ts";
import { flag, value, wholeNumber } from "../../supabase/command-line/options.ts";
import { runCommand } from "../../supabase/command-line/run.ts";
import { inRoot } from "../../supabase/local/stack/paths.ts";
import { compare, type Comparison, type Sums } from "./compare.ts";
import { plot } from "./plot.ts";
import { BURST_MONTH, SCENARIOS } from "./scenarios.ts";

export const COMMAND = {
  name: "npm run simulate",
  about: `What the pool would have done in simulated months, with low_water 5 and batch_size 10 as
they are and with the forecast. Draws tests/simulation/burst-month.svg.`,
  options: {
    seeds: value("N", "how many months of each kind, 1 to 1000 (5)", wholeNumber(1, 1000)),
    json: flag("the figures as JSON"),
  },
  isSimulated: true,
};

async function simulate({ options }: CommandLine<typeof COMMAND.options>): Promise<number> {
  const seeds = Array.from({ length: options.seeds ?? 5 }, (_, index) => index + 1);
  const comparisons: Comparison[] = [];
  if (!options.json) printHeading(seeds.length);
  for (const scenario of SCENARIOS) {
    const comparison = compare(scenario, seeds);
    comparisons.push(comparison);
    if (scenario === BURST_MONTH) await draw(comparison);
    if (!options.json) print(comparison, seeds.length);
  }
  if (options.json) {
    const rows = comparisons.map(({ scenario, fixed, forecast }) => ({
      scenario,
      fixed,
      forecast,
    }));
    console.log(JSON.stringify({ seeds: seeds.length, rows }, null, 2));
  }
  return 0;
}

function printHeading(seeds: number): void {
  console.log(`${seeds} seeds each, sums divided by them; a month costs 1 USD a number`);
  console.log(
    row(["scenario", "", "registered", "at once", "wishes", "waited", "longest", "bought", "idle"]),
  );
}

function print({ scenario, fixed, forecast }: Comparison, seeds: number): void {
  console.log(row([scenario, "fixed", ...figures(fixed, seeds)]));
  console.log(row(["", "forecast", ...figures(forecast, seeds)]));
  const waits = fixed.waited === 0 ? "nobody waits" : `waits × ${ratio(forecast, fixed, "waited")}`;
  console.log(row(["", "", `${waits}, idle cost × ${ratio(forecast, fixed, "idleUsd")}`]));
}

function ratio(a: Sums, b: Sums, name: "waited" | "idleUsd"): string {
  return (a[name] / b[name]).toFixed(name === "waited" ? 3 : 2);
}

function figures(sums: Sums, seeds: number): string[] {
  const each = (n: number, digits = 0) => (n / seeds).toFixed(digits);
  return [
    each(sums.registrations),
    `${((1 - sums.waited / sums.registrations) * 100).toFixed(2)} %`,
    sums.wishes === 0 ? "" : `${((1 - sums.wishesWaited / sums.wishes) * 100).toFixed(1)} %`,
    each(sums.waited, 1),
    `${Math.round(sums.longestWaitSeconds)} s`,
    each(sums.purchases),
    `${each(sums.idleUsd, 2)} USD`,
  ];
}

function row([scenario = "", policy = "", ...rest]: string[]): string {
  return [scenario.padEnd(44), policy.padEnd(9), ...rest.map((cell) => cell.padStart(11))].join("");
}

async function draw({ scenario, traces }: Comparison): Promise<void> {
  const lines = [
    { color: "#c2410c", label: "low_water 5, batch_size 10", outcome: traces.fixed },
    { color: "#1d4ed8", label: "the same with the forecast", outcome: traces.forecast },
  ];
  await Deno.writeTextFile(
    inRoot("tests/simulation/burst-month.svg"),
    plot(scenario, BURST_MONTH.days, lines),
  );
}

if (import.meta.main) await runCommand(COMMAND, simulate);
