import { inFile, type Mutant } from "../mutant.ts";

const LEAVING = "migrations/schema/leaving";
const CARRIER = "migrations/schema/carrier";

/** Quarantine, what goes back to Telnyx, and what Telnyx says of our numbers. */
export const OF_LEAVING_AND_CARRIER: Mutant[] = [
  ...inFile(`${LEAVING}/inbound_calls.sql`, [
    [
      "\n    or v_call.started_at < upper(v_tenure.held) then",
      " then",
      "database/lifecycle/inbound-calls-lengthen-the-quarantine-and-retire.test.ts",
    ],
    [
      "if v_callers >= v_settings.retire_after_inbound_calls then",
      "if v_callers > v_settings.retire_after_inbound_calls then",
      "database/lifecycle/inbound-calls-lengthen-the-quarantine-and-retire.test.ts",
    ],
    [
      "where t.id = p_tenure_id and t.quarantine_until < p_until",
      "where false",
      "database/lifecycle/inbound-calls-lengthen-the-quarantine-and-retire.test.ts",
    ],
  ]),
  ...inFile(`${LEAVING}/leave.sql`, [
    [
      "else 24 * v_settings.quarantine_days end), t.not_before)",
      "else 24 * v_settings.quarantine_days end), null)",
      "database/lifecycle/whoever-comes-back-in-time-gets-its-own-number.test.ts",
      "database/lifecycle/nobody-rewrites-the-history.test.ts",
    ],
    [
      "where c.phone_number_id = t.phone_number_id and c.dialing_at >= lower(t.held))",
      "where false)",
      "database/lifecycle/a-number-that-nobody-can-know-rests-a-day.test.ts",
    ],
    [
      "  perform phone_pool.free_purchases(p_organization_ids);\n",
      "",
      "database/lifecycle/what-is-on-order-for-whoever-left-is-freed.test.ts",
    ],
    [
      "set status = case when t.unordered then 'cancelled' else p.status end,",
      "set status = 'cancelled',",
      "database/lifecycle/what-is-on-order-for-whoever-left-is-freed.test.ts",
    ],
  ]),
  ...inFile(`${LEAVING}/number_sweep.sql`, [
    [
      "select (greatest(s.keep_idle_above, l.low_water + l.batch_size)",
      "select (s.keep_idle_above",
      "database/lifecycle/numbers-beyond-what-is-kept-are-given-back.test.ts",
    ],
    [
      "else 'available' end,",
      "else 'released' end,",
      "database/lifecycle/after-quarantine-a-number-is-reused-or-given-back.test.ts",
    ],
    [
      "      and p.updated_at < v_now - interval '30 days'\n",
      "",
      "database/lifecycle/numbers-beyond-what-is-kept-are-given-back.test.ts",
    ],
  ]),
  ...inFile(`${LEAVING}/release_worker.sql`, [
    [
      "    and r.lease_until > phone_pool.clock()\n",
      "",
      "database/releases",
    ],
    [
      "v_attempts int := v_release.attempts + (p_error_class <> 'rate_limited')::int;",
      "v_attempts int := v_release.attempts + 1;",
      "database/releases",
    ],
    [
      "where r.gone_at is null and exists (",
      "where false and exists (",
      "database/releases",
    ],
  ]),
  ...inFile(`${LEAVING}/replace.sql`, [
    [
      "array[p_organization_id], p_reason, p_is_replaced => true);",
      "array[p_organization_id], p_reason);",
      "database/functions/replace-phone-number.test.ts",
    ],
  ]),
  ...inFile(`${LEAVING}/retire.sql`, [
    [
      "elsif v_number.status = 'assigned' then",
      "elsif false then",
      "database/lifecycle/retiring-is-for-numbers-that-nobody-holds.test.ts",
    ],
  ]),
  ...inFile(`${LEAVING}/return.sql`, [
    [
      "or exists (select from phone_pool.organizations_without_number w\n      where w.organization_id = new.id) then",
      "then",
      "database/functions/unassign-phone-number.test.ts",
    ],
  ]),
  ...inFile(`${CARRIER}/reconcile.sql`, [
    [
      "not in ('deleted', 'ported-out')",
      "not in ('deleted')",
      "database/reconciliation/only-what-says-so-is-taken-for-ours.test.ts",
    ],
    [
      "v_result := 'implausible';",
      "v_result := 'compared'; perform phone_pool.update_drifts(p_reconciliation_id);",
      "functions/reconcile-carrier/one-odd-answer-concludes-nothing.test.ts",
      "functions/reconcile-carrier/what-is-not-ours-is-never-touched.test.ts",
    ],
  ]),
  ...inFile(`${CARRIER}/find_drifts.sql`, [
    [
      "u.is_ours and coalesce(u.is_active, false)",
      "coalesce(u.is_active, false)",
      "database/reconciliation/only-what-says-so-is-taken-for-ours.test.ts",
    ],
  ]),
  ...inFile(`${CARRIER}/heal_drifts.sql`, [
    [
      "count(*) filter (where c.status = 'missing') over () <= greatest(5, count(*) over () / 2)",
      "true",
      "database/reconciliation/in-the-account-is-not-usable.test.ts",
    ],
    [
      "set status = 'owned', phone_number = p_drift.phone_number, chosen_at = v_now,",
      "set phone_number = p_drift.phone_number, chosen_at = v_now,",
      "functions/reconcile-carrier/each-drift-is-found-priced-and-healed-or-alerted.test.ts",
    ],
  ]),
];
