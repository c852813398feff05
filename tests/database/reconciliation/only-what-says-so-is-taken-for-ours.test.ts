import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { rolledBack, value } from "../../support/pool.ts";
import { plan } from "../../support/purchases.ts";

const NUMBER = "+12125550123";
interface Listed {
  status: string | null;
  customer_reference?: string;
  tags?: string[];
  phone_number?: string;
}

interface Found {
  kept: number;
  kinds: string[];
}

/** The kinds of drift that the comparison would have healed, when Telnyx lists this number. */
async function toHeal(
  db: TestDatabase,
  listed: Listed,
): Promise<Found> {
  const run = await value<string>(db, "select phone_pool_worker.begin_reconciliation('1')");
  const rows = [{ id: "1", phone_number: NUMBER, connection_id: "1", ...listed }];
  const kept = await value<number>(db, "select phone_pool_worker.record_carrier_numbers($1, $2)", [
    run,
    JSON.stringify(rows),
  ]);
  const found = await db.query<{ kind: string }>(
    "select kind from phone_pool_worker.finish_reconciliation($1)",
    [
      run,
    ],
  );
  return { kept, kinds: found.map(({ kind }) => kind) };
}

Deno.test("a number that is not on record is adopted only if it says that it is ours", async (t) => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set carrier_tag = 'our-pool'");
  const customer_reference = await plan(db);
  const adopted: Found = { kept: 1, kinds: ["unknown_at_carrier"] };
  const left: Found = { kept: 1, kinds: [] };
  const gone: Found = { kept: 0, kinds: [] };
  const cases: [what: string, listed: Listed, expected: Found][] = [
    ["by our tag", { status: "active", tags: ["x", "our-pool"] }, adopted],
    ["by a purchase of ours", { status: "active", customer_reference }, adopted],
    ["not at all", { status: "active" }, left],
    ["another's reference", { status: "active", customer_reference: "somebody" }, left],
    ["another's tag", { status: "active", tags: ["their-pool"] }, left],
    ["ours, not active yet", { status: "port-pending", tags: ["our-pool"] }, left],
    ["ours, its status not told", { status: null, tags: ["our-pool"] }, left],
    ["ours, abroad", { status: "active", tags: ["our-pool"], phone_number: "+14165550123" }, left],
    ["ours, deleted", { status: "deleted", tags: ["our-pool"] }, gone],
    ["ours, ported away", { status: "ported-out", tags: ["our-pool"] }, gone],
  ];
  for (const [what, listed, expected] of cases) {
    await t.step(
      what,
      () => rolledBack(db, async () => assertEquals(await toHeal(db, listed), expected)),
    );
  }
});
