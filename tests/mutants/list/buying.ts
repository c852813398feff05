import { inFile, type Mutant } from "../mutant.ts";

const BUYING = "migrations/schema/buying";
const FAILURES = "database/purchases/a-failure-decides-what-is-next.test.ts";

/** What is bought, how often, and for how much. */
export const OF_BUYING: Mutant[] = [
  ...inFile(`${BUYING}/plan.sql`, [
    [
      "and (p.xmax = '0'::xid or not phone_pool.is_in_progress(p.xmax))",
      "",
      "races/planning/racing-registrations-plan-one-batch.test.ts",
    ],
    [
      "- 2 * v_settings.batch_size, 0)",
      "- 1000 * v_settings.batch_size, 0)",
      "database/planning/two-late-batches-are-replaced-and-no-third.test.ts",
    ],
    [
      "- 2 * v_settings.batch_size, 0)",
      "- 3 * v_settings.batch_size, 0)",
      "database/planning/two-late-batches-are-replaced-and-no-third.test.ts",
    ],
    [
      "interval '15 minutes'\n      as is_fresh",
      "interval '15 days'\n      as is_fresh",
      "database/planning/two-late-batches-are-replaced-and-no-third.test.ts",
    ],
    [
      "set status = case when a.place <= v_room then 'planned' else 'cancelled' end,",
      "set status = 'planned',",
      "database/functions/order-phone-numbers.test.ts",
      "database/planning/the-caps-hold-and-say-so.test.ts",
    ],
    [
      "if v_quantity = 0 or v_pause.is_paused then",
      "if v_quantity = 0 then",
      "functions/replenish-pool/what-a-person-must-mend-stops-at-once-and-resumes.test.ts",
    ],
    [
      "ceil(v_quantity::numeric / v_levels.batch_size) * v_levels.batch_size",
      "v_quantity",
      "database/planning/low-water-plans-one-batch.test.ts",
    ],
    [
      "update phone_pool.planner p set began_at = v_now where p.only_row;",
      "perform from phone_pool.planner p;",
      "races/planning/racing-planners-stay-within-the-caps.test.ts",
    ],
  ]),
  ...inFile(`${BUYING}/planner.sql`, [
    [
      "where p.status in ('planned', 'ordering', 'ordered')\n      and (p_with_planned",
      "where p.status in ('ordering', 'ordered')\n      and (p_with_planned",
      "database/planning/the-budget-is-what-a-month-commits-to.test.ts",
      "database/planning/the-caps-hold-and-say-so.test.ts",
    ],
    [
      "date_trunc('month', p_at at time zone 'UTC') at time zone 'UTC' as begins_at",
      "p_at - interval '30 days' as begins_at",
      "database/planning/the-budget-is-what-a-month-commits-to.test.ts",
    ],
    [
      "return greatest(least(v_by_count, v_by_budget, p_quantity), 0);",
      "return greatest(least(v_by_count, p_quantity), 0);",
      "database/planning/the-caps-hold-and-say-so.test.ts",
    ],
  ]),
  ...inFile(`${BUYING}/purchase_worker.sql`, [
    [
      "      and (p.lease_until is null or p.lease_until <= v_now)\n",
      "",
      "database/purchases/a-claim-is-a-lease-with-a-token.test.ts",
    ],
    [
      "limit least(greatest(p_limit, 1), phone_pool.room_for_claims())\n    for update skip locked",
      "limit least(greatest(p_limit, 1), phone_pool.room_for_claims())\n    for update",
      "races/purchases/two-workers-share-the-work.test.ts",
    ],
    [
      "    and p.lease_until > phone_pool.clock()\n  for update;",
      "  for update;",
      "database/purchases/who-lost-the-claim-changes-nothing.test.ts",
    ],
    [
      "where p.id = p_purchase_id and p.claim_token = p_claim_token\n",
      "where p.id = p_purchase_id\n",
      "database/purchases/who-lost-the-claim-changes-nothing.test.ts",
    ],
    [
      "if v_spending.numbers >= v_settings.max_numbers then",
      "if v_spending.numbers > v_settings.max_numbers then",
      "database/purchases/the-caps-of-now-decide-when-a-number-is-chosen.test.ts",
    ],
    [
      "elsif v_spending.committed_usd + p_cost > v_settings.monthly_budget_usd then",
      "elsif v_spending.committed_usd + p_cost > 100 * v_settings.monthly_budget_usd then",
      "database/purchases/the-caps-of-now-decide-when-a-number-is-chosen.test.ts",
    ],
    [
      "coalesce(p_monthly_cost, 'infinity') > v_settings.number_monthly_max_usd",
      "p_monthly_cost > v_settings.number_monthly_max_usd",
      "functions/replenish-pool/nothing-is-bought-beyond-its-price.test.ts",
    ],
    [
      "    or p_phone_number = any (v_purchase.refused_numbers)\n",
      "",
      "database/purchases/only-a-fresh-us-number-is-chosen.test.ts",
      FAILURES,
    ],
    [
      "or phone_pool.organizations_showing(p_phone_number) <> '{}' then",
      "then",
      "database/purchases/only-a-fresh-us-number-is-chosen.test.ts",
    ],
    [
      "if v_purchase.status <> 'planned' then",
      "if false then",
      "database/purchases/who-lost-the-claim-changes-nothing.test.ts",
    ],
  ]),
  ...inFile(`${BUYING}/purchase_failures.sql`, [
    [
      "v_purchase.outcome_unknown_since <= phone_pool.clock() - interval '2 minutes',",
      "true,",
      FAILURES,
      "database/purchases/a-failure-is-read-in-its-context.test.ts",
    ],
    [
      "p_error_class not in ('none_in_stock', 'price', 'over_budget', 'rate_limited'))) then",
      "p_error_class not in ('none_in_stock', 'price', 'over_budget'))) then",
      FAILURES,
    ],
    [
      "then make_interval(secs => least(p_retry_after_seconds, 3600) + 2 * random())",
      "then interval '0'",
      "database/purchases/what-telnyx-asks-to-wait-is-waited.test.ts",
    ],
    [
      "elsif (v_not_ours or (v_purchase.status <> 'ordered'\n      and v_purchase.outcome_unknown_since is null and p_error_class <> 'unknown_outcome'))",
      "elsif true",
      FAILURES,
      "database/purchases/a-failure-is-read-in-its-context.test.ts",
    ],
    [
      "or v_purchase.last_error_class in ('unauthorized', 'insufficient_funds')\n    -- A",
      "\n    -- A",
      FAILURES,
      "database/purchases/what-is-wrong-with-one-request-stops-no-other.test.ts",
    ],
  ]),
  ...inFile(`${BUYING}/purchase_progress.sql`, [
    [
      "perform phone_pool.take_in_number(v_number.id, v_purchase.organization_id);",
      "perform phone_pool.take_in_number(v_number.id);",
      "database/purchases/a-number-owned-goes-to-whom-it-belongs.test.ts",
    ],
  ]),
  ...inFile(`${BUYING}/purchases.sql`, [
    [
      "create unique index purchases_choose_a_number_once",
      "create index purchases_choose_a_number_once",
      "database/purchases/only-a-fresh-us-number-is-chosen.test.ts",
    ],
  ]),
  ...inFile(`${BUYING}/forecast.sql`, [
    [
      "where l.not_before is null)",
      ")",
      "database/forecast/a-burst-is-followed-within-one-sweep.test.ts",
    ],
    [
      "v_low_water := least(ceil(v_mean + 3 * sqrt(v_mean)), ceil(3 * v_per_day), 1000);",
      "v_low_water := 0;",
      "database/forecast/a-burst-is-followed-within-one-sweep.test.ts",
    ],
  ]),
  ...inFile(`${BUYING}/widen_area_codes.sql`, [
    [
      "r.requested_at < phone_pool.clock() - s.area_code_wait",
      "r.requested_at < phone_pool.clock() - 10 * s.area_code_wait",
      "functions/replenish-pool/a-wanted-area-code-is-bought-or-the-nearest.test.ts",
    ],
  ]),
];
