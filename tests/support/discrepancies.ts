import type { TelnyxSimulator } from "../../supabase/local/simulators/telnyx/mod.ts";
import { type Runner, values } from "./pool.ts";

/**
 * What must be true whenever nothing is under way: the numbers at Telnyx are the rows here, each
 * bought once, for a purchase that says so. Returns what is wrong.
 */
export async function discrepancies(
  { db, simulator }: { db: Runner; simulator: Pick<TelnyxSimulator, "control"> },
): Promise<string[]> {
  const snapshot = simulator.control.snapshot();
  const rows = await values<string>(
    db,
    `select n.phone_number || ' ' || n.telnyx_phone_number_id || ' ' || p.id as value
     from public.phone_numbers n join phone_pool.purchases p
       on p.id = n.purchase_id and p.status = 'owned' and p.phone_number = n.phone_number
     where n.status <> 'released'`,
  );
  const owned = snapshot.numbers.map((number) =>
    `${number.phone_number} ${number.id} ${number.customer_reference}`
  );
  const references = owned.map((number) => number.split(" ")[2]);
  return [
    ...owned.filter((number) => !rows.includes(number)).map((number) => `not here: ${number}`),
    ...rows.filter((row) => !owned.includes(row)).map((row) => `not at Telnyx: ${row}`),
    ...references.filter((reference, index) => references.indexOf(reference) !== index)
      .map((reference) => `bought twice for ${reference}`),
    ...snapshot.grave_errors.map(({ what }) => what),
  ];
}
