import { assert, assertEquals, assertMatch, assertStringIncludes } from "../../support/assert.ts";
import { commandsOfPackage, runScript } from "../../support/commands.ts";
import { startRecorder } from "../../support/real-services.ts";

const STACK_LINE = /^\s+at .*:\d+:\d+/m;

Deno.test("each command answers --help and refuses an option that it does not know", async (t) => {
  await using recorder = startRecorder();
  const directory = await Deno.makeTempDir({ prefix: "phone-pool-command-" });
  const env = { ...recorder.variables, PHONE_POOL_DIRECTORY: directory };
  const scripts = commandsOfPackage();
  assert(scripts.length >= 13);
  for (const { typed, file } of scripts) {
    await t.step(typed, async () => {
      const [help, mistake] = await Promise.all([
        runScript(file, ["--help"], env),
        runScript(file, ["--no-such-option"], env),
      ]);
      assertEquals(help.code, 0, help.stderr);
      assertEquals(help.stdout.split(" -- ")[0], typed);
      assertMatch(help.stdout, /^ {2}--help/m);
      const { code, stdout, stderr } = mistake;
      assertEquals([code, stdout], [2, ""]);
      assertStringIncludes(stderr, "'--no-such-option'");
      assertStringIncludes(stderr, `${typed} -- --help`);
      assert(!STACK_LINE.test(stderr), stderr);
    });
  }
  assertEquals([...Deno.readDirSync(directory)], []);
  assertEquals(recorder.connections(), 0);
  await Deno.remove(directory);
});

const MISTAKES: [file: string, args: string[], says: string][] = [
  ["tests/run.ts", ["tests/nope"], "tests/nope: there is no such folder or file"],
  ["tests/livekit/run.ts", ["tests/nope"], "tests/nope: there is no such folder or file"],
  ["tests/versions/run.ts", ["tests/nope"], "tests/nope: there is no such folder or file"],
  ["tests/run.ts", ["--server=here"], "--server=here: is not postgresql://"],
  ["tests/bench/run.ts", ["nope"], "No such case: nope"],
  ["tests/faults/run.ts", ["--runs=abc"], "--runs=abc: is not a whole number"],
  ["tests/faults/run.ts", ["--runs=1.5"], "--runs=1.5: is not a whole number"],
  ["tests/simulation/run.ts", ["--seeds=-1"], "--seeds=-1: is not a whole number"],
  ["tests/simulation/run.ts", ["--seeds"], "--seeds"],
  ["supabase/local/demo.ts", ["more"], "more: not an argument"],
  ["supabase/local/stop.ts", ["now"], "now: not an argument"],
  ["supabase/local/start.ts", ["--yes=no"], "--yes"],
  ["supabase/deploy/deploy.ts", ["--env-file=/nope"], "--env-file=/nope: there is no such file"],
  ["seed/buy-initial-pool.ts", ["--count=1001"], "--count=1001: is not a whole number"],
  ["seed/buy-initial-pool.ts", ["--area-code=41"], "--area-code=41: is not three digits"],
  ["seed/import-do-not-call.ts", [], "<file.csv> is missing"],
  ["seed/import-do-not-call.ts", ["/nope.csv"], "/nope.csv: there is no such file"],
  ["seed/import-do-not-call.ts", ["a.csv", "--organization=7"], "is not a UUID"],
];

Deno.test("a mistake in what was typed is one clear line, and nothing runs", async (t) => {
  for (const [file, args, says] of MISTAKES) {
    await t.step([file, ...args].join(" "), async () => {
      const { code, stdout, stderr } = await runScript(file, args);
      assertEquals([code, stdout], [2, ""], stderr);
      assertStringIncludes(stderr, says);
      assert(!STACK_LINE.test(stderr), stderr);
    });
  }
});
