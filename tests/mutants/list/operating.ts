import { inFile, type Mutant } from "../mutant.ts";

const GROUND = "migrations/schema/ground";
const OPERATING = "migrations/schema/operating";
const ADMIN = "migrations/schema/admin";

/** What an operator is told, and what goes on by itself. */
export const OF_OPERATING: Mutant[] = [
  ...inFile(`${GROUND}/schema.sql`, [
    [
      "least(greatest(p_attempts, 1), 20) - 1), 600)",
      "least(greatest(p_attempts, 1), 20) - 1), 60000)",
      "database/purchases/backoff-doubles-within-bounds.test.ts",
    ],
  ]),
  ...inFile(`${GROUND}/users.sql`, [
    [
      "-> 'app_metadata' ->>",
      "-> 'user_metadata' ->>",
      "functions/intake-calls/a-user-calls-for-the-own-organization-only.test.ts",
    ],
  ]),
  ...inFile(`${GROUND}/webhook_events.sql`, [
    [
      "on conflict (provider, event_id) do nothing\n  returning id;",
      "on conflict (provider, event_id) do update set received_at = excluded.received_at\n  returning id;",
      "functions/livekit-webhook/only-livekit-is-believed.test.ts",
    ],
  ]),
  ...inFile(`${GROUND}/nudges.sql`, [
    [
      "  perform phone_pool.raise_alert('nudge_failed', sqlerrm, p_function);\n  return false;",
      "  raise;",
      "database/registration/a-nudge-that-cannot-be-sent-costs-nothing.test.ts",
    ],
  ]),
  ...inFile(`${OPERATING}/sweep.sql`, [
    [
      "      raise warning 'phone_pool.%() failed: %', v_step, sqlerrm;\n",
      "      raise;\n",
      "database/sweep/a-step-that-fails-keeps-no-other-from-being-done.test.ts",
    ],
    [
      "    'nudge_workers',\n",
      "",
      "database/sweep/the-sweep-does-what-was-left-undone.test.ts",
    ],
    [
      "    'end_quarantines',\n",
      "",
      "database/lifecycle/after-quarantine-a-number-is-reused-or-given-back.test.ts",
    ],
  ]),
  ...inFile(`${OPERATING}/watch_pool.sql`, [
    [
      "v_is_low := v_health.available < v_health.low_water;",
      "v_is_low := v_health.available <= v_health.low_water;",
      "admin/alerts/evidence-opens-and-closes-them.test.ts",
    ],
    [
      "v_health.committed_usd > v_settings.monthly_budget_usd * v_settings.alert_budget_share,",
      "v_health.committed_usd > v_settings.monthly_budget_usd,",
      "admin/alerts/evidence-opens-and-closes-them.test.ts",
    ],
    [
      "v_health.waiting_since < v_now - v_settings.alert_waiting_after,",
      "false,",
      "admin/alerts/evidence-opens-and-closes-them.test.ts",
    ],
    [
      "v_latest >= 10 and v_latest > 5 * v_usual",
      "v_latest > 10 and v_latest > 5 * v_usual",
      "database/lifecycle/unusual-churn-is-an-alert.test.ts",
    ],
    [
      "if v_failed >= 3 and v_failed * 2 >= v_requests then",
      "if v_failed > 3 and v_failed * 2 >= v_requests then",
      "admin/alerts/evidence-opens-and-closes-them.test.ts",
    ],
    [
      "'webhook_rejected', w.rejected >= 3, format(",
      "'webhook_rejected', w.rejected >= 300, format(",
      "admin/alerts/evidence-opens-and-closes-them.test.ts",
      "functions/_shared/rejected-webhooks/they-are-counted-and-become-an-alert.test.ts",
    ],
  ]),
  ...inFile(`${OPERATING}/alert_notices.sql`, [
    [
      "'\\+?[0-9]{6,}([0-9]{4})', '…\\1', 'g')",
      "'\\+?[0-9]{3,}([0-9]{7})', '…\\1', 'g')",
      "admin/alerts/each-change-is-told-until-it-is-acknowledged.test.ts",
    ],
    [
      "if v_notice.status_code between 200 and 299 then",
      "if v_notice.is_answered then",
      "admin/alerts/each-change-is-told-until-it-is-acknowledged.test.ts",
    ],
  ]),
  ...inFile(`${OPERATING}/housekeeping.sql`, [
    [
      "where r.received_at < v_now - interval '90 days' and r.processed_at is not null",
      "where r.received_at < v_now - interval '90 days'",
      "admin/housekeeping/logs-go-and-evidence-stays.test.ts",
    ],
  ]),
  ...inFile(`${ADMIN}/admin_intake_calls.sql`, [
    [
      "else '…' || right(p_phone_number, 4) end;",
      "else '…' || right(p_phone_number, 7) end;",
      "database/calls/an-auditor-reads-every-decision.test.ts",
    ],
  ]),
  ...inFile(`${ADMIN}/admin_pool_health.sql`, [
    [
      "when c.available < l.low_water then 'low'",
      "when c.available <= l.low_water then 'low'",
      "admin/alerts/evidence-opens-and-closes-them.test.ts",
    ],
  ]),
  ...inFile(`${ADMIN}/admin_jobs.sql`, [
    [
      "coalesce(d.due_since < n.at - d.late_after, d.job = 'sweep') as is_late",
      "coalesce(d.due_since < n.at - d.late_after, false) as is_late",
      "admin/alerts/evidence-opens-and-closes-them.test.ts",
    ],
  ]),
  ...inFile("migrations/schema/carrier/match_call_records.sql", [
    [
      "    and not exists (select from phone_pool.call_records r where r.intake_call_id = c.id)\n",
      "",
      "database/calls/costs-and-alerts-follow-the-records.test.ts",
    ],
    [
      "where i.telnyx_session_id = v_record.telnyx_session_id and",
      "where",
      "database/calls/costs-and-alerts-follow-the-records.test.ts",
    ],
  ]),
  ...inFile("migrations/schema/carrier/call_records.sql", [
    [
      "i.read_until - interval '2 days'",
      "i.read_until",
      "functions/reconcile-carrier/what-telnyx-lists-is-read-whatever-it-does.test.ts",
    ],
    [
      "next_page = greatest(i.next_page - 1, 1)",
      "next_page = i.next_page",
      "functions/reconcile-carrier/what-telnyx-lists-is-read-whatever-it-does.test.ts",
    ],
  ]),
  ...inFile("migrations/schema/leaving/inbound_calls.sql", [
    [
      "count(distinct coalesce(c.party_hash::text, c.id))",
      "count(*)",
      "database/lifecycle/inbound-calls-lengthen-the-quarantine-and-retire.test.ts",
    ],
  ]),
  ...inFile("functions/reconcile-carrier/import-call-records.ts", [
    [
      "PACE_MILLISECONDS = 1500",
      "PACE_MILLISECONDS = 500",
      "functions/reconcile-carrier/what-telnyx-lists-is-read-whatever-it-does.test.ts",
    ],
  ]),
];
