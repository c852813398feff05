import type { Status } from "./read.ts";

/** What the terminal shows. Columns are as wide as what is in them. */
export function renderStatus(status: Status, now: Date): string {
  const { health, alerts, orders, days, spending } = status;
  const stalled = health.stalled_jobs.length > 0 ? ` (${health.stalled_jobs.join(", ")})` : "";
  const cover = health.days_of_cover === null
    ? ""
    : `, lasts about ${Math.round(health.days_of_cover)} days`;
  return [
    `phone-pool ${status.version}, project ${status.project_ref ?? "not said yet"}`,
    `Pool: ${health.status.toUpperCase()}${stalled}, last sweep ${ago(health.last_sweep_at, now)}`,
    table([
      ["available", `${health.available} (low water ${health.low_water}${cover})`],
      ["assigned", `${health.assigned}`],
      ["in quarantine", `${health.suspended}`],
      ["on order", `${health.in_flight}`],
      ["clinics waiting", `${health.waiting}`],
      [
        "rented",
        `${health.rented}, $${health.committed_usd.toFixed(2)} of ` +
        `$${health.monthly_budget_usd.toFixed(2)} committed this month`,
      ],
    ]),
    section(
      "Spending this month, US dollars",
      spending.map(({ part, usd }) => [part, usd.toFixed(2).padStart(9)]),
    ),
    section("30 days", [
      plot("available", days.available),
      plot("registrations", days.registrations),
      plot("calls", days.calls),
    ]),
    `Calls today: ${
      Object.entries(status.calls_today).map(([outcome, count]) =>
        `${count} ${outcome.replaceAll("_", " ")}`
      ).join(", ") || "none"
    }`,
    section(
      "Alerts",
      alerts.length === 0 ? [] : [
        ["severity", "alert", "state", "since", "message"],
        ...alerts.map((a) => [
          a.severity ?? "",
          a.subject ? `${a.kind} ${a.subject}` : a.kind,
          a.state,
          ago(a.opened_at, now),
          a.message,
        ]),
      ],
    ),
    section(
      "Last orders",
      orders.length === 0 ? [] : [
        [
          "planned",
          "status",
          "number",
          "area",
          "for",
          "failures",
          "waiting for, or why not",
          "next",
        ],
        ...orders.map((o) => [
          ago(o.planned_at, now),
          o.status,
          o.phone_number ?? "",
          areaOf(o),
          o.organization_name ?? "the pool",
          `${o.attempts}`,
          o.waiting_for ?? (o.status === "owned" ? "" : o.last_error ?? ""),
          o.next_attempt_at ? until(o.next_attempt_at, now) : "",
        ]),
      ],
    ),
  ].join("\n\n");
}

/** Where it is bought; in brackets where it was to be bought at first. */
function areaOf({ area_code, wanted_area_code }: Status["orders"][number]): string {
  const wanted = wanted_area_code && wanted_area_code !== area_code ? ` (${wanted_area_code})` : "";
  return `${area_code ?? "any"}${wanted}`;
}

const STEPS = "▁▂▃▄▅▆▇█";

/** A row: a sparkline, whose highest day is the figure beside it. */
function plot(name: string, figures: number[]): string[] {
  const highest = Math.max(...figures, 1);
  const marks = figures.map((figure) => STEPS[Math.round((figure / highest) * 7)] ?? "▁");
  return [name, marks.join(""), `at most ${Math.max(...figures, 0)}, now ${figures.at(-1) ?? 0}`];
}

function section(title: string, rows: string[][]): string {
  return `${title}\n${rows.length === 0 ? "  none" : table(rows)}`;
}

export function table(rows: string[][]): string {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, at) => Math.max(widest[at] ?? 0, printable(cell).length)),
    [],
  );
  return rows.map((row) =>
    `  ${row.map((cell, at) => printable(cell).padEnd(widths[at] ?? 0)).join("  ")}`.trimEnd()
  ).join("\n");
}

/** Names and messages come from elsewhere: no control characters reach the terminal. */
function printable(cell: string): string {
  // deno-lint-ignore no-control-regex
  const plain = cell.replace(/[\x00-\x1f\x7f-\x9f]+/g, " ");
  return plain.length > 70 ? `${plain.slice(0, 69)}…` : plain;
}

const ago = (at: Date | null, now: Date) =>
  at === null ? "never" : `${span(now.getTime() - at.getTime())} ago`;

const until = (at: Date, now: Date) =>
  at <= now ? "now" : `in ${span(at.getTime() - now.getTime())}`;

function span(milliseconds: number): string {
  const seconds = Math.max(Math.round(milliseconds / 1000), 0);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800
    ? `${Math.round(seconds / 3600)} h`
    : `${Math.round(seconds / 86_400)} days`;
}
