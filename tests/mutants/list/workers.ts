import { inFile, type Mutant } from "../mutant.ts";

const REPLENISH = "functions/replenish-pool";
const RELEASE = "functions/release-numbers";
const RECONCILE = "functions/reconcile-carrier";

/** What is bought, deleted and compared at Telnyx. */
export const OF_WORKERS: Mutant[] = [
  ...inFile(`${REPLENISH}/choose.ts`, [
    [
      "compare(a.monthlyCost, b.monthlyCost) || compare(a.upfrontCost, b.upfrontCost)\n  );",
      "compare(b.monthlyCost, a.monthlyCost)\n  );",
      `${REPLENISH}/of-what-is-offered-the-cheapest-that-may-be-bought.test.ts`,
    ],
    [
      "if (offered > SEARCH_LIMIT / 2) {",
      "if (false) {",
      `${REPLENISH}/of-what-is-offered-the-cheapest-that-may-be-bought.test.ts`,
    ],
    [
      'refusals.find(({ errorClass }) => errorClass === "over_budget") ?? refusals[0]',
      "refusals[0]",
      `${REPLENISH}/of-what-is-offered-the-cheapest-that-may-be-bought.test.ts`,
    ],
  ]),
  ...inFile(`${REPLENISH}/follow-order.ts`, [
    [
      "if (isActive(number) && number.connectionId !== carrier.connectionId) {",
      "if (false) {",
      `${REPLENISH}/a-number-is-ours-when-it-is-active-on-our-connection.test.ts`,
    ],
    [
      "if (number === null || !isActive(number) ||",
      "if (number === null ||",
      `${REPLENISH}/a-number-is-ours-when-it-is-active-on-our-connection.test.ts`,
    ],
    [
      "number === null ? isOver : hasFailed(number)",
      "number === null || hasFailed(number)",
      `${REPLENISH}/every-order-comes-to-an-end.test.ts`,
    ],
    [
      "const LOST_AFTER_SECONDS = 86_400;",
      "const LOST_AFTER_SECONDS = 0;",
      `${REPLENISH}/every-order-comes-to-an-end.test.ts`,
    ],
    [
      "now() <= purchase.leaseEndsAt - STEP_MILLISECONDS",
      "true",
      `${REPLENISH}/two-workers-never-buy-for-the-same-purchase.test.ts`,
    ],
  ]),
  ...inFile(`${REPLENISH}/purchase.ts`, [
    [
      "return await lookForOrder(work) ?? await placeOrder(work);",
      "return await placeOrder(work);",
      `${REPLENISH}/each-fault-ends-with-one-number-bought-once.test.ts`,
      `${REPLENISH}/taken-may-be-our-own-order.test.ts`,
    ],
    [
      "  await ledger.recordOrdered(purchase, order.id);\n  return await followOrder(work, order);\n}",
      "  return await followOrder(work, order);\n}",
      `${REPLENISH}/every-order-comes-to-an-end.test.ts`,
    ],
  ]),
  ...inFile(`${REPLENISH}/worker.ts`, [
    [
      "if (error instanceof DatabaseError && error.isHeldUp) await ledger.release(purchase);\n    else await",
      "await",
      `${REPLENISH}/what-interrupts-a-purchase-decides-how-it-is-put-down.test.ts`,
    ],
    [
      "if (await plan(dependencies) === 0) break;",
      "break;",
      `${REPLENISH}/plans-before-and-after-it-buys.test.ts`,
    ],
    [
      "if (!(error instanceof AppError)) await letGo(purchase, error, dependencies);",
      "",
      `${REPLENISH}/what-interrupts-a-purchase-decides-how-it-is-put-down.test.ts`,
    ],
  ]),
  ...inFile(`${RELEASE}/give-back.ts`, [
    [
      "if (number.phoneNumber !== phone_number) {",
      "if (false) {",
      `${RELEASE}/only-what-is-proven-ours-is-deleted.test.ts`,
    ],
    ["if (!isOurs) {", "if (false) {", `${RELEASE}/only-what-is-proven-ours-is-deleted.test.ts`],
    [
      "const PAUSES = [0, 500, 500, 500, 500];",
      "const PAUSES = [0];",
      `${RELEASE}/a-released-number-is-deleted-until-it-is-gone.test.ts`,
    ],
  ]),
  ...inFile(`${RECONCILE}/heal.ts`, [
    [
      "if (!saysOurs(number, drift)) {",
      "if (false) {",
      `${RECONCILE}/what-is-healed-is-looked-at-again.test.ts`,
    ],
    [
      "{ tags: [...number.tags, drift.tag] }",
      "{ tags: [drift.tag] }",
      `${RECONCILE}/what-is-healed-is-looked-at-again.test.ts`,
    ],
    [
      "if (!isActive(number)) {",
      "if (false) {",
      `${RECONCILE}/what-is-healed-is-looked-at-again.test.ts`,
    ],
  ]),
  ...inFile(`${RECONCILE}/worker.ts`, [
    [
      "[number ?? absent(missing)]",
      "number ? [number] : []",
      `${RECONCILE}/what-is-not-listed-is-asked-for-by-itself.test.ts`,
    ],
    [
      "found?.phoneNumber === phone_number && !isGone(found) ? found : null",
      "found ?? null",
      `${RECONCILE}/what-is-not-listed-is-asked-for-by-itself.test.ts`,
    ],
  ]),
];
