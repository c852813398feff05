import { type Runner, value, values } from "./pool.ts";

export const CONNECTION = "the-connection";

/** An entry of Telnyx's list of numbers. */
export interface Listed {
  id: string;
  phone_number: string;
  status: string | null;
  connection_id: string | null;
  customer_reference: string | null;
  tags: string[];
}

/** A number of the account; `changes` say what the test is about. */
export const listed = (phoneNumber: string, changes: Partial<Listed> = {}): Listed => ({
  id: `telnyx${phoneNumber.slice(2)}`,
  phone_number: phoneNumber,
  status: "active",
  connection_id: CONNECTION,
  customer_reference: null,
  tags: [],
  ...changes,
});

/** Our numbers as Telnyx should list them. */
export const ours = (db: Runner) =>
  values<Listed>(
    db,
    `select jsonb_build_object('id', n.telnyx_phone_number_id, 'phone_number', n.phone_number,
       'status', 'active', 'connection_id', $1::text, 'customer_reference', n.purchase_id,
       'tags', '{}'::text[]) as value
     from public.phone_numbers n where n.status <> 'released' order by n.phone_number`,
    [CONNECTION],
  );

interface Heal extends Record<string, unknown> {
  drift_id: string;
  kind: string;
  phone_number: string;
}

/** What reconcile-carrier does, with this list: compares, heals; what was to be healed. */
export async function reconcile(db: Runner, account: Listed[]): Promise<Heal[]> {
  const id = await value<string>(db, "select phone_pool_worker.begin_reconciliation($1)", [
    CONNECTION,
  ]);
  const record = (entries: unknown) =>
    db.query("select phone_pool_worker.record_carrier_numbers($1, $2)", [
      id,
      JSON.stringify(entries),
    ]);
  await record(account);
  const missing = await db.query<{ phone_number: string; telnyx_phone_number_id: string }>(
    "select * from phone_pool_worker.find_missing_numbers($1)",
    [id],
  );
  await record(missing.map(({ phone_number, telnyx_phone_number_id }) => ({
    id: telnyx_phone_number_id,
    phone_number,
    status: "missing",
  })));
  const heals = await db.query<Heal>(
    "select drift_id, kind, phone_number from phone_pool_worker.finish_reconciliation($1)",
    [id],
  );
  for (const { drift_id } of heals) {
    await db.query("select phone_pool_worker.heal_drift($1)", [drift_id]);
  }
  return heals;
}

/** Open drifts: class and number. */
export const drifts = (db: Runner) =>
  values<string>(
    db,
    "select class || ' ' || phone_number as value from admin_drift order by class, phone_number",
  );
