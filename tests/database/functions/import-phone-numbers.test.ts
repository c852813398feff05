import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import {
  contradictions,
  freeNumbers,
  phonesOf,
  registerOne,
  type Runner,
  value,
} from "../../support/pool.ts";

interface Line extends Record<string, unknown> {
  line: number;
  problem: string | null;
  outcome: string | null;
}

const bring = (db: Runner, rows: unknown, isDryRun = false) =>
  db.query<Line>(
    "select line, problem, outcome from phone_pool_worker.import_phone_numbers($1, $2)",
    [
      JSON.stringify(rows),
      isDryRun,
    ],
  );

const counts = async (db: Runner, lines: Line[]) => {
  const found: Record<string, number> = {};
  for (const { outcome, problem } of lines) {
    const key = outcome ?? problem ?? "";
    found[key] = (found[key] ?? 0) + 1;
  }
  return { found, numbers: await value(db, "select count(*)::int from public.phone_numbers") };
};

Deno.test("an account of 40 numbers, 12 of them clinics' phones in three formats, in one run", async () => {
  await using db = await createTestDatabase();
  const account = Array.from({ length: 40 }, (_, k) => ({
    line: k + 2,
    phone_number: `+1415555${String(100 + k).padStart(4, "0")}`,
    telnyx_phone_number_id: `129338426107573${1000 + k}`,
  }));
  const clinics: string[] = [];
  for (const [k, { phone_number: phone }] of account.slice(0, 12).entries()) {
    const formats = [phone, `(415) 555-${phone.slice(-4)}`, `1.415.555.${phone.slice(-4)}`];
    clinics.push(await registerOne(db, { phone: formats[k % 3] ?? phone }));
  }
  const expected = { assigned: 12, available: 28 };
  const dry = await bring(db, account, true);
  assertEquals(await counts(db, dry), { found: expected, numbers: 0 });
  assertEquals((await phonesOf(db, clinics)).includes("(415) 555-0101"), true);

  assertEquals(await counts(db, await bring(db, account)), { found: expected, numbers: 40 });
  assertEquals(
    await phonesOf(db, clinics),
    account.slice(0, 12).map(({ phone_number }) => phone_number),
  );
  assertEquals((await freeNumbers(db)).length, 28);
  assertEquals(await contradictions(db), []);

  const again = { found: { known: 40 }, numbers: 40 };
  assertEquals(await counts(db, await bring(db, account)), again);
});

const FILE = [
  { line: 2, phone_number: "+14155550100", telnyx_phone_number_id: "100" },
  { line: 3, phone_number: "+14155550100", telnyx_phone_number_id: "100" },
  { line: 4, phone_number: "+14155550101", telnyx_phone_number_id: "100" },
  { line: 5, phone_number: "415 555 0102", telnyx_phone_number_id: "102" },
  { line: 6, phone_number: "+14165550103", telnyx_phone_number_id: "103" },
  { line: 7, phone_number: null, telnyx_phone_number_id: "104" },
  { line: 8, phone_number: "+14155550105" },
  {
    line: 9,
    phone_number: "+14155550106",
    telnyx_phone_number_id: "106",
    organization_id: "no uuid",
  },
  {
    line: 10,
    phone_number: "+14155550107",
    telnyx_phone_number_id: "107",
    organization_id: "00000000-0000-4000-8000-000000000000",
  },
  { line: 11, phone_number: "+14155550108", telnyx_phone_number_id: "108" },
  { line: 12, phone_number: "+14155550109", telnyx_phone_number_id: "109" },
];
const US =
  "The request is not valid: phone_number is a number of the United States in E.164 form, " +
  "such as +12125550100";
const ID =
  "The request is not valid: telnyx_phone_number_id is the id of the number at Telnyx, digits " +
  "without spaces";
const REPORT: [line: number, problem: string | null, outcome: string | null][] = [
  [2, null, "available"],
  [3, null, "known"],
  [4, "The request is not valid: telnyx_phone_number_id is the id of another number", null],
  [5, US, null],
  [6, US, null],
  [7, US, null],
  [8, ID, null],
  [9, "organization_id is not a UUID", null],
  [10, "Organization not found: 00000000-0000-4000-8000-000000000000", null],
  [11, null, "available"],
  [12, "There is no room for another phone number", null],
];

Deno.test("each bad line is reported by its number and keeps no other out, in a dry run too", async () => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set max_numbers = 2");
  const report = REPORT.map(([line, problem, outcome]) => ({ line, problem, outcome }));
  assertEquals(await bring(db, FILE, true), report);
  assertEquals(await freeNumbers(db), []);
  assertEquals(await bring(db, FILE), report);
  assertEquals(await freeNumbers(db), ["+14155550100", "+14155550108"]);
});

Deno.test("nothing to import is nothing", async () => {
  await using db = await createTestDatabase();
  assertEquals(await bring(db, []), []);
});
