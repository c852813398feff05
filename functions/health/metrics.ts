import { bearerToken, isOneOf } from "../_shared/credentials.ts";
import { AppError } from "../_shared/errors.ts";
import { createResponder, type Handler, requireMethod } from "../_shared/http.ts";
import type { Log } from "../_shared/log.ts";
import { VERSION } from "../_shared/version.ts";
import type { Sample } from "./schema.ts";

export interface MetricsDependencies {
  readMetrics: () => Promise<Sample[]>;
  /** METRICS_TOKEN; without it nobody is let in. */
  token: string | undefined;
  createLog: (requestId: string) => Log;
}

type Kind = "gauge" | "histogram";

/** Every metric that get_metrics() returns, by its name without the prefix. */
export const METRICS: Record<string, [kind: Kind, help: string]> = {
  build_info: ["gauge", "The release that runs, as a label."],
  pool_status: ["gauge", "1 for the status that the pool has: healthy, low, empty or stalled."],
  numbers: ["gauge", "Phone numbers by status; suspended is quarantine and held back."],
  numbers_low_water: ["gauge", "With fewer available and on order, more are bought."],
  numbers_on_order: ["gauge", "Phone numbers planned or on order at Telnyx."],
  numbers_rented: ["gauge", "Phone numbers that Telnyx bills, or has on order."],
  numbers_max: ["gauge", "settings.max_numbers."],
  organizations_waiting: ["gauge", "Organizations that wait for a number."],
  longest_wait_seconds: ["gauge", "How long the first of them has waited; 0 when none does."],
  registrations_today: ["gauge", "Numbers asked for since midnight UTC, by when they came."],
  committed_usd: ["gauge", "What this calendar month (UTC) is committed to, in US dollars."],
  budget_usd: ["gauge", "settings.monthly_budget_usd."],
  sweep_age_seconds: ["gauge", "Time since the sweep last ran; it runs every minute."],
  alerts: ["gauge", "Open alerts by kind; 0 for a kind that is not open."],
  intake_calls_today: ["gauge", "Calls that have ended since midnight UTC, by outcome."],
  carrier_request_seconds: ["histogram", "Requests to Telnyx since midnight UTC, by operation."],
};

/** GET /functions/v1/health/metrics: Prometheus' text format 0.0.4, counts only. */
export function createMetricsHandler(
  { readMetrics, token, createLog }: MetricsDependencies,
): Handler {
  return createResponder(createLog, async (request) => {
    const offered = bearerToken(request);
    if (!token || !offered || !await isOneOf(offered, [token])) throw new AppError("unauthorized");
    requireMethod(request, "GET");
    const text = render([
      { metric: "build_info", labels: { version: VERSION }, value: 1 },
      ...await readMetrics(),
    ]);
    const headers = {
      "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
      "Cache-Control": "no-store",
    };
    return new Response(text, { headers });
  });
}

/** All samples of a metric below its help and type, as the format wants it. */
function render(samples: Sample[]): string {
  const lines = Object.entries(METRICS).flatMap(([name, [kind, help]]) => {
    const own = samples.filter(({ metric }) =>
      metric.replace(kind === "histogram" ? /_(bucket|sum|count)$/ : "", "") === name
    ).sort((a, b) => bound(a) - bound(b));
    return [
      `# HELP phone_pool_${name} ${help}`,
      `# TYPE phone_pool_${name} ${kind}`,
      ...own.map(({ metric, labels, value }) => `phone_pool_${metric}${labelled(labels)} ${value}`),
    ];
  });
  return `${lines.join("\n")}\n`;
}

/** Buckets stand in the order of their bounds. */
const bound = ({ labels: { le = "0" } }: Sample): number => le === "+Inf" ? 1e9 : Number(le);

function labelled(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([name, value]) =>
    `${name}="${value.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`
  );
  return pairs.length > 0 ? `{${pairs.join(",")}}` : "";
}
