import { isOfADeployment } from "../../../supabase/command-line/environment.ts";
import { targetVariables } from "../../../supabase/deploy/target.ts";
import { PROJECT_VARIABLES } from "../../../supabase/command-line/project.ts";
import { REAL_SHAPES } from "../../../supabase/local/stack/settings.ts";
import * as functionConfig from "../../../functions/_shared/config.ts";
import { inRoot } from "../../../supabase/local/stack/paths.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { commandsOfPackage } from "../../support/commands.ts";
import { startRecorder } from "../../support/real-services.ts";

const SIMULATED = [
  "demo",
  "test",
  "bench",
  "simulate",
  "faults",
  "migration",
  "mutants",
  "test:livekit",
  "test:versions",
];

Deno.test("every variable that a deployment or a function reads belongs to a deployment", () => {
  const shapes = Object.entries(functionConfig).filter(([name]) => name.endsWith("Shape"));
  assert(shapes.length > 5);
  const names = [
    ...targetVariables(),
    ...Object.keys(PROJECT_VARIABLES),
    ...Object.values(REAL_SHAPES).flatMap(({ shape }) => Object.keys(shape)),
    ...shapes.flatMap(([, shape]) => Object.keys(shape)),
    "DATABASE_URL",
    "PGHOST",
    "PGPASSWORD",
    "PGOPTIONS",
  ];
  assertEquals(names.filter((name) => !isOfADeployment(name)), []);
});

Deno.test("what every program needs, and where the stack is, stays", () => {
  const names = ["PATH", "HOME", "DENO_DIR", "NO_COLOR", "HTTPS_PROXY", "PHONE_POOL_API_PORT"];
  assertEquals(names.filter(isOfADeployment), []);
});

Deno.test("before it runs, it and its children have none of them", async () => {
  await using recorder = startRecorder();
  const source = `
    import { runCommand } from ${JSON.stringify(module("command-line/run.ts"))};
    const command = { name: "npm run example", about: "", options: {}, isSimulated: true };
    await runCommand(command, async () => {
      console.log(JSON.stringify(Object.keys(Deno.env.toObject())));
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["eval", "console.log(JSON.stringify(Object.keys(Deno.env.toObject())))"],
      }).output();
      console.log(new TextDecoder().decode(stdout));
      return 0;
    });`;
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", "--ext=ts", source],
    cwd: inRoot(),
    env: { ...recorder.variables, PHONE_POOL_API_PORT: "0" },
  }).output();
  assertEquals(code, 0);
  const lists = new TextDecoder().decode(stdout).trim().split("\n").filter(Boolean);
  assertEquals(lists.length, 2);
  for (const list of lists) {
    const names: string[] = JSON.parse(list);
    assertEquals(names.filter((name) => name in recorder.variables), []);
    assert(names.includes("PATH") && names.includes("PHONE_POOL_API_PORT"));
  }
});

Deno.test("these commands are simulated, and no other", async () => {
  const simulated: string[] = [];
  for (const { typed, file } of commandsOfPackage()) {
    const { COMMAND } = await import(`file://${inRoot(file)}`);
    assertEquals(COMMAND.name, typed);
    if (COMMAND.isSimulated) simulated.push(typed.split(" ").at(-1) ?? "");
  }
  assertEquals(simulated.sort(), SIMULATED.toSorted());
});

const module = (path: string) => `file://${inRoot("supabase", path)}`;
