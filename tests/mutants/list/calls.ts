import { inFile, type Mutant } from "../mutant.ts";

const CALLS = "migrations/schema/calls";
const OUTCOMES = "database/calls/the-same-facts-give-the-same-end-in-any-order.test.ts";

/** Whether a patient may be called, with which number, and how the call ended. */
export const OF_CALLS: Mutant[] = [
  ...inFile(`${CALLS}/call_limits.sql`, [
    [
      `and c.patient_id = p_patient_id
        and c.status <> 'refused' and (c.dialing_at is not null or c.status = 'queued')`,
      `and c.patient_id = p_patient_id
        and c.status <> 'refused'`,
      "database/calls/what-never-rang-counts-against-nobody.test.ts",
    ],
    [
      `and c.callee = p_callee
        and c.status <> 'refused' and (c.dialing_at is not null or c.status = 'queued')
        and c.dial_error is distinct from 'agent_unavailable'`,
      `and c.callee = p_callee
        and c.status <> 'refused' and (c.dialing_at is not null or c.status = 'queued')`,
      "database/calls/what-never-rang-counts-against-nobody.test.ts",
    ],
    [
      "(interval '24 hours', v_settings.calls_per_patient_per_day),",
      "(interval '24 hours', v_settings.calls_per_patient_per_day + 1),",
      "database/calls/what-never-rang-counts-against-nobody.test.ts",
    ],
    [
      "if cardinality(v_recent) >= v_most then",
      "if cardinality(v_recent) > v_most then",
      "functions/intake-calls/the-limits-hold-under-a-rush.test.ts",
    ],
    [
      ") >= v_settings.calls_in_flight_per_organization then",
      ") > v_settings.calls_in_flight_per_organization then",
      "database/calls/of-several-reasons-to-refuse-the-first-is-told.test.ts",
    ],
    [
      "and c.dialing_at is not null and c.dial_failed_at is null and c.left_at is null\n      and c.room_finished_at is null and c.lost_at is null\n      and c.dialing_at >",
      "and c.dialing_at is not null and c.dial_failed_at is null and c.left_at is not null\n      and c.room_finished_at is null and c.lost_at is null\n      and c.dialing_at >",
      "database/calls/one-call-to-a-patient-at-a-time.test.ts",
    ],
  ]),
  ...inFile(`${CALLS}/calling_hours.sql`, [
    [
      "and (p_at at time zone z.zone)::time < p_to)",
      "and (p_at at time zone z.zone)::time <= p_to)",
      "database/calls/calling-hours-are-those-of-every-time-zone-of-the-area-code.test.ts",
    ],
    [
      "select bool_and((p_at",
      "select bool_or((p_at",
      "database/calls/calling-hours-are-those-of-every-time-zone-of-the-area-code.test.ts",
    ],
    [
      "if p_time_zone is not null and not p_is_claim then",
      "if p_time_zone is not null then",
      "database/calls/a-user-can-only-narrow-the-calling-hours.test.ts",
    ],
  ]),
  ...inFile(`${CALLS}/consents.sql`, [
    [
      "and c.revoked_at is null\n    and c.given_at",
      "and c.given_at",
      "database/calls/do-not-call-and-consent-are-kept-and-end.test.ts",
    ],
  ]),
  ...inFile(`${CALLS}/destinations.sql`, [
    [
      "where n.phone_number = p_phone_number and n.status <> 'released'\n  ) then\n    return",
      "where false\n  ) then\n    return",
      "database/calls/one-rule-says-which-numbers-are-called.test.ts",
    ],
    [
      "and e.line in ('', substr(p_phone_number, 9))",
      "and e.line = ''",
      "database/calls/one-rule-says-which-numbers-are-called.test.ts",
    ],
  ]),
  ...inFile(`${CALLS}/dial_intake_call.sql`, [
    [
      "and c.expires_at > phone_pool.clock()\n    and n.id",
      "and n.id",
      "database/intake/a-permit-is-used-once-and-in-time.test.ts",
    ],
    [
      "where c.id = p_call_id and phone_pool.is_do_not_call(c.organization_id, c.callee)",
      "where false",
      "database/intake/a-permit-is-used-once-and-in-time.test.ts",
    ],
  ]),
  ...inFile(`${CALLS}/do_not_call.sql`, [
    [
      "do update\n    set expires_at = greatest(d.expires_at, excluded.expires_at)",
      "do update\n    set expires_at = d.expires_at",
      "database/calls/do-not-call-and-consent-are-kept-and-end.test.ts",
    ],
    [
      "(d.organization_id is null or d.organization_id = p_organization_id)\n      and d.expires_at",
      "(d.organization_id = p_organization_id)\n      and d.expires_at",
      "database/calls/do-not-call-and-consent-are-kept-and-end.test.ts",
    ],
  ]),
  ...inFile(`${CALLS}/open_intake_call.sql`, [
    [
      "elsif phone_pool.is_do_not_call(p_call.organization_id, p_call.callee) then\n    code := 'do_not_call';\n",
      "",
      "database/calls/of-several-reasons-to-refuse-the-first-is-told.test.ts",
    ],
    [
      "elsif p_call.retry_at is not null then\n",
      "elsif p_call.retry_at is not null and not phone_pool.is_in_call(p_call.organization_id,\n    p_call.patient_id, p_call.callee, p_call.created_at) then\n",
      "database/calls/of-several-reasons-to-refuse-the-first-is-told.test.ts",
    ],
    [
      "if v_first.request_hash <> p_request_hash then",
      "if false then",
      "database/intake/the-same-intake-id-is-the-same-call.test.ts",
    ],
    [
      "v_call.created_at + interval '60 seconds'",
      "v_call.created_at + interval '60 minutes'",
      "database/intake/a-permit-is-used-once-and-in-time.test.ts",
    ],
    [
      "is_stranger := phone_pool.may_call(p_organization_id) is not true;",
      "is_stranger := false;",
      "functions/intake-calls/a-user-calls-for-the-own-organization-only.test.ts",
    ],
    [
      "    v_call.callee := null;\n",
      "",
      "functions/intake-calls/a-stranger-writes-nothing-of-a-body.test.ts",
    ],
    [
      "if current_setting('transaction_isolation') <> 'read committed' then",
      "if false then",
      "races/intake/a-permit-is-given-at-read-committed-only.test.ts",
    ],
    [
      "where n.organization_id = p_organization_id and n.status = 'assigned'\n    for no key update;",
      "where n.organization_id = p_organization_id and n.status = 'assigned';",
      "races/intake/two-requests-for-one-patient-are-one-call.test.ts",
      "races/intake/a-number-being-released-is-not-dialled-with.test.ts",
    ],
  ]),
  ...inFile(`${CALLS}/intake_calls.sql`, [
    [
      "create unique index intake_calls_once_per_intake_id",
      "create index intake_calls_once_per_intake_id",
      "database/intake/the-same-intake-id-is-the-same-call.test.ts",
    ],
  ]),
  ...inFile(`${CALLS}/read_intake_call.sql`, [
    [
      "where c.id = phone_pool.call_of_room(p_room_name) and (c.id = v_id or c.intake_id = p_call);",
      "where c.id = v_id or c.intake_id = p_call;",
      "functions/intake-calls/a-call-is-read-by-who-may-know.test.ts",
      "functions/intake-calls/the-agent-reports-what-webhooks-cannot-tell.test.ts",
    ],
  ]),
  ...inFile(`${CALLS}/opt_out.sql`, [
    [
      "if p_phone_number is not null and p_phone_number is distinct from v_row.phone_number then",
      "if false then",
      "functions/intake-calls/an-opt-out-is-never-lost.test.ts",
    ],
  ]),
  ...inFile(`${CALLS}/call_outcome.sql`, [
    [
      "if p_call.left_reason in (11, 12) and not v_was_answered then",
      "if p_call.left_reason in (11) and not v_was_answered then",
      OUTCOMES,
    ],
    [
      "if p_call.dial_is_final then",
      "if false then",
      OUTCOMES,
    ],
  ]),
  ...inFile(`${CALLS}/close_lost_calls.sql`, [
    [
      "where c.status = 'queued' and c.expires_at <= v_now - interval '30 seconds'",
      "where false",
      "functions/intake-calls/lost-calls-are-found-and-closed.test.ts",
    ],
    [
      "case when c.hang_up_at is not null or c.dialing_at <= v_now - v_longest",
      "case when c.hang_up_at is not null",
      "database/calls/a-call-that-is-too-long-is-hung-up.test.ts",
    ],
  ]),
];
