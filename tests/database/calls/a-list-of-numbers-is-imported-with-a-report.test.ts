import { importDoNotCall } from "../../../seed/do-not-call/import-lines.ts";
import { assertEquals, assertRejects } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { registerOne, values } from "../../support/pool.ts";
import { createRpc } from "../../support/rpc.ts";

Deno.test("a list of numbers is imported, and each bad line is reported", async () => {
  await using db = await createTestDatabase();
  const clinic = await registerOne(db);
  const call = createRpc(await db.connect("service_role"));
  const options = { call, organizationId: null, recordedBy: "import of list.csv" };
  const csv = [
    "\ufeffphone_number,organization_id,reason",
    "+12125550101,,",
    `(212) 555-0102,${clinic},asked by letter`,
    `"212-555-0103","${clinic.toUpperCase()}","said ""stop"", twice"`,
    "",
    "not a number,,",
    "+12125550104,no-uuid,",
    `+12125550105,${crypto.randomUUID()},`,
    "+12125550106",
    "+442079460000,,a patient abroad",
    "+12125550101,,once more",
    '+12125550107,,"two',
    'lines"',
    '+12125550108,,a "bare quote',
  ].join("\r\n");
  const report = await importDoNotCall(csv, options);
  assertEquals(report, {
    outcomes: new Map([["added", 5], ["known", 1]]),
    bad: [
      { line: 6, problem: "phone_number is not a phone number" },
      { line: 7, problem: "organization_id is not a UUID" },
      { line: 8, problem: "organization_id is of no organization" },
      { line: 9, problem: "1 fields, the heading has 3" },
      { line: 14, problem: "a quote is not closed, or stands where there may be none" },
    ],
  });
  const list = () =>
    values<string>(
      db,
      `select concat_ws(' ', phone_number, organization_id, reason, source) as value
       from phone_pool.do_not_call order by phone_number`,
    );
  const expected = [
    "+12125550101 imported import",
    `+12125550102 ${clinic} asked by letter import`,
    `+12125550103 ${clinic} said "stop", twice import`,
    "+12125550107 two\nlines import",
    "+442079460000 a patient abroad import",
  ];
  assertEquals(await list(), expected);
  assertEquals((await importDoNotCall(csv, options)).outcomes, new Map([["known", 6]]));
  assertEquals(await list(), expected, "safe to repeat");
});

Deno.test("a line that names its organization is for that one, whatever the command names", async () => {
  await using db = await createTestDatabase();
  const [named, own] = [await registerOne(db), await registerOne(db)];
  const call = createRpc(await db.connect("service_role"));
  const csv = ["phone_number,organization_id", `+12125550101,${own}`, "+12125550102,"].join("\n");
  await importDoNotCall(csv, { call, organizationId: named, recordedBy: "test" });
  assertEquals(
    await values(
      db,
      "select organization_id as value from phone_pool.do_not_call order by phone_number",
    ),
    [own, named],
  );
});

Deno.test("a file for one organization; a file that is something else", async () => {
  await using db = await createTestDatabase();
  const clinic = await registerOne(db);
  const call = createRpc(await db.connect("service_role"));
  const options = { call, organizationId: clinic, recordedBy: "test" };
  const numbers = Array.from({ length: 1201 }, (_, k) => `+1212555${1000 + k}`);
  const report = await importDoNotCall(["phone_number", ...numbers].join("\n"), options);
  assertEquals(report, { outcomes: new Map([["added", 1201]]), bad: [] });
  assertEquals(
    await values(db, "select distinct organization_id as value from phone_pool.do_not_call"),
    [clinic],
  );
  for (const csv of ["", "+12125550100\n+12125550101", "phone_number,phone\n+12125550100,1"]) {
    await assertRejects(() => importDoNotCall(csv, options), Error, "The first line names");
  }
});
