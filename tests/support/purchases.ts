import { assert } from "./assert.ts";
import { type Runner, value, values } from "./pool.ts";

export interface Claim {
  id: string;
  token: string;
}

export interface Purchase {
  status: string;
  phone_number: string | null;
  attempts: number;
  area_code: string | null;
  refused_numbers: string[];
  last_error_class: string | null;
  outcome_unknown: boolean;
  claimed: boolean;
  /** Seconds until it is due again. */
  due_in: number;
}

export async function readPurchase(db: Runner, id: string): Promise<Purchase> {
  const [row] = await db.query<Purchase & Record<string, unknown>>(
    `select p.status, p.phone_number, p.attempts, p.area_code, p.refused_numbers,
       p.last_error_class, p.outcome_unknown_since is not null as outcome_unknown,
       p.claim_token is not null as claimed,
       extract(epoch from p.next_attempt_at - phone_pool.clock())::float8 as due_in
     from phone_pool.purchases p where p.id = $1`,
    [id],
  );
  assert(row);
  return row;
}

/** A purchase planned; its id. */
export async function plan(
  db: Runner,
  { areaCode, organizationId }: { areaCode?: string; organizationId?: string } = {},
): Promise<string> {
  const [id] = await values<string>(
    db,
    `insert into phone_pool.purchases
       (reason, area_code, organization_id, monthly_cost, next_attempt_at, planned_at)
     values ('requested', $1, $2, 1, phone_pool.clock(), phone_pool.clock()) returning id as value`,
    [areaCode, organizationId],
  );
  assert(id);
  return id;
}

/** Claims this one and no other, due or not, leased or not. */
export async function claim(db: Runner, id: string): Promise<Claim> {
  await db.query(
    `update phone_pool.purchases set lease_until = null, claim_token = null,
       next_attempt_at = case when id = $1 then phone_pool.clock() else 'infinity' end
     where status in ('planned', 'ordering', 'ordered') and (id = $1 or claim_token is null)`,
    [id],
  );
  const [token] = await values<string>(
    db,
    "select claim_token as value from phone_pool_worker.claim_purchases(1) where id = $1",
    [id],
  );
  assert(token, "the purchase was claimed");
  return { id, token };
}

export const choose = (db: Runner, { id, token }: Claim, phoneNumber: string) =>
  value<boolean>(db, "select phone_pool_worker.choose_purchase_number($1, $2, $3, 1.10, 0)", [
    id,
    token,
    phoneNumber,
  ]);

export const recordOrdered = (db: Runner, { id, token }: Claim) =>
  db.query("select phone_pool_worker.record_purchase_ordered($1::uuid, $2, 'order-' || $1::text)", [
    id,
    token,
  ]);

/** The organization that the number went to; null: into the pool. */
export async function recordOwned(db: Runner, { id, token }: Claim): Promise<string | null> {
  const [organization] = await values<string | null>(
    db,
    "select organization_id as value from phone_pool_worker.record_purchase_owned($1::uuid, $2, 'telnyx-' || $1::text)",
    [id, token],
  );
  return organization ?? null;
}

export const recordFailure = (
  db: Runner,
  { id, token }: Claim,
  errorClass: string,
  retryAfter: number | null = null,
) =>
  value<string>(db, "select phone_pool_worker.record_purchase_failure($1, $2, $3, 'a test', $4)", [
    id,
    token,
    errorClass,
    retryAfter,
  ]);

/** A number nobody has had yet. */
export const nextNumber = (db: Runner, areaCode: string | null = null) =>
  value<string>(
    db,
    `select '+1' || coalesce($1, '646') || '556' || lpad((count(*) + 1)::text, 4, '0')
     from phone_pool.purchases where phone_number is not null`,
    [areaCode],
  );

/** Buys one purchase from whatever state it is in; the organization it went to. */
export async function buy(db: Runner, id: string): Promise<string | null> {
  const claimed = await claim(db, id);
  const { status, area_code } = await readPurchase(db, id);
  if (status === "planned") assert(await choose(db, claimed, await nextNumber(db, area_code)));
  if (status !== "ordered") await recordOrdered(db, claimed);
  return await recordOwned(db, claimed);
}

/** Does what replenish-pool does, until nothing is due; how many numbers it bought. */
export async function buyAllDue(db: Runner): Promise<number> {
  for (let bought = 0;;) {
    const claims = await db.query<Claim & { area_code: string | null }>(
      "select id, claim_token as token, area_code from phone_pool_worker.claim_purchases(50)",
    );
    if (claims.length === 0) return bought;
    for (const claimed of claims) {
      assert(await choose(db, claimed, await nextNumber(db, claimed.area_code)));
      await recordOrdered(db, claimed);
      await recordOwned(db, claimed);
      bought++;
    }
  }
}
