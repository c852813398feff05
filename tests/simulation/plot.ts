import type { Outcome } from "./pool.ts";

const WIDTH = 920;
const HEIGHT = 180;
const LEFT = 60;
const GAP = 70;

interface Line {
  color: string;
  label: string;
  outcome: Outcome;
}

/** Idle numbers and who waits, day by day: one panel each, one line a policy. */
export function plot(title: string, days: number, lines: Line[]): string {
  const panels = [
    panel("numbers that nobody has", 60, days, lines, (point) => point.idle),
    panel("organizations that wait", 60 + HEIGHT + GAP, days, lines, (point) => point.waiting),
  ];
  const height = 60 + 2 * (HEIGHT + GAP);
  const legend = lines.map(({ color, label }, i) =>
    `<rect x="${LEFT + i * 240}" y="30" width="14" height="4" fill="${color}"/>` +
    `<text x="${LEFT + 20 + i * 240}" y="36">${label}</text>`
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 20} ${height}"`,
    `  font-family="sans-serif" font-size="13">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="${LEFT}" y="18" font-size="15">${title}</text>`,
    ...legend,
    ...panels,
    "</svg>\n",
  ].join("\n");
}

type Point = Outcome["trace"][number];

function panel(
  label: string,
  top: number,
  days: number,
  lines: Line[],
  read: (point: Point) => number,
): string {
  const most = Math.max(1, ...lines.flatMap(({ outcome }) => outcome.trace.map(read)));
  const x = (day: number) => (LEFT + day / days * WIDTH).toFixed(1);
  const y = (n: number) => (top + HEIGHT - n / most * HEIGHT).toFixed(1);
  const ticks = Array.from({ length: Math.floor(days / 5) + 1 }, (_, i) => i * 5);
  return [
    `<text x="${LEFT}" y="${top - 6}">${label}</text>`,
    `<path d="M${LEFT} ${top}V${top + HEIGHT}H${LEFT + WIDTH}" fill="none" stroke="#888"/>`,
    `<text x="${LEFT - 6}" y="${top + 10}" text-anchor="end">${most}</text>`,
    `<text x="${LEFT - 6}" y="${top + HEIGHT}" text-anchor="end">0</text>`,
    ...ticks.map((day) => `<text x="${x(day)}" y="${top + HEIGHT + 16}">day ${day}</text>`),
    ...lines.map(({ color, outcome }) =>
      `<path fill="none" stroke="${color}" d="${path(outcome.trace, x, y, read)}"/>`
    ),
  ].join("\n");
}

/** Steps, a new one only where the value changes. */
function path(
  trace: Point[],
  x: (day: number) => string,
  y: (n: number) => string,
  read: (point: Point) => number,
): string {
  let drawn = "";
  let before: number | undefined;
  for (const point of trace) {
    const now = read(point);
    if (now === before) continue;
    drawn += before === undefined ? `M${x(point.day)} ${y(now)}` : `H${x(point.day)}V${y(now)}`;
    before = now;
  }
  return `${drawn}H${x(trace.at(-1)?.day ?? 0)}`;
}
