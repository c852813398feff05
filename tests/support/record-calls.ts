import type { Runner } from "./pool.ts";

/** A clinic with its number, as a test of call records needs it. */
export interface Clinic {
  organizationId: string;
  phoneNumber: string;
}

export interface RawCall {
  id: string;
  organizationId: string;
  callee: string;
  /** ISO 8601. */
  dialingAt: string;
  /** Undefined: nobody answered. */
  seconds?: number;
  /** Undefined: LiveKit has not told it. */
  sipCallId?: string;
}

/** Intake calls as they are when they are over; no trigger is asked. */
export async function writeCalls(db: Runner, calls: RawCall[]): Promise<void> {
  await db.query(
    `insert into phone_pool.intake_calls (id, intake_id, organization_id, patient_id, callee,
       phone_number_id, caller_id, status, request_hash, requested_by, room_name, created_at,
       expires_at, dialing_at, sip_call_id, sip_call_id_full, joined_at, answered_at, left_at,
       left_reason, ended_at)
     select c.id, c.id::text, n.organization_id, n.organization_id, c.callee, n.id, n.phone_number,
       case when c.seconds is null then 'no_answer' else 'completed' end, '', 'secret_key',
       'call-' || c.id, c.at - interval '5 seconds', c.at + interval '1 minute', c.at, 'SCL',
       c.sip_call_id, c.at, case when c.seconds is not null then c.at end,
       c.at + make_interval(secs => coalesce(c.seconds, 40)), 1,
       c.at + make_interval(secs => coalesce(c.seconds, 40))
     from jsonb_to_recordset($1) as r (id uuid, "organizationId" uuid, callee text,
       "dialingAt" timestamptz, seconds float8, "sipCallId" text)
     cross join lateral (select r.id, r.callee, r."dialingAt" as at, r.seconds,
       r."sipCallId" as sip_call_id) c
     join public.phone_numbers n on n.organization_id = r."organizationId"`,
    [JSON.stringify(calls)],
  );
}
