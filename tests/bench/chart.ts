import type { Growth } from "./cases/growth.ts";

const WIDTH = 760;
const HEIGHT = 420;
const LEFT = 60;
const RIGHT = 250;
const TOP = 40;
const BOTTOM = 50;
const COLOURS = ["#d1242f", "#0969da", "#1a7f37", "#8250df", "#bf8700", "#57606a"];

/** Milliseconds by organizations, both logarithmic, as SVG: what is flat does not grow. */
export function drawGrowth({ sizes, times }: Growth): string {
  const all = [...times.values()].flat();
  const bottom = Math.floor(Math.log10(Math.min(...all)));
  const top = Math.ceil(Math.log10(Math.max(...all)));
  const x = scale(Math.log10(sizes[0]!), Math.log10(sizes.at(-1)!), LEFT, WIDTH - RIGHT);
  const y = scale(bottom, top, HEIGHT - BOTTOM, TOP);
  const grid = [
    ...sizes.map((size) => {
      const at = x(Math.log10(size));
      return line(at, TOP, at, HEIGHT - BOTTOM) +
        text(at, HEIGHT - BOTTOM + 18, size.toLocaleString("en-US"), "middle");
    }),
    ...Array.from({ length: top - bottom + 1 }, (_, step) => {
      const at = y(bottom + step);
      return line(LEFT, at, WIDTH - RIGHT, at) +
        text(LEFT - 8, at + 4, `${10 ** (bottom + step)} ms`, "end");
    }),
  ];
  const curves = [...times].map(([what, took], index) => {
    const points = took.map((value, at) =>
      `${x(Math.log10(sizes[at]!)).toFixed(1)},${y(Math.log10(value)).toFixed(1)}`
    );
    const colour = COLOURS[index % COLOURS.length]!;
    const legend = TOP + 14 + index * 22;
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${colour}" ` +
      `stroke-width="2"/>\n` +
      `<rect x="${WIDTH - RIGHT + 16}" y="${legend - 9}" width="12" height="4" fill="${colour}"/>` +
      text(WIDTH - RIGHT + 34, legend - 3, what, "start");
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ` +
    `font-family="system-ui, sans-serif" font-size="12">\n` +
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>\n` +
    [
      text(LEFT, 22, "Milliseconds by number of organizations", "start"),
      text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "organizations", "middle"),
      ...grid,
      ...curves,
    ].join("\n") +
    "\n</svg>\n";
}

function scale(from: number, to: number, start: number, end: number) {
  return (value: number) => start + (value - from) / (to - from) * (end - start);
}

const line = (x1: number, y1: number, x2: number, y2: number) =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" ` +
  `stroke="#d0d7de"/>`;

const text = (x: number, y: number, content: string, anchor: string) =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${content}</text>`;
