import type { Carrier } from "../../../functions/_shared/carrier.ts";
import { DatabaseError } from "../../../functions/_shared/database.ts";
import { AppError } from "../../../functions/_shared/errors.ts";
import type { Ledger } from "../../../functions/replenish-pool/ledger.ts";
import type { Purchase } from "../../../functions/replenish-pool/schema.ts";
import { replenish } from "../../../functions/replenish-pool/worker.ts";
import { assertEquals } from "../../support/assert.ts";

const PURCHASE = { id: "1", claim_token: "2", status: "planned", phone_number: null } as Purchase;
const OFFER = { phoneNumber: "+12125550123", monthlyCost: "1.00", upfrontCost: "0.00" };

const CASES: [what: string, error: Error, putDown: string[]][] = [
  ["a lock of somebody else's", new DatabaseError("choose", "55P03", "lock"), ["looked at later"]],
  ["a statement cut off", new DatabaseError("choose", "57014", "timeout"), ["looked at later"]],
  ["an error of the database", new DatabaseError("choose", "22012", "zero"), ["unknown_outcome"]],
  ["what nobody thought of", new TypeError("x is not a function"), ["unknown_outcome"]],
  // Another worker has it, or the database is away: the lease runs out.
  ["a claim that was lost", new AppError("claim_lost"), []],
  ["no database", new AppError("database_unavailable"), []],
];

for (const [what, error, putDown] of CASES) {
  Deno.test(`${what}: ${putDown[0] ?? "left alone"}`, async () => {
    const seen: string[] = [];
    const due = [[PURCHASE]];
    const ledger = {
      plan: () => Promise.resolve(0),
      claim: () => Promise.resolve(due.shift() ?? []),
      secondsUntilDue: () => Promise.resolve(null),
      choose: () => Promise.reject(error),
      release: () => Promise.resolve(void seen.push("looked at later")),
      recordFailure: (_purchase, { errorClass }) => {
        seen.push(errorClass);
        return Promise.resolve("retrying");
      },
    } as Partial<Ledger> as Ledger;
    const totals = await replenish({
      ledger,
      carrier: { search: () => Promise.resolve([OFFER]) } as Partial<Carrier> as Carrier,
      random: () => 0,
      now: () => 0,
      delay: () => Promise.resolve(),
      log: () => {},
    });
    assertEquals([totals.interrupted, seen], [1, putDown]);
  });
}
