import type { TestDatabase } from "../../../support/database.ts";
import { registerOne, value, values } from "../../../support/pool.ts";
import type { Random } from "../../../support/random.ts";
import type { Supply } from "../../../support/supply.ts";

/** A clinic, and everything that is ever its own. */
export interface Clinic {
  id: string;
  nth: number;
  /** As jsonb, when its row is deleted. */
  row: unknown;
}

const LETTERS = "ABCDEFGHIJ";
const owner = (nth: number) => String(nth).padStart(3, "0");

/** A number that is only this clinic's, and a name: both tell whose they are. */
const targetOf = ({ nth }: Clinic, k: number) => `+1978555${k}${owner(nth)}`;
const nameOf = ({ nth }: Clinic, k: number) => `Clinic ${owner(nth)} ${LETTERS[k]}`;
export const ownerOfTarget = (target: string) => Number(target.slice(-3));
export const ownerOfName = (name: string) => Number(name.slice(7, 10));

type Step = (supply: Supply, clinic: Clinic, random: Random) => Promise<unknown>;

const call = (db: TestDatabase, sql: string, parameters: unknown[]) =>
  // Refused, as for a clinic that has no number: a life goes on.
  db.query(sql, parameters).catch((error) => {
    if (!String(error.code).startsWith("PP")) throw error;
  });

const set = (sql: string): Step => ({ db }, { id }) =>
  db.query(`update public.organizations set ${sql} where id = $1`, [id]);

const STEPS: Step[] = [
  ({ db }, clinic, random) =>
    call(db, "select set_callback_number($1, $2)", [
      clinic.id,
      random.chance(0.8) ? targetOf(clinic, random.integer(10)) : null,
    ]),
  ({ db }, clinic, random) =>
    db.query("update public.organizations set name = $2 where id = $1", [
      clinic.id,
      nameOf(clinic, random.integer(10)),
    ]),
  ({ db }, { id }) => call(db, "select replace_phone_number($1, 'a test')", [id]),
  ({ db }, { id }) => call(db, "select unassign_phone_number($1, 'a test')", [id]),
  ({ db }, { id }) => call(db, "select request_phone_number($1)", [id]),
  set("subscription_status = 'canceled'"),
  set("subscription_status = 'active'"),
  remove,
  remove,
  restore,
  restore,
  portOut,
];

async function remove({ db }: Supply, clinic: Clinic): Promise<void> {
  const [row] = await values<unknown>(
    db,
    "select to_jsonb(o) - 'phone' as value from public.organizations o where id = $1",
    [clinic.id],
  );
  clinic.row = row ?? clinic.row;
  await db.query("delete from public.organizations where id = $1", [clinic.id]);
}

async function restore({ db }: Supply, clinic: Clinic): Promise<void> {
  if (!clinic.row) return;
  await db.query(
    `insert into public.organizations
     select * from jsonb_populate_record(null::public.organizations, $1) on conflict do nothing`,
    [JSON.stringify(clinic.row)],
  );
}

async function portOut({ db, simulator }: Supply, { id }: Clinic, random: Random): Promise<void> {
  if (random.chance(0.8)) return;
  const [number] = await values<string>(
    db,
    `update public.phone_numbers set carrier_status = 'gone'
     where organization_id = $1 and carrier_status = 'active' returning phone_number as value`,
    [id],
  );
  if (number) simulator.control.removeNumber(number);
}

export const live: Step = (supply, clinic, random) => random.pick(STEPS)(supply, clinic, random);

/** A new clinic, which has mostly set where it wants to be called back. */
export async function beBorn({ db }: Supply, nth: number, random: Random): Promise<Clinic> {
  const clinic: Clinic = { id: await registerOne(db), nth, row: null };
  await db.query(
    `update public.organizations set name = $2, settings = $3 where id = $1`,
    [
      clinic.id,
      nameOf(clinic, 0),
      random.chance(0.8) ? { callback_number: targetOf(clinic, 0) } : null,
    ],
  );
  return clinic;
}

/** Whose each number is, or was last while it rests: only that clinic may be reached. */
export const entitled = (db: TestDatabase) =>
  db.query<{ phone_number: string; status: string; organization_id: string | null }>(
    `select n.phone_number, n.status, case when n.status in ('assigned', 'suspended', 'released')
       then (select t.organization_id from phone_pool.tenures t where t.phone_number_id = n.id
         order by lower(t.held) desc limit 1) end as organization_id
     from public.phone_numbers n`,
  );

export const notApplied = (db: TestDatabase) =>
  value<string[]>(
    db,
    `array(select phone_number || ': ' || problem from admin_lines
       join public.phone_numbers n using (phone_number)
       where not is_applied and n.carrier_status is distinct from 'gone')`,
  );
