import { inFile, type Mutant } from "../mutant.ts";

const REPLENISH = "functions/replenish-pool";
const RELEASE = "functions/release-numbers";
const RECONCILE = "functions/reconcile-carrier";
const ERRORS = "functions/_shared/carrier/a-word-or-an-error-of-telnyx-means-one-thing.test.ts";

/** What is bought, deleted and compared at Telnyx. */
export const OF_WORKERS: Mutant[] = [
  ...inFile("functions/_shared/carrier-errors.ts", [
    [
      'return kind === "order" ? "unknown_outcome" : "carrier_down";',
      'return "carrier_down";',
      ERRORS,
    ],
    ['if (status === 429) return "rate_limited";', "", ERRORS],
    ["status === 408 || status === 409 || status >= 500", "status >= 500", ERRORS],
    [
      'return kind === "other" ? "carrier_down" : "invalid";',
      'return "invalid";',
      ERRORS,
      `${REPLENISH}/a-refused-request-says-nothing-about-the-account.test.ts`,
    ],
    ['headers?.get("x-ratelimit-reset") ?? ', "", ERRORS],
  ]),
  ...inFile("functions/_shared/carrier-orders.ts", [
    [
      'return of("success") ?? of("pending")',
      'return of("failure") ?? of("success") ?? of("pending")',
      "functions/_shared/carrier",
      `${REPLENISH}/taken-may-be-our-own-order.test.ts`,
      `${REPLENISH}/every-order-comes-to-an-end.test.ts`,
    ],
    [
      ".filter((found) => found.customer_reference === customerReference)",
      "",
      "functions/_shared/carrier",
      `${REPLENISH}/only-what-was-asked-for-is-bought.test.ts`,
    ],
    ['ofOrder === "failure" && ofLine !== "success"', 'ofOrder === "failure"', ERRORS],
  ]),
  ...inFile("functions/_shared/carrier-search.ts", [
    [
      'if (best_effort) return "a near match";',
      "",
      `${REPLENISH}/only-what-was-asked-for-is-bought.test.ts`,
      "functions/_shared/carrier",
    ],
    [
      'return currencyOf(found) === "USD" ? null : "another currency";',
      "return null;",
      `${REPLENISH}/only-what-was-asked-for-is-bought.test.ts`,
    ],
    [
      'if (areaCode && !phone_number.startsWith(`+1${areaCode}`)) return "another area code";',
      "",
      `${REPLENISH}/only-what-was-asked-for-is-bought.test.ts`,
    ],
    [
      "  refuseRedacted(data);\n",
      "",
      "functions/_shared/carrier",
      `${REPLENISH}/what-a-person-must-mend-stops-at-once-and-resumes.test.ts`,
    ],
  ]),
  ...inFile("functions/_shared/carrier.ts", [
    [
      "          customer_reference: purchaseId,\n        }, {",
      "        }, {",
      `${REPLENISH}/each-fault-ends-with-one-number-bought-once.test.ts`,
    ],
  ]),
  ...inFile("functions/_shared/carrier-numbers.ts", [
    [
      'return deleted ? "deleted" : "gone";',
      'return "gone";',
      `${RELEASE}/a-released-number-is-deleted-until-it-is-gone.test.ts`,
    ],
    ["last: total ?? (data.length < PAGE_SIZE ? nth : nth + 1),", "last: nth,", RECONCILE],
  ]),
  ...inFile("functions/_shared/account-number.ts", [
    [
      'status === "deleted" || status === "ported-out"',
      'status === "deleted"',
      RECONCILE,
      RELEASE,
      "functions/_shared/carrier",
    ],
  ]),
  ...inFile("functions/_shared/carrier-record.ts", [
    [
      "if (requests.length > 0) {",
      "if (false) {",
      `${REPLENISH}/each-request-is-recorded-with-its-purchase.test.ts`,
    ],
  ]),
  ...inFile(`${REPLENISH}/choose.ts`, [
    [
      "compare(a.monthlyCost, b.monthlyCost) || compare(a.upfrontCost, b.upfrontCost)\n  );",
      "compare(b.monthlyCost, a.monthlyCost)\n  );",
      `${REPLENISH}/nothing-is-bought-beyond-its-price.test.ts`,
    ],
    [
      "if (offered > SEARCH_LIMIT / 2) {",
      "if (false) {",
      `${REPLENISH}/what-cannot-be-had-now-is-waited-for.test.ts`,
      `${REPLENISH}/two-workers-never-buy-for-the-same-purchase.test.ts`,
    ],
    [
      'refusals.find(({ errorClass }) => errorClass === "over_budget") ?? refusals[0]',
      "refusals[0]",
      `${REPLENISH}/nothing-is-bought-beyond-its-price.test.ts`,
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
      "    const found = await lookForOrder(work);\n    if (found === null) throw error;\n    return found;",
      "    throw error;",
      `${REPLENISH}/taken-may-be-our-own-order.test.ts`,
    ],
    [
      "  await ledger.recordOrdered(purchase, order.id);\n  return await followOrder(work, order);\n}",
      "  return await followOrder(work, order);\n}",
      `${REPLENISH}/a-worker-killed-between-any-two-steps-loses-and-doubles-nothing.test.ts`,
    ],
  ]),
  ...inFile(`${REPLENISH}/worker.ts`, [
    [
      "if (error instanceof DatabaseError && error.isHeldUp) await ledger.release(purchase);\n    else await",
      "await",
      `${REPLENISH}/what-nobody-thought-of-is-not-repeated-in-a-loop.test.ts`,
      `${REPLENISH}/a-registration-never-waits-for-the-carrier.test.ts`,
    ],
    [
      "if (await plan(dependencies) === 0) break;",
      "break;",
      `${REPLENISH}/plans-before-and-after-it-buys.test.ts`,
    ],
    [
      "if (!(error instanceof AppError)) await letGo(purchase, error, dependencies);",
      "",
      `${REPLENISH}/what-nobody-thought-of-is-not-repeated-in-a-loop.test.ts`,
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
      `${RECONCILE}/what-is-not-ours-is-never-touched.test.ts`,
    ],
    ["{ tags: [...number.tags, drift.tag] }", "{ tags: [drift.tag] }", RECONCILE],
    [
      "if (!isActive(number)) {",
      "if (false) {",
      `${RECONCILE}/only-what-is-active-is-handed-out.test.ts`,
    ],
  ]),
  ...inFile(`${RECONCILE}/worker.ts`, [
    ["[number ?? absent(missing)]", "number ? [number] : []", RECONCILE],
    [
      "found?.phoneNumber === phone_number && !isGone(found) ? found : null",
      "found ?? null",
      `${RECONCILE}/one-odd-answer-concludes-nothing.test.ts`,
    ],
  ]),
];
