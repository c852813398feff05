import type pg from "pg";
import { z } from "zod";
import { VERSION } from "../../functions/_shared/version.ts";
import { QUERIES } from "../report/queries.ts";

const count = z.coerce.number();
const moment = z.date().nullable();
const text = z.string().nullable();

const healthRow = z.object({
  status: z.enum(["healthy", "low", "empty", "stalled"]),
  stalled_jobs: z.array(z.string()),
  available: count,
  assigned: count,
  suspended: count,
  waiting: count,
  in_flight: count,
  rented: count,
  low_water: count,
  days_of_cover: z.coerce.number().nullable(),
  committed_usd: count,
  monthly_budget_usd: count,
  last_sweep_at: moment,
});

const alertRow = z.object({
  id: count,
  severity: text,
  kind: z.string(),
  subject: z.string(),
  state: z.string(),
  opened_at: z.date(),
  message: z.string(),
  runbook: text,
});

const orderRow = z.object({
  planned_at: z.date(),
  status: z.string(),
  phone_number: text,
  area_code: text,
  wanted_area_code: text,
  organization_name: text,
  attempts: count,
  waiting_for: text,
  last_error: text,
  next_attempt_at: moment,
});

const projectRow = z.object({ project_ref: text });

export interface Status {
  /** Of the code that reads. */
  version: string;
  /** The project that the database belongs to; null: not said yet. */
  project_ref: string | null;
  health: z.infer<typeof healthRow>;
  /** US dollars of this calendar month (UTC), by part. */
  spending: { part: string; usd: number }[];
  /** Ends of today's calls (UTC): how many of each. */
  calls_today: Record<string, number>;
  /** The last 30 days, oldest first. */
  days: { available: number[]; registrations: number[]; calls: number[] };
  /** Open ones, latest first. */
  alerts: z.infer<typeof alertRow>[];
  /** The last ten purchases, latest first. */
  orders: z.infer<typeof orderRow>[];
}

const spendingRow = z.object({ part: z.string(), usd: z.coerce.number() });
const dayRow = z.record(z.string(), z.coerce.number());

/** The report's figures, by day: all columns but the day itself. */
async function figures(client: pg.Client, id: string): Promise<Record<string, number>[]> {
  const { rows } = await client.query(queryOf(id));
  return rows.map(({ day: _day, ...row }) => dayRow.parse(row));
}

const queryOf = (id: string): string => {
  const query = QUERIES.find((known) => known.id === id);
  if (!query) throw new Error(`The report has no query ${id}`);
  return query.sql;
};

const sum = (row: Record<string, number>) =>
  Object.values(row).reduce((total, figure) => total + figure, 0);

/** Reads the admin views; `client` may read them (postgres or service_role). */
export async function readStatus(client: pg.Client): Promise<Status> {
  const rows = async <Schema extends z.ZodObject>(schema: Schema, rest: string) => {
    const columns = Object.keys(schema.shape).join(", ");
    const result = await client.query(`select ${columns} from public.${rest}`);
    return result.rows.map((row) => schema.parse(row));
  };
  const [health] = await rows(healthRow, "admin_pool_health");
  if (!health) throw new Error("admin_pool_health is empty");
  const settings = await client.query(
    "select project_ref from phone_pool.settings",
  );
  const calls = await figures(client, "calls");
  return {
    version: VERSION,
    project_ref: projectRow.parse(settings.rows[0]).project_ref,
    health,
    spending: (await client.query(queryOf("spending"))).rows.map((row) => spendingRow.parse(row)),
    calls_today: Object.fromEntries(
      Object.entries(calls.at(-1) ?? {}).filter(([, count]) => count > 0),
    ),
    days: {
      available: (await figures(client, "pool-level")).map(({ available = 0 }) => available),
      registrations: (await figures(client, "registrations")).map(sum),
      calls: calls.map(sum),
    },
    alerts: await rows(alertRow, "admin_alerts where state <> 'closed' limit 20"),
    orders: await rows(orderRow, "admin_purchases limit 10"),
  };
}
