import { inFile, type Mutant } from "../mutant.ts";

const POOL = "migrations/schema/pool";

/** Who gets which number, and that nobody else has it. */
export const OF_THE_POOL: Mutant[] = [
  ...inFile(`${POOL}/assign.sql`, [
    [
      "limit pg_catalog.cardinality(p_organization_ids)\n      for no key update skip locked",
      "limit pg_catalog.cardinality(p_organization_ids)\n      for no key update",
      "races/registration/a-registration-waits-for-nobody.test.ts",
    ],
    [
      "limit pg_catalog.cardinality(p_organization_ids)\n      for no key update skip locked",
      "limit pg_catalog.cardinality(p_organization_ids)\n      ",
      "races/registration/two-registrations-never-take-the-same-number.test.ts",
    ],
    [
      "where c.status operator(pg_catalog.=) 'available'\n",
      "where c.status operator(pg_catalog.=) any ('{available,suspended}')\n",
      "database/lifecycle/each-way-to-leave-starts-the-quarantine.test.ts",
      "database/registration/what-is-no-area-code-is-no-wish.test.ts",
    ],
    [
      "where r.area_code is null and r.failures operator(pg_catalog.=) 0)",
      "where false)",
      "database/queue/a-newcomer-does-not-overtake.test.ts",
    ],
    [
      "order by c.purchased_at, c.id",
      "order by c.purchased_at desc, c.id",
      "database/registration/the-oldest-free-number-is-assigned.test.ts",
    ],
    [
      "where t.phone_number_id = p.id and t.organization_id = p_organization_id and t.is_replaced)",
      "where false)",
      "database/functions/replace-phone-number.test.ts",
    ],
  ]),
  ...inFile(`${POOL}/callees.sql`, [
    [
      "and theirs.organization_id <> p_organization_id",
      "and false",
      "database/lifecycle/a-number-avoids-clinics-that-call-the-same-patients.test.ts",
    ],
  ]),
  ...inFile(`${POOL}/for_applications.sql`, [
    [
      "if not coalesce(p_replace_own, false) then",
      "if false then",
      "database/functions/request-phone-number.test.ts",
    ],
  ]),
  ...inFile(`${POOL}/import.sql`, [
    [
      ">= (select s.max_numbers from phone_pool.settings s) then",
      "> (select s.max_numbers from phone_pool.settings s) then",
      "database/functions/import-phone-number.test.ts",
    ],
    [
      "if cardinality(v_showing) > 1 or organization_id <> v_showing[1] then",
      "if cardinality(v_showing) > 1 then",
      "database/functions/import-phone-number.test.ts",
    ],
    ["if p_is_dry_run then", "if false then", "database/functions/import-phone-numbers.test.ts"],
  ]),
  ...inFile(`${POOL}/queue.sql`, [
    [
      `    -- An organization whose row cannot be written (a trigger of the application's own, say) must
    -- not keep those behind it waiting, nor a number that was just bought out of the books.`,
      "    raise;",
      "database/queue/what-cannot-be-written-is-stepped-over.test.ts",
    ],
    [
      "set failures = r.failures + 1, not_before = phone_pool.clock()\n    +",
      "set failures = r.failures + 1, not_before = phone_pool.clock()\n    + 0 *",
      "database/queue/what-cannot-be-written-is-stepped-over.test.ts",
    ],
    [
      "limit 1\n  for update of r skip locked for no key update of o skip locked;",
      "limit 1\n  for update of r skip locked for no key update of o;",
      "races/serving/a-locked-organization-holds-up-only-itself.test.ts",
    ],
    [
      "order by r.id\n  limit 1\n",
      "order by r.id desc\n  limit 1\n",
      "database/queue/first-come-is-first-served.test.ts",
    ],
  ]),
  ...inFile(`${POOL}/registration.sql`, [
    [
      "offset greatest(v_low_water - 1, 0) limit 1;",
      "offset greatest(v_low_water - 2, 0) limit 1;",
      "database/planning/low-water-plans-one-batch.test.ts",
    ],
    [
      "if sqlstate <> '40001' then",
      "if true then",
      "races/registration/every-isolation-level-is-served.test.ts",
    ],
    [
      "when o.is_inactive then null\n",
      "when false then null\n",
      "database/registration/who-needs-no-number-is-left-alone.test.ts",
    ],
    [
      "r.rolname = case current_setting('role')\n    when 'none' then session_user",
      "r.rolname = case current_setting('role')\n    when 'none' then current_user",
      "database/lifecycle/a-row-that-comes-back-is-the-same-clinic.test.ts",
    ],
  ]),
  ...inFile(`${POOL}/resume.sql`, [
    [
      "where l.phone_number_id = t.phone_number_id and lower(l.held) > lower(t.held))",
      "where false)",
      "database/lifecycle/whoever-comes-back-in-time-gets-its-own-number.test.ts",
    ],
    [
      "and n.retired_at is null\n      and coalesce(n.carrier_status, 'active') = 'active'",
      "\n      and coalesce(n.carrier_status, 'active') = 'active'",
      "database/lifecycle/whoever-comes-back-in-time-gets-its-own-number.test.ts",
    ],
    [
      "and (p_is_trusted or t.deleted_as is null",
      "and (true or t.deleted_as is null",
      "database/lifecycle/a-row-that-comes-back-is-the-same-clinic.test.ts",
    ],
  ]),
  ...inFile(`${POOL}/shown_phone.sql`, [
    [
      "    new.phone := v_number.phone_number;\n",
      "",
      "database/shown-phone/the-phone-shown-is-the-number-held.test.ts",
    ],
    [
      "n.status <> 'released'\n      and n.organization_id is distinct from old.id",
      "false",
      "database/shown-phone/the-phone-shown-is-the-number-held.test.ts",
    ],
    [
      "continue when v_room < 0;",
      "continue when false;",
      "database/sweep/nobody-without-a-number-is-overlooked.test.ts",
    ],
  ]),
  ...inFile(`${POOL}/take_in.sql`, [
    [
      "elsif cardinality(v_showing) > 0 then",
      "elsif cardinality(v_showing) > 1 then",
      "database/reconciliation/what-comes-in-is-whose-phone-it-stands-as.test.ts",
    ],
  ]),
];
