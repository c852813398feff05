import { join } from "node:path";
import { inRoot } from "../../supabase/local/stack/paths.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { clinicWith, SECRET_KEY, withCalls } from "../support/calls.ts";
import { serve } from "../examples/support/serve.ts";

const PAGE = `
import { createClient } from "@supabase/supabase-js";
import { ADVICE, createPhonePool, type ProblemCode } from "phone-pool";

const [url = "", key = "", organization_id = ""] = process.argv.slice(2);
const pool = createPhonePool(createClient(url, key));
const { data, error } = await pool.callPatient({
  organization_id,
  patient_id: "9092481d-0535-4f0e-8a55-6d2b1f3c4e5f",
  phone_number: "+12125550123",
});
if (error) {
  const code: ProblemCode = error.code;
  throw new Error(ADVICE[code]);
}
console.log(data.caller_id);
// @ts-expect-error: the union knows no such code
const _unknown: ProblemCode = "no_such_code";
// @ts-expect-error: the patient's number is missing
pool.callPatient({ organization_id, patient_id: "" });
`;

const STRICT = {
  compilerOptions: {
    target: "ES2022",
    module: "NodeNext",
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    skipLibCheck: false,
    types: ["node"],
    outDir: "out",
  },
  files: ["page.ts", "node_modules/phone-pool/dist/index.d.ts"],
};

async function run(cwd: string, command: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args, cwd }).output();
  const said = new TextDecoder().decode(stdout);
  assert(success, `${command} ${args.join(" ")}: ${said}${new TextDecoder().decode(stderr)}`);
  return said;
}

/** An application with the packed client, and what it needs, as `npm install` lays them out. */
async function createApplication(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "phone-pool-application-" });
  const client = inRoot("supabase", "client");
  await run(client, "npm", ["pack", "--silent", "--pack-destination", folder]);
  const [tarball = ""] = [...Deno.readDirSync(folder)].map(({ name }) => name);
  const home = join(folder, "node_modules", "phone-pool");
  await Deno.mkdir(home, { recursive: true });
  await run(folder, "tar", ["xzf", tarball, "--strip-components=1", "-C", home]);
  for (const scope of ["@supabase", "@types"]) {
    await Deno.symlink(inRoot("node_modules", scope), join(folder, "node_modules", scope));
  }
  await Deno.writeTextFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await Deno.writeTextFile(join(folder, "tsconfig.json"), JSON.stringify(STRICT));
  await Deno.writeTextFile(join(folder, "page.ts"), PAGE);
  return folder;
}

Deno.test("npm pack makes a package that compiles under strict, and calls in Node", () =>
  withCalls(async ({ db, handler }) => {
    const folder = await createApplication();
    try {
      await run(folder, inRoot("node_modules", ".bin", "tsc"), []);
      const clinic = await clinicWith(db, "+19712656795");
      await using platform = serve(handler);
      // supabase-js wants a WebSocket, which Node 20 has behind this option.
      const node = ["--experimental-websocket", "--no-warnings", "out/page.js"];
      const said = await run(folder, "node", [...node, platform.url, SECRET_KEY, clinic]);
      assertEquals(said.trim(), "+19712656795");
      const files = [...Deno.readDirSync(join(folder, "node_modules", "phone-pool"))];
      assertEquals(files.map(({ name }) => name).sort(), ["README.md", "dist", "package.json"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }));
