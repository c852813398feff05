import { inFile, type Mutant } from "../mutant.ts";

const REPLENISH = "functions/replenish-pool";
const RELEASE = "functions/release-numbers";
const RECONCILE = "functions/reconcile-carrier";
const ERRORS = "functions/_shared/carrier/a-word-or-an-error-of-telnyx-means-one-thing.test.ts";

/** How Telnyx is asked, and what its answers mean. */
export const OF_THE_CARRIER: Mutant[] = [
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
    [
      'headers?.get("x-ratelimit-reset") ?? ',
      "",
      "functions/_shared/carrier/when-to-come-again-is-read-from-the-answer.test.ts",
    ],
  ]),
  ...inFile("functions/_shared/carrier-orders.ts", [
    [
      'return of("success") ?? of("pending")',
      'return of("failure") ?? of("success") ?? of("pending")',
      "functions/_shared/carrier/of-several-orders-the-most-successful-counts.test.ts",
    ],
    [
      ".filter((found) => found.customer_reference === customerReference)",
      "",
      "functions/_shared/carrier/of-several-orders-the-most-successful-counts.test.ts",
    ],
    ['ofOrder === "failure" && ofLine !== "success"', 'ofOrder === "failure"', ERRORS],
  ]),
  ...inFile("functions/_shared/carrier-search.ts", [
    [
      'if (best_effort) return "a near match";',
      "",
      "functions/_shared/carrier/an-offer-is-held-against-what-was-asked.test.ts",
    ],
    [
      'return currencyOf(found) === "USD" ? null : "another currency";',
      "return null;",
      "functions/_shared/carrier/an-offer-is-held-against-what-was-asked.test.ts",
    ],
    [
      'if (areaCode && !phone_number.startsWith(`+1${areaCode}`)) return "another area code";',
      "",
      "functions/_shared/carrier/an-offer-is-held-against-what-was-asked.test.ts",
    ],
    [
      "  refuseRedacted(data);\n",
      "",
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
    [
      "last: total ?? (data.length < PAGE_SIZE ? nth : nth + 1),",
      "last: nth,",
      "functions/_shared/carrier/every-page-of-the-account-is-read.test.ts",
    ],
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
  ...inFile("functions/_shared/ask-telnyx.ts", [
    [
      "if (requests.length > 0) {",
      "if (false) {",
      `${REPLENISH}/each-request-is-recorded-with-its-purchase.test.ts`,
    ],
  ]),
];
