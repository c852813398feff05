import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { failureOf, outcomeOf } from "../../support/failure.ts";
import { leave, phoneOf, readNumber, tenuresOf } from "../../support/lifecycle.ts";
import {
  addNumbers,
  contradictions,
  countNudges,
  freeNumbers,
  phonesOf,
  planNow,
  register,
  registerOne,
  type Runner,
  setVault,
  value,
  waiting,
} from "../../support/pool.ts";

const NUMBER = "+14155550199";
const IMPORT = `select phone_number, telnyx_phone_number_id, organization_id, status, area_code,
  monthly_cost::float8, purchase_id from import_phone_number($1, $2, $3)`;

const bring = (db: Runner, phoneNumber: string | null, id: string | null = "29357", to?: string) =>
  db.query(IMPORT, [phoneNumber, id, to ?? null]);

Deno.test("a number bought by hand joins the pool; known already, it is left as it is", async () => {
  await using db = await createTestDatabase();
  const row = {
    phone_number: "+12125550100",
    telnyx_phone_number_id: "29357",
    organization_id: null,
    status: "available",
    area_code: "212",
    monthly_cost: 1,
    purchase_id: null,
  };
  assertEquals(await bring(db, "+12125550100"), [row]);
  assertEquals(await bring(db, "+12125550100"), [row]);
  const other = await failureOf(bring(db, "+12125550100", "29358"));
  assertEquals([other.code, other.detail], [
    "PP005",
    "the number is known by another telnyx_phone_number_id",
  ]);
  assertEquals(await freeNumbers(db), ["+12125550100"]);
});

Deno.test("an organization that waits is served by the planner, which is nudged", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  const id = await registerOne(db);
  await planNow(db);
  assertEquals(await countNudges(db), 1);
  const [row] = await bring(db, "+12125550100");
  assertEquals([row?.status, await countNudges(db)], ["available", 2]);
  await planNow(db);
  const [again] = await bring(db, "+12125550100");
  assertEquals([again?.status, again?.organization_id], ["assigned", id]);
});

Deno.test("a number of the United States in E.164 form and an id are asked for", async (t) => {
  await using db = await createTestDatabase();
  await bring(db, "+12125550100");
  const cases: [what: string, string | null, string | null][] = [
    ["nothing", null, "1"],
    ["empty", "", "1"],
    ["no country code", "2125550101", "1"],
    ["no plus", "12125550101", "1"],
    ["London", "+442079460000", "1"],
    ["Toronto", "+14165550101", "1"],
    ["Vancouver", "+16045550101", "1"],
    ["Jamaica", "+18765550101", "1"],
    ["Puerto Rico is no state", "+16005550101", "1"],
    ["toll-free", "+18005550101", "1"],
    ["toll-free, newer", "+18335550101", "1"],
    ["premium", "+19005550101", "1"],
    ["personal", "+15005550101", "1"],
    ["an emergency number as area code", "+19115550101", "1"],
    ["an emergency number as exchange", "+12129110101", "1"],
    ["a service as exchange", "+12124110101", "1"],
    ["not assigned", "+13705550101", "1"],
    ["directory assistance", "+15555550101", "1"],
    ["an area code that begins with 1", "+11125550101", "1"],
    ["an exchange that begins with 1", "+12121550101", "1"],
    ["too long", "+121255501000", "1"],
    ["a letter", "+1212555010a", "1"],
    ["a blank before", " +12125550101", "1"],
    ["a line end", "+12125550101\n", "1"],
    ["as people write it", "(212) 555-0101", "1"],
    ["no id", "+12125550101", null],
    ["an empty id", "+12125550101", ""],
    ["an id with blanks", "+12125550101", "  123 "],
    ["an id with a blank within", "+12125550101", "12 3"],
    ["an id with a line end", "+12125550101", "123\n"],
    ["a long id", "+12125550101", "1".repeat(65)],
    ["the id of another number", "+12125550101", "29357"],
  ];
  for (const [what, phoneNumber, id] of cases) {
    await t.step(what, async () => {
      assertEquals(await outcomeOf(bring(db, phoneNumber, id)), "PP005");
    });
  }
  assertEquals(await freeNumbers(db), ["+12125550100"]);
});

Deno.test("not beyond max_numbers", async () => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set max_numbers = 3");
  const [known = ""] = await addNumbers(db, 3);
  assertEquals(await outcomeOf(bring(db, NUMBER)), "PP020");
  assertEquals(await outcomeOf(bring(db, known, "293571")), "ok", "known already");
});

Deno.test("a number that was given back does not come in again, and that is said", async () => {
  await using db = await createTestDatabase();
  const [number = ""] = await addNumbers(db, 1);
  await db.query("select retire_phone_number($1, 'spam')", [number]);
  // Bought anew by hand, it has another id.
  for (const id of ["293571", "9"]) {
    const { code, detail } = await failureOf(bring(db, number, id));
    assertEquals([code, detail], ["PP015", `…${number.slice(-4)}`]);
  }
  assertEquals((await readNumber(db, number)).status, "released");
});

const FORMATS = [
  NUMBER,
  "14155550199",
  "4155550199",
  "(415) 555-0199",
  "415-555-0199",
  "415.555.0199",
  "+1 415 555 0199",
  "1 (415) 555-0199",
  " +1-415-555-0199 ",
  "tel:+14155550199",
  "415 555 0199 x12",
  "415-555-0199 ext. 3",
  "Tel. 415/555/0199",
];

Deno.test("a number that stands as an organization's phone is that organization's", async (t) => {
  for (const phone of FORMATS) {
    await t.step(phone, async () => {
      await using db = await createTestDatabase();
      const old = await registerOne(db, { phone });
      assertEquals(await phoneOf(db, old), phone, "its own, and left as it is");
      const [row] = await bring(db, NUMBER);
      assertEquals([row?.status, row?.organization_id], ["assigned", old]);
      assertEquals(await phoneOf(db, old), NUMBER);
      assertEquals(await tenuresOf(db, NUMBER), ["held"]);
      const [next] = await register(db, 1, { areaCode: "415" });
      assertEquals(await waiting(db), [next], "the next that wants 415 does not get it");
      assertEquals(await contradictions(db), []);
    });
  }
});

const BESIDE_ANOTHER = [
  "415-555-0199 / 415-555-0200",
  "415-555-0100 or 415-555-0199",
  "+1 (415) 555-0199 option 2",
  "(415) 555-0199 (2nd floor)",
  "0014155550199",
  "(0)415 555 0199",
  "1 1 415 555 0199",
];

Deno.test("a number that may be an organization's phone is refused, never pooled", async (t) => {
  for (const phone of BESIDE_ANOTHER) {
    await t.step(phone, async () => {
      await using db = await createTestDatabase();
      const old = await registerOne(db, { phone });
      assertEquals(await outcomeOf(bring(db, NUMBER)), "PP014");
      assertEquals(await freeNumbers(db), []);
      assertEquals(await phoneOf(db, old), phone);
    });
  }
  await t.step("as found in the account it is held back", async () => {
    await using db = await createTestDatabase();
    await bring(db, NUMBER);
    await db.query("select phone_pool.hold_back_number(id, 'a test') from phone_numbers");
    await registerOne(db, { phone: BESIDE_ANOTHER[0] });
    await db.query("select phone_pool.put_back_number(id) from phone_numbers");
    assertEquals(await freeNumbers(db), []);
  });
});

Deno.test("with its holder, who waits no longer and is no longer without one on purpose", async () => {
  await using db = await createTestDatabase();
  const waits = await registerOne(db, { areaCode: "907" });
  const [row] = await bring(db, NUMBER, "1", waits);
  assertEquals([row?.organization_id, await waiting(db)], [waits, []]);
  await db.query("select unassign_phone_number($1, 'x')", [waits]);
  await bring(db, "+14155550200", "2", waits);
  assertEquals(await phoneOf(db, waits), "+14155550200");
  await db.query("select unassign_phone_number($1, 'x')", [waits]);
  assertEquals(await contradictions(db), []);
});

Deno.test("with its holder, a number that is in the pool already", async () => {
  await using db = await createTestDatabase();
  const id = await registerOne(db, { phone: NUMBER });
  await db.query("update public.organizations set phone = null");
  await bring(db, NUMBER);
  assertEquals(await freeNumbers(db), [NUMBER]);
  await bring(db, NUMBER, "29357", id);
  assertEquals([await phoneOf(db, id), await freeNumbers(db)], [NUMBER, []]);
});

type Prepare = (db: TestDatabase) => Promise<string>;

/** What the number or the organization is, that it cannot be given. */
const REFUSED: [what: string, code: string, prepare: Prepare][] = [
  ["no such organization", "PP001", () => Promise.resolve(crypto.randomUUID())],
  ["one that has left", "PP012", (db) => registerOne(db, { status: "canceled" })],
  ["one that holds another number", "PP009", async (db) => {
    await addNumbers(db, 1);
    return await registerOne(db);
  }],
  ["one with another phone of its own", "PP013", (db) => registerOne(db, { phone: "3035550100" })],
  ["the number stands at another", "PP014", async (db) => {
    await registerOne(db, { phone: "(415) 555-0199" });
    return await existingWithout(db);
  }],
  ["the number stands at two", "PP014", async (db) => {
    const id = await registerOne(db, { phone: NUMBER });
    await registerOne(db, { phone: "415-555-0199" });
    return id;
  }],
  ["another holds it", "PP009", async (db) => {
    await bring(db, NUMBER);
    await registerOne(db);
    return await existingWithout(db);
  }],
  ["it rests", "PP009", async (db) => {
    await bring(db, NUMBER);
    await leave(db, await registerOne(db));
    return await existingWithout(db);
  }],
];

/** One that has no number and no phone. */
async function existingWithout(db: TestDatabase): Promise<string> {
  const id = await registerOne(db, { phone: "2025550100" });
  await db.query("update public.organizations set phone = null where id = $1", [id]);
  return id;
}

Deno.test("a number is not imported for an organization that cannot have it", async (t) => {
  for (const [what, code, prepare] of REFUSED) {
    await t.step(what, async () => {
      await using db = await createTestDatabase();
      const id = await prepare(db);
      const before = await value(db, "select jsonb_agg(to_jsonb(n)) from public.phone_numbers n");
      const failure = await failureOf(bring(db, NUMBER, "29357", id));
      assertEquals(failure.code, code);
      assertEquals(failure.hint === "", false);
      assertEquals(
        await value(db, "select jsonb_agg(to_jsonb(n)) from public.phone_numbers n"),
        before,
        "nothing half-done",
      );
      assertEquals(await contradictions(db), []);
    });
  }
});

Deno.test("shown by one that has left, or by two: refused, never pooled", async (t) => {
  const cases: Record<string, [string, Prepare]> = {
    "one that has left": ["PP012", (db) => registerOne(db, { phone: NUMBER, status: "canceled" })],
    "two": ["PP014", async (db) => {
      await registerOne(db, { phone: NUMBER });
      return await registerOne(db, { phone: "(415) 555-0199" });
    }],
  };
  for (const [what, [code, prepare]] of Object.entries(cases)) {
    await t.step(what, async () => {
      await using db = await createTestDatabase();
      await prepare(db);
      assertEquals(await outcomeOf(bring(db, NUMBER)), code);
      assertEquals(await freeNumbers(db), []);
    });
  }
});

Deno.test("an application's trigger that refuses the phone: an error, and nothing of the number", async () => {
  await using db = await createTestDatabase();
  const id = await registerOne(db, { phone: "415 555 0199" });
  await db.query(
    "alter table public.organizations add constraint of_a_test check (phone !~ '^\\+')",
  );
  assertEquals(await outcomeOf(bring(db, NUMBER, "1", id)), "23514");
  assertEquals(await value(db, "select count(*)::int from public.phone_numbers"), 0);
  assertEquals(await phonesOf(db, [id]), ["415 555 0199"]);
});
