import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { STEPS } from "../../../supabase/deploy/run.ts";
import { createProject, type Project } from "../support/project.ts";
import { stateOf } from "../support/state.ts";

class Interruption extends Error {}

const organizations = ["north", "south", "west"];

const prepare = (database: Project["database"]) =>
  database.query(
    `create table public.organizations (
       id uuid primary key default gen_random_uuid(), name text not null, slug text not null,
       phone text, settings jsonb, subscription_status text, created_at timestamptz default now())`,
  ).then(() =>
    database.query(
      `insert into public.organizations (name, slug) select n, n from unnest($1::text[]) n`,
      [organizations],
    )
  );

/** Requests of the CLI that the platform refuses, each in a run of its own, after this checkpoint. */
const REFUSED: Record<string, RegExp[]> = {
  database: [/POST \/secrets/],
  secrets: [
    /slug=replenish-pool/,
    /PUT \/functions/,
    // The functions are live, but that is not yet written down.
    /POST \/secrets/,
  ],
};

Deno.test("interrupted after every step, and in the middle of some, it ends the same", async () => {
  await using undisturbed = await createProject(prepare);
  assert(await undisturbed.deploy(), undisturbed.said.join("\n"));
  const wanted = await stateOf(undisturbed);

  await using project = await createProject(prepare);
  for (const name of ["checks", ...STEPS.map((step) => step.name)]) {
    await assertRejects(
      () =>
        project.deploy({}, (finished) => {
          if (finished === name) throw new Interruption(name);
        }),
      Interruption,
    );
    for (const request of REFUSED[name] ?? []) {
      project.api.failNext(request);
      await assertRejects(() => project.deploy(), Error, "failed");
    }
  }
  assert(await project.deploy(), project.said.join("\n"));
  assertEquals(await stateOf(project), wanted);
});
