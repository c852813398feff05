import { assertEquals, assertMatch } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { failureOf, outcomeOf } from "../../support/failure.ts";
import {
  addNumbers,
  contradictions,
  on,
  register,
  rolledBack,
  type Runner,
  sweep,
  value,
} from "../../support/pool.ts";

const [HELD, FREE, RESTING] = ["+12125550001", "+12125550003", "+12125550002"];
const NEW = "+12125550099";
const number = (phone: string) => `where phone_number = '${phone}'`;
const id = (phone: string) => `(select id from public.phone_numbers ${number(phone)})`;
const tenure = (phone: string) => `where phone_number_id = ${id(phone)}`;
const somebody = "(select id from public.organizations where phone is null)";
const update = "update public.phone_numbers set";
const rewrite = "update phone_pool.tenures set";
const close =
  `${rewrite} release_reason = 'x', held = tstzrange(lower(held), now()), quarantine_until`;
const assign = `status = 'assigned', organization_id = ${somebody}, assigned_at = now(),
  suspended_until = null, suspended_reason = null`;
const suspend = `status = 'suspended', organization_id = null, suspended_reason = 'x',
  suspended_until = now() + interval '90 days'`;
const release = `status = 'released', organization_id = null, released_at = now(),
  suspended_until = null, suspended_reason = null`;
const columns = "phone_number, telnyx_phone_number_id, area_code, monthly_cost";
const born = (more: Record<string, string>, phone = NEW) =>
  `insert into public.phone_numbers (${[columns, ...Object.keys(more)].join(", ")})
   select '${phone}', '99', '212', 1, ${Object.values(more).join(", ")}`;
const open = (phone: string, who: string, held = "now(), null") =>
  `insert into phone_pool.tenures (phone_number_id, organization_id, requested_at, held)
   select ${id(phone)}, ${who}, now(), tstzrange(${held})`;

/** Refused by a trigger of ours, a check or a unique index: which of them comes first is no matter. */
const REFUSED: [what: string, sql: string][] = [
  ["assign by hand", `${update} ${assign} ${number(FREE)}`],
  ["assign a resting one by hand", `${update} ${assign} ${number(RESTING)}`],
  ["give to another", `${update} organization_id = ${somebody} ${number(HELD)}`],
  [
    "end a quarantine",
    `${update} status = 'available', suspended_until = null, suspended_reason = null
       ${number(RESTING)}`,
  ],
  ["shorten a quarantine", `${update} suspended_until = now() ${number(RESTING)}`],
  ["give back a resting one", `${update} ${release} ${number(RESTING)}`],
  ["free a held number", `${update} status = 'available', organization_id = null ${number(HELD)}`],
  ["suspend a held number", `${update} ${suspend} ${number(HELD)}`],
  ["give back a held number", `${update} ${release} ${number(HELD)}`],
  ["write another number", `${update} phone_number = '+12125559999' ${number(FREE)}`],
  ["change its id", `${update} id = gen_random_uuid() ${number(FREE)}`],
  ["offer one that is gone", `${update} carrier_status = 'gone' ${number(FREE)}`],
  ["offer a retired one", `${update} retired_at = now(), retire_reason = 'x' ${number(FREE)}`],
  ["delete a number", `delete from public.phone_numbers ${number(FREE)}`],
  ["truncate numbers", "truncate public.phone_numbers cascade"],
  ["all numbers to one", `${update} ${assign} where true`],
  [
    "two numbers for one",
    `${update} ${assign.replace("phone is null", `phone = '${HELD}'`)} ${number(FREE)}`,
  ],
  [
    "two numbers for one, with its tenure, by one statement",
    `with n as (${update} ${assign.replace("phone is null", `phone = '${HELD}'`)} ${
      number(FREE)
    } returning id, organization_id)
     insert into phone_pool.tenures (phone_number_id, organization_id, requested_at, held)
     select n.id, n.organization_id, now(), tstzrange(now(), null) from n`,
  ],
  ["assigned to nobody", `${update} status = 'assigned', assigned_at = now() ${number(FREE)}`],

  [
    "born assigned",
    born({ status: "'assigned'", organization_id: somebody, assigned_at: "now()" }),
  ],
  [
    "born suspended",
    born({ status: "'suspended'", suspended_until: "now()", suspended_reason: "'x'" }),
  ],
  ["born released", born({ status: "'released'", released_at: "now()" })],
  ["born available with a holder", born({ organization_id: somebody })],
  ["born retired", born({ retired_at: "now()", retire_reason: "'x'" })],
  ["born gone", born({ carrier_status: "'gone'" })],
  ["born pending", born({ carrier_status: "'port-pending'" })],
  ["born in Toronto as if it were New York", born({ country_code: "'US'" }, "+14165550100")],
  ["born with an id of blanks", born({ country_code: "'US'" }).replace("'99'", "' 9 '")],
  [
    "an upsert that assigns",
    born({ status: "'available'" }, FREE) + ` on conflict (phone_number) do update set ${assign}`,
  ],
  [
    "an upsert that is born assigned",
    born({ status: "'assigned'", organization_id: somebody, assigned_at: "now()" }) +
    " on conflict do nothing",
  ],
  [
    "a merge that assigns",
    `merge into public.phone_numbers n using (select 1) s on n.phone_number = '${FREE}'
     when matched then update set ${assign}`,
  ],
  [
    "a merge that is born assigned",
    `merge into public.phone_numbers n using (select ${somebody} as who) s
       on n.phone_number = '${NEW}'
     when not matched then insert (${columns}, status, organization_id, assigned_at)
       values ('${NEW}', '99', '212', 1, 'assigned', s.who, now())`,
  ],
  [
    "inserted and assigned by one statement",
    `with n as (${born({ status: "'assigned'", organization_id: somebody, assigned_at: "now()" })}
       returning id)
     insert into phone_pool.tenures (phone_number_id, organization_id, requested_at, held)
     select n.id, ${somebody}, now(), tstzrange(now(), null) from n`,
  ],

  ["rewrite the holder", `${rewrite} organization_id = ${somebody} ${tenure(HELD)}`],
  [
    "rewrite the holder of both",
    `with t as (${rewrite} organization_id = ${somebody} ${tenure(HELD)})
     ${update} organization_id = ${somebody} ${number(HELD)}`,
  ],
  [
    "rewrite the beginning",
    `${rewrite} held = tstzrange(lower(held) - interval '1 day', null) ${tenure(HELD)}`,
  ],
  ["rewrite the request", `${rewrite} requested_at = now() ${tenure(HELD)}`],
  [
    "reopen a closed one",
    `${rewrite} held = tstzrange(lower(held), null), quarantine_until = null,
       release_reason = null ${tenure(RESTING)}`,
  ],
  [
    "reopen a closed one with its number",
    `with t as (${rewrite} held = tstzrange(lower(held), null), quarantine_until = null,
       release_reason = null ${tenure(RESTING)} returning organization_id)
     ${update} status = 'assigned', organization_id = (select organization_id from t),
       suspended_until = null, suspended_reason = null ${number(RESTING)}`,
  ],
  ["shorten its quarantine", `${rewrite} quarantine_until = now() ${tenure(RESTING)}`],
  ["drop its quarantine", `${rewrite} quarantine_until = null ${tenure(RESTING)}`],
  ["call it unused", `${rewrite} is_unused = true ${tenure(RESTING)}`],
  ["call it replaced", `${rewrite} is_replaced = true ${tenure(RESTING)}`],
  ["rewrite the reason", `${rewrite} release_reason = 'y' ${tenure(RESTING)}`],
  [
    "rewrite the end",
    `${rewrite} held = tstzrange(lower(held), upper(held) - interval '1 microsecond')
       ${tenure(RESTING)}`,
  ],
  ["close one without quarantine", `${close} = now() ${tenure(HELD)}`],
  [
    "close a long hold as if unused",
    `with t as (${rewrite} release_reason = 'x', is_unused = true, quarantine_until = now(),
       held = tstzrange(lower(held), now()) ${tenure(HELD)} returning phone_number_id)
     ${update} ${suspend} from t where id = t.phone_number_id`,
  ],
  ["close one without its number", `${close} = now() + interval '90 days' ${tenure(HELD)}`],
  ["open one without its number", open(FREE, somebody)],
  ["open one for another", open(HELD, somebody)],
  ["open one of the past", open(FREE, somebody, "now() - interval '1 year', null")],
  [
    "write one of the past",
    `insert into phone_pool.tenures (phone_number_id, organization_id, requested_at, held,
       quarantine_until, release_reason)
     select ${id(FREE)}, ${somebody}, now(), tstzrange(now() - interval '2 years',
       now() - interval '1 year'), now(), 'x'`,
  ],
  [
    "open one for another than the number's",
    `with n as (${update} ${assign} ${number(FREE)} returning id)
     insert into phone_pool.tenures (phone_number_id, organization_id, requested_at, held)
     select n.id, gen_random_uuid(), now(), tstzrange(now(), null) from n`,
  ],
  [
    "open one that began long ago, with its number",
    `with n as (${update} ${assign} ${number(FREE)} returning id, organization_id)
     insert into phone_pool.tenures (phone_number_id, organization_id, requested_at, held)
     select n.id, n.organization_id, now(), tstzrange(now() - interval '1 day', null) from n`,
  ],
  ["delete history", "delete from phone_pool.tenures where true"],
  ["truncate history", "truncate phone_pool.tenures cascade"],
];

/** What postgres may say first, without more being allowed than before. */
const PRELUDES: Record<string, string> = {
  "as it is": "select 1",
  "with what once was the password": "set local phone_pool.writer = 'function'",
  "where ordinary triggers do not fire": "set local session_replication_role = 'replica'",
  "with constraints deferred": "set constraints all deferred",
  "with constraints immediate": "set constraints all immediate",
  "in a repeatable read transaction": "set transaction isolation level repeatable read",
};

/** Refused by the exclusion constraint alone, with every trigger switched off. */
const OVERLAPPING: [what: string, phone: string, held: string][] = [
  ["a second holder now", HELD, "now(), null"],
  ["a second holder tomorrow", HELD, "now() + interval '1 day', null"],
  ["a second holder since yesterday", HELD, "now() - interval '1 day', null"],
  ["a holder during the quarantine", RESTING, "now() + interval '89 days', null"],
];

async function setUp(db: TestDatabase): Promise<void> {
  await addNumbers(db, 3);
  const [, leaver] = await register(db, 2);
  await db.query("select unassign_phone_number($1, 'x')", [leaver]);
  assertEquals(await contradictions(db), []);
}

const STATE = `select md5(concat((select jsonb_agg(to_jsonb(n) order by n.id) from phone_numbers n),
  (select jsonb_agg(to_jsonb(t) order by t.id) from phone_pool.tenures t)))`;

for (const [prelude, statement] of Object.entries(PRELUDES)) {
  Deno.test(`the database refuses what the rules forbid, for postgres too: ${prelude}`, async (t) => {
    await using db = await createTestDatabase();
    await setUp(db);
    const before = await value(db, STATE);
    for (const [what, sql] of REFUSED) {
      await t.step(what, async () => {
        const outcome = await rolledBack(db, async () => {
          await db.query(statement);
          return await outcomeOf(db.query(sql));
        });
        assertMatch(outcome, /^(PP0..|0A000|23P01|23505|23514)$/);
      });
    }
    assertEquals(await value(db, STATE), before);
  });
}

Deno.test("COPY is no way around", async () => {
  await using db = await createTestDatabase();
  await setUp(db);
  const superuser = await db.connect("supabase_admin");
  const who = await value(db, somebody);
  const copy = (line: string) =>
    outcomeOf(superuser.query(
      `copy public.phone_numbers (${columns}, status, organization_id, assigned_at)
       from program 'printf "${line}\\n"'`,
    ));
  assertEquals(await copy(`${NEW}\\t9\\t212\\t1\\tassigned\\t${who}\\t2026-01-01`), "PP010");
  assertEquals(await copy(`${NEW}\\t9\\t212\\t1\\tavailable\\t\\\\N\\t\\\\N`), "ok");
});

Deno.test("the refusal says which number, and what to use", async () => {
  await using db = await createTestDatabase();
  await setUp(db);
  const { code, detail, hint } = await failureOf(
    db.query(`${update} ${assign} ${number(FREE)}`),
  );
  assertEquals([code, detail, hint], [
    "PP010",
    `…${FREE.slice(-4)}: a number changes hands with its tenure, by one statement`,
    "Use request_phone_number, unassign_phone_number or retire_phone_number.",
  ]);
});

Deno.test("two holders at a time are refused by the constraint, whatever triggers do", async (t) => {
  await using db = await createTestDatabase();
  await setUp(db);
  const superuser = on(await db.connect("supabase_admin"));
  const insert = (phone: string, held: string) =>
    `alter table phone_pool.tenures disable trigger all; ${open(phone, somebody, held)}`;
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

/** Steps by hand that keep a number and its history in step. */
const ALLOWED: [what: string, sql: string][] = [
  ["a price put right", `${update} monthly_cost = 1.1 ${number(HELD)}`],
  [
    "a quarantine made longer",
    `${rewrite} quarantine_until = quarantine_until + interval '1 day' ${tenure(RESTING)}`,
  ],
  ["a free number given back", `${update} ${release} ${number(FREE)}`],
  [
    "a free number held back",
    `${update} status = 'suspended', suspended_until = 'infinity', suspended_reason = 'x'
       ${number(FREE)}`,
  ],
  [
    "assigned with its tenure",
    `with n as (${update} ${assign} ${number(FREE)} returning id, organization_id)
     insert into phone_pool.tenures (phone_number_id, organization_id, requested_at, held)
     select n.id, n.organization_id, now(), tstzrange(clock_timestamp(), null) from n`,
  ],
  [
    "suspended with its tenure",
    `with t as (${rewrite} release_reason = 'x', held = tstzrange(lower(held), clock_timestamp()),
       quarantine_until = now() + interval '91 days' ${tenure(HELD)}
       returning phone_number_id, quarantine_until)
     ${update} status = 'suspended', organization_id = null, suspended_reason = 'x',
       suspended_until = t.quarantine_until from t where id = t.phone_number_id`,
  ],
  ["a number added", born({ status: "'available'" })],
];

Deno.test("a legal step that keeps number and tenure in step is allowed, and the sweep does the rest", async (t) => {
  for (const [what, sql] of ALLOWED) {
    await t.step(what, async () => {
      await using db: TestDatabase & Runner = await createTestDatabase();
      await setUp(db);
      assertEquals(await outcomeOf(db.query(sql)), "ok");
      await sweep(db);
      await db.query("delete from public.organizations where true");
      assertEquals(await contradictions(db), []);
    });
  }
});
