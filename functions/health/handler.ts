import { AppError } from "../_shared/errors.ts";
import { describe, type Handler, json } from "../_shared/http.ts";
import type { Log } from "../_shared/log.ts";
import { VERSION } from "../_shared/version.ts";
import type { PoolHealth } from "./schema.ts";

export interface HealthDependencies {
  readHealth: () => Promise<PoolHealth>;
  /** Milliseconds since some beginning. */
  now: () => number;
  log: Log;
}

interface Report {
  status: PoolHealth["status"] | "unreachable";
  stalled_jobs: string[];
}

/** Everybody may ask, so however many do, the database is asked this seldom. */
const FRESH_MILLISECONDS = 5000;

/**
 * GET or HEAD /functions/v1/health, for an outside monitor: 200 while organizations get their numbers
 * (healthy, low), 503 when they do not or nobody would notice (empty, stalled, unreachable). It asks
 * the tables and not pg_cron, so it tells of a pg_cron that has stopped.
 */
export function createHandler({ readHealth, now, log }: HealthDependencies): Handler {
  let latest: { at: number; report: Promise<Report> } | undefined;

  const ask = async (): Promise<Report> => {
    try {
      return await readHealth();
    } catch (error) {
      log("health_unreachable", { error: describe(error) });
      return { status: "unreachable", stalled_jobs: [] };
    }
  };

  return async (request) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      const { status, code, detail } = new AppError("method_not_allowed", "Use GET");
      return json(status, { detail, code });
    }
    if (!latest || now() - latest.at >= FRESH_MILLISECONDS) latest = { at: now(), report: ask() };
    const report = await latest.report;
    const isUp = report.status === "healthy" || report.status === "low";
    return json(isUp ? 200 : 503, { ...report, version: VERSION });
  };
}
