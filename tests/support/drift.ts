import { mortal } from "./mortal.ts";
import { value } from "./pool.ts";
import type { Supply } from "./supply.ts";

/** A number is ordered, and its purchase given up as if nothing had been bought; the number. */
export async function loseRecord(supply: Supply): Promise<string> {
  await supply.plan(1);
  const worker = mortal(supply.parts, "carrier.order", "after");
  void supply.runWith(worker.parts);
  await worker.died;
  const number = await value<string>(
    supply.db,
    "select phone_number from phone_pool.purchases where status = 'ordering'",
  );
  // As a restore from a backup might: the purchase is there, and given up.
  await supply.db.query(
    `update phone_pool.purchases set status = 'failed', ended_at = phone_pool.clock(),
       phone_number = null, chosen_at = null, claim_token = null, lease_until = null
     where status = 'ordering'`,
  );
  return number;
}

/** Changes the number at Telnyx behind everybody's back; the number. */
export function change(
  { simulator }: Supply,
  number: string,
  to: { connectionId?: null; customerReference?: string | null },
): Promise<string> {
  for (const owned of simulator.state.numbers.values()) {
    if (owned.phoneNumber === number) Object.assign(owned, to);
  }
  return Promise.resolve(number);
}
