import { inFile, type Mutant } from "../mutant.ts";

const POOL = "migrations/schema/pool";

/** One holder a number at a time, one number a holder, and a history that nobody rewrites. */
export const OF_HOLDING: Mutant[] = [
  ...inFile(`${POOL}/history.sql`, [
    [
      "t.held @> p_at;",
      "p_at between lower(t.held) and coalesce(upper(t.held), 'infinity') order by t.id limit 1;",
      "database/lifecycle/the-history-answers-who-held-a-number.test.ts",
    ],
  ]),
  ...inFile(`${POOL}/phone_numbers.sql`, [
    [
      "create unique index phone_numbers_one_per_organization",
      "create index phone_numbers_one_per_organization",
      "database/guards/postgres-cannot-break-the-rules-by-hand.test.ts",
    ],
    [
      "'available suspended', 'available released',",
      "'available suspended', 'assigned available', 'available released',",
      "database/lifecycle/the-diagram-is-what-the-database-allows.test.ts",
    ],
    [
      "(old.status = 'suspended' and new.status = 'available')\n    or",
      "false\n    or",
      "database/lifecycle/nobody-rewrites-the-history.test.ts",
      "database/guards/postgres-cannot-break-the-rules-by-hand.test.ts",
    ],
    [
      "and organization_id = any (array(select phone_pool.my_organizations()))\n",
      "",
      "schema/anon-and-authenticated-reach-nothing-but-their-own-number.test.ts",
      "security/roles",
    ],
    [
      "    and phone_pool.may_call(organization_id)\n",
      "",
      "security/roles",
    ],
  ]),
  ...inFile(`${POOL}/tenures.sql`, [
    [
      "else coalesce(resumed_at, quarantine_until) end) with &&",
      "else upper(held) end) with &&",
      "database/guards/postgres-cannot-break-the-rules-by-hand.test.ts",
    ],
    [
      "or new.quarantine_until < old.quarantine_until\n",
      "\n",
      "database/lifecycle/nobody-rewrites-the-history.test.ts",
    ],
    [
      "(quarantine_until - upper(held) >= interval '30 days'",
      "(quarantine_until - upper(held) >= interval '3 days'",
      "database/lifecycle/nobody-rewrites-the-history.test.ts",
      "database/guards/postgres-cannot-break-the-rules-by-hand.test.ts",
    ],
  ]),
];
