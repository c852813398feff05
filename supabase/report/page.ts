import type { Query } from "./queries.ts";

export type Row = Record<string, string | number | null>;
export interface Section extends Query {
  rows: Row[];
}

const COLOURS = ["#2f6f9f", "#8fb8d6", "#d9a441", "#b5483a", "#7d7d7d", "#c9c9c9"];
const [WIDTH, HEIGHT, LEFT] = [600, 180, 34];

const escape = (text: unknown) =>
  String(text ?? "").replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** One page that needs nothing else: no script, no font, no image of another place. */
export function page(title: string, subtitle: string, sections: Section[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${STYLE}</style></head>
<body><header><h1>${escape(title)}</h1><p>${escape(subtitle)}</p></header>
<main>${sections.map(section).join("\n")}</main></body></html>
`;
}

function section(one: Section): string {
  const body = one.rows.length === 0
    ? `<p class="none">Nothing.</p>`
    : one.kind === "table"
    ? table(one.rows)
    : chart(one);
  return `<section id="${one.id}"><h2>${escape(one.title)}</h2>
<p>${escape(one.about)}</p>
${body}</section>`;
}

function table(rows: Row[]): string {
  const names = Object.keys(rows[0] ?? {});
  const cell = (value: Row[string]) =>
    `<td${isFigure(value) ? ' class="figure"' : ""}>${escape(value)}</td>`;
  return `<div class="scroll"><table><thead><tr>${
    names.map((name) =>
      `<th${isFigure(rows[0]?.[name] ?? null) ? ' class="figure"' : ""}>${
        escape(name.replaceAll("_", " "))
      }</th>`
    ).join("")
  }</tr></thead><tbody>${
    rows.map((row) => `<tr>${names.map((name) => cell(row[name] ?? null)).join("")}</tr>`).join("")
  }</tbody></table></div>`;
}

const isFigure = (value: Row[string]) => /^-?[\d.]+$/.test(String(value));

function chart({ kind, rows, title }: Section): string {
  const [axis = "", ...series] = Object.keys(rows[0] ?? {});
  const figures = rows.map((row) => series.map((name) => Number(row[name] ?? 0)));
  const heights = figures.map((row) =>
    kind === "bars" ? row.reduce((sum, figure) => sum + figure, 0) : Math.max(...row)
  );
  const top = niceTop(Math.max(...heights));
  const x = (index: number) => LEFT + (index * (WIDTH - LEFT)) / rows.length;
  const y = (figure: number) => HEIGHT - (figure / top) * HEIGHT;
  const step = (WIDTH - LEFT) / rows.length;
  const drawn = kind === "bars"
    ? figures.flatMap((row, index) => stack(row, x(index), step, y))
    : series.map((_, at) =>
      line(figures.map((row) => row[at] ?? 0), (k) => x(k) + step / 2, y, at)
    );
  const grid = [0, 0.5, 1].map((share) =>
    `<line x1="${LEFT}" x2="${WIDTH}" y1="${y(share * top)}" y2="${y(share * top)}"/>` +
    `<text x="${LEFT - 4}" y="${y(share * top) + 4}" text-anchor="end">${share * top}</text>`
  );
  const every = Math.ceil(rows.length / 6);
  const labels = rows.map((row, index) =>
    index % every === 0
      ? `<text x="${x(index) + step / 2}" y="${HEIGHT + 14}" text-anchor="middle">${
        escape(row[axis])
      }</text>`
      : ""
  );
  return `<svg role="img" aria-label="${escape(title)}" viewBox="0 -8 ${WIDTH} ${HEIGHT + 26}">
<g class="grid">${grid.join("")}</g>${drawn.join("")}<g class="labels">${labels.join("")}</g></svg>
<ul class="key">${
    series.map((name, at) =>
      `<li><i style="background:${COLOURS[at]}"></i>${escape(name.replaceAll("_", " "))}</li>`
    ).join("")
  }</ul>`;
}

function stack(row: number[], x: number, step: number, y: (figure: number) => number): string[] {
  let sum = 0;
  return row.flatMap((figure, at) => {
    if (figure <= 0) return [];
    const [from, to] = [y(sum), y(sum += figure)];
    return [
      `<rect x="${(x + step * 0.1).toFixed(1)}" y="${to.toFixed(1)}" width="${
        (step * 0.8).toFixed(1)
      }" height="${(from - to).toFixed(1)}" fill="${COLOURS[at]}"/>`,
    ];
  });
}

const line = (
  figures: number[],
  x: (index: number) => number,
  y: (figure: number) => number,
  at: number,
) =>
  `<polyline fill="none" stroke-width="2" stroke="${COLOURS[at]}" points="${
    figures.map((figure, k) => `${x(k).toFixed(1)},${y(figure).toFixed(1)}`).join(" ")
  }"/>`;

/** 1, 2 or 5 of a power of ten, above the highest figure, whose half is a figure people read. */
function niceTop(highest: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(highest, 2)));
  return [1, 2, 4, 6, 10].map((step) => step * power).find((top) => top >= highest) ?? highest;
}

const STYLE = `
:root { color-scheme: light; font: 15px/1.45 system-ui, sans-serif; color: #1c2b36; }
body { margin: 0; background: #f5f7f8; }
header, main { max-width: 1280px; margin: 0 auto; padding: 16px; box-sizing: border-box; }
h1 { margin: 0; font-size: 1.5rem; } h2 { margin: 0; font-size: 1.05rem; }
header p, section > p { margin: 2px 0 10px; color: #55666f; }
main { display: grid; gap: 16px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); }
section { background: #fff; border: 1px solid #dde4e8; border-radius: 8px; padding: 14px; min-width: 0; }
svg { width: 100%; height: auto; display: block; }
.grid line { stroke: #e6ebee; } text { font-size: 11px; fill: #55666f; }
.key { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 14px; margin: 8px 0 0; padding: 0; }
.key i { display: inline-block; width: 10px; height: 10px; margin-right: 5px; border-radius: 2px; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
th, td { text-align: left; padding: 4px 10px 4px 0; border-bottom: 1px solid #e6ebee; white-space: nowrap; }
.figure { text-align: right; font-variant-numeric: tabular-nums; } .none { color: #3d7a4e; }
@media print { body { background: #fff; } section { break-inside: avoid; } }`;
