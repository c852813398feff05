import { importNumbers } from "../../../seed/numbers/import-numbers.ts";
import { tell } from "../../../seed/import/report.ts";
import { assertEquals, assertRejects } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { createCarrierClient } from "../../../functions/_shared/carrier-client.ts";
import {
  contradictions,
  existing,
  freeNumbers,
  phonesOf,
  registerOne,
  value,
  values,
} from "../../support/pool.ts";
import { createRpc } from "../../support/rpc.ts";
import { simulatedApiKey } from "../../../supabase/local/simulators/telnyx/mod.ts";
import { withSupply } from "../../support/supply.ts";

const HEADING = "phone_number,telnyx_phone_number_id,organization_id";
const numberOf = (k: number) => `+1415555${String(1000 + k).padStart(4, "0")}`;
const idOf = (k: number) => `29357123456789${k}`;

/** The ways in which applications write a number of ten digits. */
const FORMATS = [
  (ten: string) => `+1${ten}`,
  (ten: string) => `(${ten.slice(0, 3)}) ${ten.slice(3, 6)}-${ten.slice(6)}`,
  (ten: string) => `${ten.slice(0, 3)}.${ten.slice(3, 6)}.${ten.slice(6)} x12`,
];

async function importInto(db: TestDatabase, lines: string[], isDryRun = false) {
  const call = createRpc(await db.connect("service_role"));
  const { outcomes, bad } = await importNumbers(lines.join("\n"), { call, isDryRun });
  return { outcomes: Object.fromEntries(outcomes), bad };
}

Deno.test("an account of 40 numbers, 12 of which clinics use already in three formats", async () => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set low_water = 0");
  const clinics: string[] = [];
  for (let k = 0; k < 12; k++) {
    const ten = numberOf(k).slice(2);
    const phone = FORMATS[k % 3]?.(ten);
    clinics.push(await (k % 2 === 0 ? existing : registerOne)(db, { phone }));
  }
  const lines = [HEADING, ...Array.from({ length: 40 }, (_, k) => `${numberOf(k)},${idOf(k)},`)];

  const tried = await importInto(db, lines, true);
  assertEquals(tried, { outcomes: { assigned: 12, available: 28 }, bad: [] });
  assertEquals(await value(db, "select count(*)::int from public.phone_numbers"), 0);

  assertEquals(await importInto(db, lines), tried);
  assertEquals(await phonesOf(db, clinics), clinics.map((_, k) => numberOf(k)));
  assertEquals(
    await values(
      db,
      `select n.phone_number as value from unnest($1::uuid[]) with ordinality w (id, place)
       join public.phone_numbers n on n.organization_id = w.id order by w.place`,
      [clinics],
    ),
    clinics.map((_, k) => numberOf(k)),
  );
  assertEquals((await freeNumbers(db)).length, 28);
  assertEquals(await contradictions(db), []);

  assertEquals(await importInto(db, lines), { outcomes: { known: 40 }, bad: [] });
  assertEquals(await importInto(db, lines, true), { outcomes: { known: 40 }, bad: [] });
});

Deno.test("each bad line is named with its number, and keeps no other out", async () => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set low_water = 0");
  const own = await registerOne(db, { phone: "(303) 555-0100" });
  const gone = await existing(db, { status: "canceled" });
  const [clinic, other] = [await existing(db), await existing(db)];
  const [shown] = [await registerOne(db, { phone: numberOf(8) })];
  await existing(db, { phone: numberOf(9) });
  await existing(db, { phone: numberOf(9) });
  await importInto(db, [HEADING, `${numberOf(1)},${idOf(1)},`]);
  await db.query("select retire_phone_number($1, 'a test')", [numberOf(1)]);
  const lines: [line: string, problem: string | null][] = [
    [`${numberOf(2)},${idOf(2)},`, null],
    [`${numberOf(3)},${idOf(3)},${clinic}`, null],
    ["no number,1,", "phone_number is not a phone number"],
    [`${numberOf(4)},,`, "telnyx_phone_number_id is missing (--lookup asks Telnyx for it)"],
    [
      `${numberOf(4)},2.93571E+18,`,
      "The request is not valid: telnyx_phone_number_id is the id of the number at Telnyx, " +
      "digits without spaces",
    ],
    [`${numberOf(4)},${idOf(4)},clinic`, "organization_id is not a UUID"],
    [`${numberOf(12)},${idOf(12)},${crypto.randomUUID()}`, "Organization not found: "],
    [`${numberOf(5)},${idOf(5)},${own}`, "The organization has a phone number of its own: "],
    [`${numberOf(6)},${idOf(6)},${gone}`, "The organization is not active: canceled"],
    [`${numberOf(7)},${idOf(7)},${clinic}`, "organization_id stands in line 3 already"],
    [`${numberOf(2)},${idOf(20)},`, "phone_number stands in line 2 already"],
    [`${numberOf(10)},${idOf(2)},`, "telnyx_phone_number_id stands in line 2 already"],
    [`${numberOf(1)},${idOf(1)},`, "The number was given back to Telnyx: …1001"],
    [`${numberOf(8)},${idOf(8)},${other}`, "The number stands as the phone of an organization: "],
    [`${numberOf(9)},${idOf(9)},`, "The number stands as the phone of an organization: "],
    ["+18005550100,1800,", "The request is not valid: phone_number is a number of the United"],
    ["+14165550100,1416,", "The request is not valid: phone_number is a number of the United"],
    ["+14159110100,1911,", "The request is not valid: phone_number is a number of the United"],
    [`${numberOf(11)},${idOf(11)},`, null],
  ];
  for (const isDryRun of [true, false]) {
    const report = await importInto(db, [HEADING, ...lines.map(([line]) => line)], isDryRun);
    assertEquals(report.outcomes, { available: 2, assigned: 1 });
    const expected = lines.flatMap(([, problem], k) => problem === null ? [] : [[k + 2, problem]]);
    assertEquals(
      report.bad.map(({ line, problem }, k) => [
        line,
        problem.startsWith(String(expected[k]?.[1])) ? expected[k]?.[1] : problem,
      ]),
      expected,
    );
  }
  assertEquals(await phonesOf(db, [own, clinic, other, shown]), [
    "(303) 555-0100",
    numberOf(3),
    null,
    numberOf(8),
  ]);
  // As the application has it, in two rows.
  assertEquals(await contradictions(db), [`${numberOf(9)} is held twice`]);
});

Deno.test("a dry run counts what the lines above take: the room, and the organization", async () => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set low_water = 0, max_numbers = 3");
  const lines = [HEADING, ...Array.from({ length: 5 }, (_, k) => `${numberOf(k)},${idOf(k)},`)];
  for (const isDryRun of [true, false]) {
    const { outcomes, bad } = await importInto(db, lines, isDryRun);
    assertEquals([outcomes, bad.map(({ line }) => line)], [{ available: 3 }, [5, 6]]);
  }
});

Deno.test("imported without its holder and again with it: it goes to the holder", async () => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set low_water = 0");
  const clinic = await existing(db);
  await importInto(db, [HEADING, `${numberOf(1)},${idOf(1)},`]);
  assertEquals((await importInto(db, [HEADING, `${numberOf(1)},7,`])).bad, [
    {
      line: 2,
      problem: "The request is not valid: the number is known by another telnyx_phone_number_id",
    },
  ]);
  const again = [HEADING, `${numberOf(1)},${idOf(1)},${clinic}`];
  assertEquals(await importInto(db, again), { outcomes: { assigned: 1 }, bad: [] });
  assertEquals(await phonesOf(db, [clinic]), [numberOf(1)]);
  assertEquals(await importInto(db, again), { outcomes: { known: 1 }, bad: [] });
});

Deno.test("ids that are missing are asked for at Telnyx", () =>
  withSupply({}, async (supply) => {
    await supply.db.query("update phone_pool.settings set low_water = 0");
    await supply.plan(2);
    await supply.run();
    const [first, second] = supply.simulator.control.snapshot().numbers;
    // As another project's pool on the same account: known here by nobody.
    await using db = await createTestDatabase();
    await db.query("update phone_pool.settings set low_water = 0");
    const { numbers } = createCarrierClient({
      apiKey: simulatedApiKey,
      baseUrl: supply.simulator.apiUrl,
    });
    const lines = [
      "phone_number",
      first?.phone_number,
      second?.phone_number,
      "+12125550199",
    ];
    const call = createRpc(await db.connect("service_role"));
    const report = await importNumbers(lines.join("\n"), {
      call,
      isDryRun: false,
      lookup: async (phoneNumber) => (await numbers.find(phoneNumber))?.id ?? null,
    });
    assertEquals(Object.fromEntries(report.outcomes), { available: 2 });
    assertEquals(report.bad, [{ line: 4, problem: "the number is not in the Telnyx account" }]);
    assertEquals(
      (await values(db, "select telnyx_phone_number_id as value from phone_numbers")).toSorted(),
      [first?.id, second?.id].toSorted(),
    );
  }));

Deno.test("the heading is required, and what was done is told in one line", async () => {
  await using db = await createTestDatabase();
  await assertRejects(
    () => importInto(db, [`${numberOf(1)},${idOf(1)}`]),
    Error,
    "The first line names the columns, with commas: phone_number, telnyx_phone_number_id",
  );
  const outcomes = new Map([["assigned", 12], ["known", 1]]);
  assertEquals(
    tell({ outcomes, bad: [{ line: 7, problem: "no" }] }, {
      assigned: "imported",
      available: "into the pool",
      known: "known before",
    }),
    {
      summary: "12 imported, 0 into the pool, 1 known before, 1 lines not",
      problems: ["line 7: no"],
      exit: 1,
    },
  );
});
