import { assert } from "./assert.ts";
import type { Runner } from "./pool.ts";

export interface IntakeCall {
  id: string;
  status: string;
  reason: string | null;
  caller_id: string | null;
  requested_by: string;
}

export interface Request {
  intakeId?: string;
  callee?: string;
  hash?: string;
  claims?: Record<string, unknown> | null;
}

const COLUMNS = "id, status, reason, caller_id, requested_by";

/** Calls at any hour are allowed from now on. */
export const allowAnyHour = (db: Runner) =>
  db.query("update phone_pool.settings set calling_hours_enforced = false");

export async function openCall(
  db: Runner,
  organizationId: string | undefined,
  { intakeId, callee = "+14155550123", hash = "hash", claims = null }: Request = {},
): Promise<IntakeCall> {
  const [row] = await db.query<IntakeCall & Record<string, unknown>>(
    `select ${COLUMNS} from phone_pool_worker.open_intake_call(p_organization_id => $1,
       p_patient_id => gen_random_uuid(), p_phone_number => $2, p_intake_id => $3,
       p_request_hash => $4, p_claims => $5)`,
    [organizationId, callee, intakeId ?? crypto.randomUUID(), hash, claims],
  );
  assert(row);
  return row;
}

/** The caller id to dial with. */
export async function startCall(db: Runner, id: string): Promise<string> {
  const [row] = await db.query<{ caller_id: string }>(
    "select caller_id from phone_pool_worker.start_intake_call($1)",
    [id],
  );
  assert(row);
  return row.caller_id;
}

export async function recordCall(
  db: Runner,
  id: string,
  status: string | null,
  reason: string | null = null,
): Promise<IntakeCall | undefined> {
  const [row] = await db.query<IntakeCall & Record<string, unknown>>(
    `select ${COLUMNS} from phone_pool_worker.record_intake_call($1, $2, $3)`,
    [id, status, reason],
  );
  return row?.id ? row : undefined;
}
