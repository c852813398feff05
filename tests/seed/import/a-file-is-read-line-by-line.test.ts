import { readCsv } from "../../../seed/import/read-csv.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";

const COLUMNS = { required: ["phone", "id"], optional: ["note"], texts: ["note"] };
const QUOTES = "a quote is not closed, or stands where there may be none";

/** "2: a|b" for line 2 that was read; "3! why" for one that was not. */
function read(csv: string): string[] {
  const { rows, bad } = readCsv(csv, COLUMNS, (field, line) => {
    const phone = field("phone");
    if (!phone?.startsWith("+1")) return "no phone";
    return { line, text: [phone, field("id") ?? "", field("note")].filter((v) => v !== undefined) };
  });
  return [
    ...rows.map(({ line, text }) => `${line}: ${text.join("|")}`),
    ...bad.map(({ line, problem }) => `${line}! ${problem}`),
  ].toSorted((a, b) => parseInt(a) - parseInt(b));
}

const CASES: Record<string, [lines: string[], found: string[]]> = {
  "a byte order mark before a quoted heading": [
    ['\ufeff"Phone" , "id"'.replaceAll(" ", ""), "+11,1"],
    ["2: +11|1"],
  ],
  "a heading in another order, with blanks and capitals": [
    ["", " ID , Phone ", "1,+11"],
    ["3: +11|1"],
  ],
  "quoted fields, quotes in them, blanks around": [
    ["phone,id,note", '"+11","1","said ""no"", twice"', " +12 , 2 ,  "],
    ['2: +11|1|said "no", twice', "3: +12|2"],
  ],
  "empty lines, and lines of blanks": [
    ["phone,id", "+11,1", "", "   ", "+12,2", ""],
    ["2: +11|1", "5: +12|2"],
  ],
  "too few and too many fields": [
    ["phone,id", "+11", "+12,2,x", "+13,3"],
    ["2! 1 fields, the heading has 2", "3! 3 fields, the heading has 2", "4: +13|3"],
  ],
  "what the command says of a line": [
    ["phone,id", "22,2", "+13,3"],
    ["2! no phone", "3: +13|3"],
  ],
  "a quote that is not closed, as the last": [
    ["phone,id", "+11,1", '"+12,2'],
    ["2: +11|1", `3! ${QUOTES}`],
  ],
  "a quote that is not closed, before all others": [
    ["phone,id", '"+11,1', "+12,2", "+13,3", "22,4", "+15,5"],
    [`2! ${QUOTES}`, "3: +12|2", "4: +13|3", "5! no phone", "6: +15|5"],
  ],
  "… and quoted lines behind it": [
    ["phone,id", '"+11,1', "+12,2", '"+13","3"', '+14,"4"'],
    [`2! ${QUOTES}`, "3: +12|2", "4: +13|3", "5: +14|4"],
  ],
  "… and by chance another quote that closes it": [
    ["phone,id", '+11,"1', "+12,2", '+13"', "+14,4"],
    [`2! ${QUOTES}`, "3: +12|2", `4! ${QUOTES}`, "5: +14|4"],
  ],
  "… and with the right number of fields": [
    ["phone,id", '"22,1', "+12,2", '+13",3', "+14,4"],
    [`2! ${QUOTES}`, "3: +12|2", `4! ${QUOTES}`, "5: +14|4"],
  ],
  "a quote within a field": [
    ["phone,id,note", '+11,1,a "bare" quote', "+12,2,"],
    [`2! ${QUOTES}`, "3: +12|2"],
  ],
  "a field with a line break, which is one": [
    ["phone,id,note", '+11,1,"two', 'lines"', "+12,2,x"],
    ["2: +11|1|two\nlines", "4: +12|2|x"],
  ],
};

for (const [what, [lines, found]] of Object.entries(CASES)) {
  for (const end of ["\n", "\r\n"]) {
    Deno.test(`${what}, lines ending with ${JSON.stringify(end)}`, () => {
      assertEquals(read(lines.join(end)), found);
    });
  }
}

Deno.test("of 3,000 lines each tenth is bad, in its own way: the others are read, in order", () => {
  const bad: Record<number, string> = {
    0: '"+11,1',
    3: "+11",
    6: '+11,"',
    9: "22,1",
  };
  const lines = Array.from({ length: 3000 }, (_, k) => {
    if (k % 10 > 0) return k % 3 === 0 ? `"+1${k}","${k}"` : `+1${k},${k}`;
    return bad[(k / 10) % 10] ?? bad[0] ?? "";
  });
  const found = read(["phone,id", ...lines].join("\n"));
  assertEquals(found.length, 3000);
  for (const [k, text] of found.entries()) {
    assertEquals(text.startsWith(k % 10 > 0 ? `${k + 2}: +1${k}|${k}` : `${k + 2}!`), true, text);
  }
});

Deno.test("a first line that does not name the columns is refused, and says which they are", () => {
  const headings = [
    "",
    "+11,1",
    "phone",
    "phone,id,phone",
    "phone,id,other",
    "phone;id",
    '"phone,id',
  ];
  for (const heading of headings) {
    assertThrows(
      () => read(`${heading}\n+11,1`),
      Error,
      "The first line names the columns, with commas: phone, id and, if wanted, note",
    );
  }
});
