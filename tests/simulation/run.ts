/**
 * `npm run simulate`: what the pool would have done, with low_water 5 and batch_size 10 as they are
 * and with the forecast, in months that nobody has to live through. Prints a table ("wishes": the
 * share at once of those that want an area code) and draws the burst month into
 * tests/simulation/burst-month.svg. `--seeds=5`, `--json`.
 */
import { parseArgs } from "node:util";
import { inRoot } from "../../supabase/local/stack/paths.ts";
import { compare, type Comparison, type Sums } from "./compare.ts";
import { plot } from "./plot.ts";
import { BURST_MONTH, SCENARIOS } from "./scenarios.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: { seeds: { type: "string", default: "5" }, json: { type: "boolean", default: false } },
});
const seeds = Array.from({ length: Math.max(Number(values.seeds) || 1, 1) }, (_, i) => i + 1);
const comparisons: Comparison[] = [];
if (!values.json) {
  console.log(`${seeds.length} seeds each, sums divided by them; a month costs 1 USD a number`);
  console.log(
    row(["scenario", "", "registered", "at once", "wishes", "waited", "longest", "bought", "idle"]),
  );
}
for (const scenario of SCENARIOS) {
  const comparison = compare(scenario, seeds);
  comparisons.push(comparison);
  if (scenario === BURST_MONTH) await draw(comparison);
  if (!values.json) print(comparison);
}
if (values.json) {
  const rows = comparisons.map(({ scenario, fixed, forecast }) => ({ scenario, fixed, forecast }));
  console.log(JSON.stringify({ seeds: seeds.length, rows }, null, 2));
}

function print({ scenario, fixed, forecast }: Comparison): void {
  console.log(row([scenario, "fixed", ...figures(fixed)]));
  console.log(row(["", "forecast", ...figures(forecast)]));
  const waits = fixed.waited === 0 ? "nobody waits" : `waits × ${ratio(forecast, fixed, "waited")}`;
  console.log(row(["", "", `${waits}, idle cost × ${ratio(forecast, fixed, "idleUsd")}`]));
}

function ratio(a: Sums, b: Sums, name: "waited" | "idleUsd"): string {
  return (a[name] / b[name]).toFixed(name === "waited" ? 3 : 2);
}

function figures(sums: Sums): string[] {
  const each = (n: number, digits = 0) => (n / seeds.length).toFixed(digits);
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
