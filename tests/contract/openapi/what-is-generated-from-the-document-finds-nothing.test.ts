import { callBody, clinicWith, SECRET_KEY, withCalls } from "../../support/calls.ts";
import { assert } from "../../support/assert.ts";
import { pythonWith } from "../../support/python.ts";

const python = await pythonWith("schemathesis");

Deno.test({
  name:
    "schemathesis: hundreds of requests out of the document, and no answer that it does not tell",
  ignore: python === undefined,
  fn: () =>
    withCalls(async ({ db, handler, post }) => {
      const clinic = await clinicWith(db, "+19712656795");
      await post(callBody(clinic, { intake_id: "intake-1" }));
      await using server = Deno.serve(
        { port: 0, hostname: "127.0.0.1", onListen: () => {} },
        handler,
      );
      const base = `http://127.0.0.1:${server.addr.port}/functions/v1`;
      const cwd = await Deno.makeTempDir();
      const { success, stdout } = await new Deno.Command(python ?? "", {
        args: [
          ...["-m", "schemathesis.cli", "run", `${base}/intake-calls/openapi.json`],
          ...["--url", base, "--header", `apikey: ${SECRET_KEY}`],
          ...["--checks", "all", "--max-examples", "60", "--seed", "20261120", "--no-color"],
          // A schema cannot say that no string in metadata, however deep, holds U+0000.
          ...["--generation-allow-x00", "false"],
          // Examples are kept nowhere.
          ...["--generation-database", "none"],
        ],
        // What it keeps for the next run, it keeps where it runs.
        cwd,
        stderr: "inherit",
      }).output();
      await Deno.remove(cwd, { recursive: true });
      assert(success, new TextDecoder().decode(stdout));
    }, { connections: 4 }),
});
