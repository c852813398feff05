import { z } from "zod";
import { readCommandLine, usage, UsageError } from "../../../supabase/command-line/command-line.ts";
import { flag, value, wholeNumber } from "../../../supabase/command-line/options.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../../support/assert.ts";

const COMMAND = {
  name: "npm run example",
  about: "An example. ".repeat(20),
  options: {
    "dry-run": flag("change nothing", "n"),
    count: value("N", "how many", wholeNumber(1, 40)),
    name: value("TEXT", "whose", z.string().min(2, "is too short")),
  },
  operands: { name: "<file>", least: 1, most: 2 },
  variables: { EXAMPLE_URL: "where" },
};

Deno.test("options are parsed, and left out ones are false or undefined", () => {
  assertEquals(readCommandLine(COMMAND, ["a", "--count", "7", "b", "-n"]), {
    options: { "dry-run": true, count: 7, name: undefined },
    operands: ["a", "b"],
  });
  assertEquals(readCommandLine(COMMAND, ["--count=07", "--", "--count"]), {
    options: { "dry-run": false, count: 7, name: undefined },
    operands: ["--count"],
  });
});

Deno.test("--help wins over what is missing beside it", () => {
  assertEquals(readCommandLine(COMMAND, ["--help"]), "help");
  assertEquals(readCommandLine(COMMAND, ["-nh", "--count=99"]), "help");
});

Deno.test("what does not fit is refused with its name", async (t) => {
  const cases: [string[], string][] = [
    [["a", "--nope"], "'--nope'"],
    [["a", "-x"], "'-x'"],
    [["a", "--count"], "--count"],
    [["a", "--count", "--dry-run"], "--count"],
    [["a", "--dry-run=false"], "--dry-run"],
    [["a", "--count=0"], "--count=0: is not a whole number from 1 to 40"],
    [["a", "--count=41"], "--count=41"],
    [["a", "--count="], "--count=: is not"],
    [["a", "--count=1e1"], "--count=1e1"],
    [["a", "--name=x"], "--name=x: is too short"],
    [[], "<file> is missing"],
    [["a", "b", "c", "d"], "c, d: not an argument"],
  ];
  for (const [args, says] of cases) {
    await t.step(args.join(" "), () => {
      const error = assertThrows(() => readCommandLine(COMMAND, args), UsageError);
      assertStringIncludes(error.message, says);
      assert(!error.message.includes("\n"));
    });
  }
});

Deno.test("--help names all of it, in 80 columns", () => {
  const text = usage(COMMAND);
  for (
    const part of ["--dry-run, -n", "--count=N", "--name=TEXT", "--help", "<file>", "EXAMPLE_URL"]
  ) {
    assertStringIncludes(text, part);
  }
  assertEquals(text.split("\n").filter((line) => line.length > 80), []);
});
