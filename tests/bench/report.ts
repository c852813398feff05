import type { Comparison, Spread } from "./compare.ts";

export function printComparisons(comparisons: Comparison[], goals: Record<string, string> = {}) {
  for (const { what, side, against, ratio, sideValue, againstValue, unit } of comparisons) {
    const goal = goals[against] ? `  goal ${goals[against]}` : "";
    console.log(
      `${what}: ${side} ÷ ${against} = ${ratio.median.toFixed(2)} ` +
        `(${ratio.least.toFixed(2)}–${ratio.most.toFixed(2)})${goal}` +
        `   [${show(sideValue)} / ${show(againstValue)} ${unit}]`,
    );
  }
}

const show = ({ median }: Spread) => median.toPrecision(3);
