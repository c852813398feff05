import { assert } from "./assert.ts";
import { addNumbers, registerOne, type Runner, value, values } from "./pool.ts";

export interface Held {
  organizationId: string;
  phoneNumber: string;
}

/** An organization with a number, the only one in the pool. */
export async function oneHolder(db: Runner): Promise<Held> {
  const [phoneNumber] = await addNumbers(db, 1);
  assert(phoneNumber);
  return { organizationId: await registerOne(db), phoneNumber };
}

export const setStatus = (db: Runner, organizationId: string, status: string | null) =>
  db.query("update public.organizations set subscription_status = $2 where id = $1", [
    organizationId,
    status,
  ]);

export const leave = (db: Runner, organizationId: string) =>
  setStatus(db, organizationId, "canceled");

export const phoneOf = (db: Runner, organizationId: string) =>
  value<string | null>(db, "select phone from public.organizations where id = $1", [
    organizationId,
  ]);

export interface NumberState {
  status: string;
  organization_id: string | null;
  retire_reason: string | null;
  /** Whole days from the pool's clock; null: not in quarantine, or held back. */
  days_left: number | null;
}

export async function readNumber(db: Runner, phoneNumber: string): Promise<NumberState> {
  const [row] = await db.query<NumberState & Record<string, unknown>>(
    `select n.status, n.organization_id, n.retire_reason,
       round(extract(epoch from nullif(n.suspended_until, 'infinity') - phone_pool.clock())
         / 86400)::int as days_left
     from public.phone_numbers n where n.phone_number = $1`,
    [phoneNumber],
  );
  assert(row);
  return row;
}

/**
 * Telnyx's record says that `caller` has called the number, each record another one unless it is
 * named; what came of it.
 */
export async function callIn(
  db: Runner,
  phoneNumber: string,
  id: string,
  { ago = "0 seconds", caller = id } = {},
): Promise<string> {
  const rows = await db.query(
    `insert into phone_pool.call_records (id, direction, kind, phone_number_id, tenure_id,
       party_hash, started_at, billed_seconds, cost_usd, recorded_at)
     select $2, 'inbound', 'inbound', n.id, t.id, sha256(convert_to($4, 'UTF8')), c.at, 60, 0.004,
       phone_pool.clock()
     from (select phone_pool.clock() - $3::interval as at) c
     join public.phone_numbers n on n.phone_number = $1
     left join lateral (
       select l.id from phone_pool.tenures l
       where l.phone_number_id = n.id and lower(l.held) <= c.at order by lower(l.held) desc limit 1
     ) t on true
     on conflict on constraint call_records_pkey do nothing returning id`,
    [phoneNumber, id, ago, caller],
  );
  if (rows.length === 0) return "not new";
  return await value<string>(db, "select phone_pool.note_inbound_call($1)", [id]);
}

/** The organization calls these patients with the number that it has. */
export async function callOut(db: Runner, organizationId: string, callees: string[]) {
  await db.query(
    `select phone_pool.note_callee(n.id, c) from public.phone_numbers n, unnest($2::text[]) c
     where n.organization_id = $1`,
    [organizationId, callees],
  );
}

/** What became of the tenures of a number, oldest first: whether each is open, rests, or resumed. */
export const tenuresOf = (db: Runner, phoneNumber: string) =>
  values<string>(
    db,
    `select case when upper_inf(t.held) then 'held'
       when t.resumed_at is not null then 'resumed' else 'left' end as value
     from phone_pool.tenures t join public.phone_numbers n on n.id = t.phone_number_id
     where n.phone_number = $1 order by t.id`,
    [phoneNumber],
  );
