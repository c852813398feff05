import type pg from "pg";
import { z } from "zod";

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

export interface Status {
  health: z.infer<typeof healthRow>;
  /** Open ones, latest first. */
  alerts: z.infer<typeof alertRow>[];
  /** The last ten purchases, latest first. */
  orders: z.infer<typeof orderRow>[];
}

/** Reads the admin views; `client` may read them (postgres or service_role). */
export async function readStatus(client: pg.Client): Promise<Status> {
  const rows = async <Schema extends z.ZodObject>(schema: Schema, rest: string) => {
    const columns = Object.keys(schema.shape).join(", ");
    const result = await client.query(`select ${columns} from public.${rest}`);
    return result.rows.map((row) => schema.parse(row));
  };
  const [health] = await rows(healthRow, "admin_pool_health");
  if (!health) throw new Error("admin_pool_health is empty");
  return {
    health,
    alerts: await rows(alertRow, "admin_alerts where state <> 'closed' limit 20"),
    orders: await rows(orderRow, "admin_purchases limit 10"),
  };
}
