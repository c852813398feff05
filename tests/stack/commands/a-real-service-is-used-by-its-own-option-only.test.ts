import { createDialogue } from "../../../supabase/command-line/dialogue.ts";
import {
  consents,
  describeServices,
  unusedVariables,
} from "../../../supabase/local/stack/real-services.ts";
import { runInForeground } from "../../../supabase/local/stack/start-command.ts";
import { NOTHING_REAL, readSettings } from "../../../supabase/local/stack/settings.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { runScript } from "../../support/commands.ts";
import { startRecorder } from "../../support/real-services.ts";
import { runCommand } from "../support.ts";

const REAL = [
  { option: "telnyx", variable: "TELNYX_API_KEY", asks: true },
  { option: "livekit", variable: "LIVEKIT_URL", asks: false },
  { option: "database", variable: "SUPABASE_DB_URL", asks: true },
] as const;

Deno.test("settings hold the variables of a service only if it was asked for", async (t) => {
  await using recorder = startRecorder();
  const given = recorder.variables;
  for (const { option, variable, asks } of REAL) {
    await t.step(option, async () => {
      const real = { ...NOTHING_REAL, [option]: true };
      const settings = readSettings(given, real);
      const taken = REAL.filter(({ variable }) => settings[variable] !== undefined);
      assertEquals(taken.map(({ variable }) => variable), [variable]);
      assert(describeServices(settings, real).startsWith("Real: "));
      assertStringIncludes(
        describeServices(settings, real).split("Simulated")[0] ?? "",
        new URL(recorder.variables.SUPABASE_URL ?? "").host,
      );
      assert(!unusedVariables(given, real).some((line) => line.includes(`--${option}`)));
      const said: string[] = [];
      const dialogue = createDialogue({ yes: true, write: (line) => void said.push(line) });
      assert(await consents(dialogue, real));
      assertEquals(said.length > 0, asks);
    });
  }
});

Deno.test("what is bought or migrated is asked for; with nobody to ask, nothing starts", async (t) => {
  await using recorder = startRecorder();
  const directory = await Deno.makeTempDir({ prefix: "phone-pool-command-" });
  const env = { ...recorder.variables, PHONE_POOL_DIRECTORY: directory };
  for (const { option } of REAL.filter(({ asks }) => asks)) {
    for (const more of [[], ["--detach"]]) {
      await t.step([option, ...more].join(" "), async () => {
        const args = [`--${option}`, ...more];
        const { code, stdout, stderr } = await runScript("supabase/local/start.ts", args, env);
        assertEquals(code, 1);
        const [first = ""] = stdout.split("\n");
        assert(first.startsWith("Real: ") && first.includes("127.0.0.1"), stdout);
        assertStringIncludes(stderr, "--yes");
        assert(!`${stdout}${stderr}`.includes("secret"), "a secret is visible");
      });
    }
  }
  // One that started all the same is ended before the test fails.
  await runCommand("stop", directory);
  assertEquals([...Deno.readDirSync(directory)].map(({ name }) => name), ["stack.lock"]);
  assertEquals(recorder.connections(), 0);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("a question that is answered no starts nothing", async () => {
  await using recorder = startRecorder();
  const directory = await Deno.makeTempDir({ prefix: "phone-pool-command-" });
  const said: string[] = [];
  const dialogue = {
    ...createDialogue({ yes: false, write: (line) => void said.push(line) }),
    confirm: () => Promise.resolve(false),
  };
  const variables = { ...recorder.variables, PHONE_POOL_DIRECTORY: directory };
  const real = { telnyx: true, livekit: true, database: true };
  assertEquals(await runInForeground({ real, variables, dialogue }), 1);
  assertEquals(said.at(-1), "Not started.");
  assertEquals([...Deno.readDirSync(directory)], []);
  assertEquals(recorder.connections(), 0);
  await Deno.remove(directory);
});

Deno.test("a variable that is missing or no port is named, and nothing starts", async (t) => {
  const cases: [string, string[], Record<string, string>, string][] = [
    ["no key", ["--telnyx", "--yes"], {}, "TELNYX_API_KEY is missing"],
    [
      "no trunk",
      ["--livekit"],
      { LIVEKIT_URL: "wss://x.example" },
      "LIVEKIT_SIP_TRUNK_ID is missing",
    ],
    ["no URL", ["--database", "--yes"], {}, "SUPABASE_DB_URL is missing"],
    ["no port", [], { PHONE_POOL_API_PORT: "80a" }, "PHONE_POOL_API_PORT is not a port"],
    ["too high", [], { PHONE_POOL_DB_PORT: "65536" }, "PHONE_POOL_DB_PORT is not a port"],
  ];
  for (const [name, args, env, says] of cases) {
    await t.step(name, async () => {
      const { code, stderr } = await runScript("supabase/local/start.ts", args, env);
      assertEquals(code, 1);
      assertStringIncludes(stderr, says);
      assert(!/^\s+at /m.test(stderr), stderr);
    });
  }
});
