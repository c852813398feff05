import { assertEquals, assertMatch } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { failureOf, outcomeOf } from "../../support/failure.ts";
import { addNumbers, contradictions, on, register, rolledBack } from "../../support/pool.ts";

const [HELD, FREE, RESTING] = ["+12125550001", "+12125550003", "+12125550002"];
const number = (phone: string) => `where phone_number = '${phone}'`;
const id = (phone: string) => `(select id from public.phone_numbers ${number(phone)})`;
const tenure = (phone: string) => `where phone_number_id = ${id(phone)}`;
const somebody = "(select id from public.organizations where phone is null)";
const update = "update public.phone_numbers set";
const rewrite = "update phone_pool.tenures set";
const close =
  `${rewrite} release_reason = 'x', held = tstzrange(lower(held), now()), quarantine_until`;
const writer = "select set_config('phone_pool.writer', 'function', true); ";
const assign = `status = 'assigned', organization_id = ${somebody}, assigned_at = now(),
  suspended_until = null`;

/** Refused by a trigger of ours, a check or a unique index: which of them comes first is no matter. */
const REFUSED: [what: string, sql: string][] = [
  ["assign by hand", `${update} ${assign} ${number(FREE)}`],
  ["give to another", `${update} organization_id = ${somebody} ${number(HELD)}`],
  [
    "end a quarantine",
    `${update} status = 'available', suspended_until = null ${number(RESTING)}`,
  ],
  ["shorten a quarantine", `${update} suspended_until = now() ${number(RESTING)}`],
  ["free a held number", `${update} status = 'available', organization_id = null ${number(HELD)}`],
  ["write another number", `${update} phone_number = '+12125559999' ${number(FREE)}`],
  ["change its id", `${writer} ${update} id = gen_random_uuid() ${number(FREE)}`],
  ["delete a number", `delete from public.phone_numbers ${number(FREE)}`],
  ["truncate numbers", "truncate public.phone_numbers cascade"],
  [
    "assigned to available, as a function",
    `${writer} ${update} status = 'available', organization_id = null ${number(HELD)}`,
  ],
  [
    "from one holder to the next, as a function",
    `${writer} ${update} organization_id = ${somebody} ${number(HELD)}`,
  ],
  [
    "two numbers for one, as a function",
    `${writer} ${update} ${assign.replace("phone is null", `phone = '${HELD}'`)} ${number(FREE)}`,
  ],
  [
    "assigned to nobody, as a function",
    `${writer} ${update} status = 'assigned', assigned_at = now() ${number(FREE)}`,
  ],
  ["rewrite the holder", `${writer} ${rewrite} organization_id = ${somebody} ${tenure(HELD)}`],
  [
    "rewrite the beginning",
    `${writer} ${rewrite} held = tstzrange(lower(held) - interval '1 day', null) ${tenure(HELD)}`,
  ],
  ["rewrite the request", `${writer} ${rewrite} requested_at = now() ${tenure(HELD)}`],
  [
    "reopen a closed one",
    `${writer} ${rewrite} held = tstzrange(lower(held), null), quarantine_until = null,
       release_reason = null ${tenure(RESTING)}`,
  ],
  ["shorten its quarantine", `${writer} ${rewrite} quarantine_until = now() ${tenure(RESTING)}`],
  ["drop its quarantine", `${writer} ${rewrite} quarantine_until = null ${tenure(RESTING)}`],
  ["rewrite the reason", `${writer} ${rewrite} release_reason = 'y' ${tenure(RESTING)}`],
  [
    "rewrite the end",
    `${writer} ${rewrite} held = tstzrange(lower(held), upper(held) - interval '1 microsecond')
       ${tenure(RESTING)}`,
  ],
  ["close one without quarantine", `${close} = now() ${tenure(HELD)}`],
  ["close one without its number", `${close} = now() + interval '90 days' ${tenure(HELD)}`],
  ["delete history", "delete from phone_pool.tenures"],
  ["truncate history", "truncate phone_pool.tenures"],
];

/** Refused by the exclusion constraint alone, with every trigger switched off. */
const OVERLAPPING: [what: string, phone: string, held: string][] = [
  ["a second holder now", HELD, "now(), null"],
  ["a second holder tomorrow", HELD, "now() + interval '1 day', null"],
  ["a second holder since yesterday", HELD, "now() - interval '1 day', null"],
  ["a holder during the quarantine", RESTING, "now() + interval '89 days', null"],
];

const insert = (phone: string, held: string) =>
  `alter table phone_pool.tenures disable trigger all;
   insert into phone_pool.tenures (phone_number_id, organization_id, requested_at, held)
   select ${id(phone)}, ${somebody}, now(), tstzrange(${held})`;

async function setUp(db: TestDatabase): Promise<void> {
  await addNumbers(db, 3);
  const [, leaver] = await register(db, 2);
  await db.query("select release_phone_number($1, 'x')", [leaver]);
  assertEquals(await contradictions(db), []);
}

Deno.test("the database refuses what the rules forbid, for postgres too", async (t) => {
  await using db = await createTestDatabase();
  await setUp(db);
  for (const [what, sql] of REFUSED) {
    await t.step(what, async () => {
      const outcome = await rolledBack(db, () => outcomeOf(db.query(sql)));
      assertMatch(outcome, /^(PP0..|0A000|23P01|23505|23514)$/);
    });
  }
  const { code, detail, hint } = await failureOf(
    db.query(`${update} ${assign} ${number(FREE)}`),
  );
  assertEquals([code, detail, hint], [
    "PP010",
    `…${FREE.slice(-4)}: available to assigned`,
    "Use request_phone_number, release_phone_number or retire_phone_number.",
  ]);
});

Deno.test("two holders at a time are refused by the constraint, whatever triggers do", async (t) => {
  await using db = await createTestDatabase();
  await setUp(db);
  const superuser = on(await db.connect("supabase_admin"));
  for (const [what, phone, held] of OVERLAPPING) {
    await t.step(what, async () => {
      const attempt = () => outcomeOf(superuser.query(insert(phone, held)));
      assertEquals(await rolledBack(superuser, attempt), "23P01");
    });
  }
  await t.step("after the quarantine there is none", async () => {
    const attempt = () =>
      outcomeOf(superuser.query(insert(RESTING, "now() + interval '91 days', null")));
    assertEquals(await rolledBack(superuser, attempt), "ok");
  });
});

Deno.test("a price may be put right, and a quarantine made longer", async () => {
  await using db = await createTestDatabase();
  await setUp(db);
  await db.query(`${update} monthly_cost = 1.1 ${number(HELD)}`);
  await db.query(
    `${writer} ${rewrite} quarantine_until = quarantine_until + interval '1 day' ${
      tenure(RESTING)
    }`,
  );
});
