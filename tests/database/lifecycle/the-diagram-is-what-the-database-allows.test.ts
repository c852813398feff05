import { readFile } from "node:fs/promises";
import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import { addNumbers, registerOne, value } from "../../support/pool.ts";

const README = new URL("../../../migrations/README.md", import.meta.url);

/** `a --> b` of every line of the one mermaid diagram, beginnings and ends left out. */
async function diagram(): Promise<{ states: string[]; steps: string[] }> {
  const text = await readFile(README, "utf8");
  const source = /```mermaid\n(stateDiagram-v2[\s\S]*?)```/.exec(text)?.[1] ?? "";
  const steps = [...source.matchAll(/^\s*(\w+) --> (\w+)/gm)].map(([, from, to]) =>
    `${from} ${to}`
  );
  return {
    states: [...new Set(steps.flatMap((step) => step.split(" ")))].sort(),
    steps: [...new Set(steps)].sort(),
  };
}

// A row of each state that satisfies the checks of that state.
const ROWS: Record<string, string> = {
  available: "organization_id = null, suspended_until = null, suspended_reason = null," +
    " released_at = null",
  assigned: "organization_id = o.id, assigned_at = now(), suspended_until = null," +
    " suspended_reason = null, released_at = null",
  suspended: "organization_id = null, suspended_until = now(), suspended_reason = 'x'," +
    " released_at = null",
  released: "organization_id = null, suspended_until = null, suspended_reason = null," +
    " released_at = now()",
};

Deno.test("the diagram in migrations/README.md is what the database allows", async (t) => {
  await using db = await createTestDatabase();
  const { states, steps } = await diagram();
  await t.step("the same states as the check of phone_numbers", async () => {
    const check = await value<string>(
      db,
      "select pg_get_constraintdef(oid) from pg_constraint where conname = 'phone_numbers_status_is_known'",
    );
    assertEquals([...check.matchAll(/'(\w+)'/g)].map(([, state]) => state).sort(), states);
  });
  await t.step("exactly the same steps as the triggers let pass", async () => {
    await addNumbers(db, 1);
    await db.query(
      "insert into public.organizations (name, slug, phone) values ('Clinic', 'clinic', '+12125550199')",
    );
    const allowed: string[] = [];
    for (const from of Object.keys(ROWS)) {
      for (const to of Object.keys(ROWS)) {
        if (from !== to && await isAllowed(db, from, to)) allowed.push(`${from} ${to}`);
      }
    }
    assertEquals(allowed.sort(), steps);
  });
});

async function isAllowed(db: Parameters<typeof value>[0], from: string, to: string) {
  const move = (state: string) =>
    `update public.phone_numbers n set status = '${state}', ${ROWS[state]}
     from public.organizations o`;
  await db.query("begin");
  // Into the first state by force, and from there by the rules.
  await db.query("alter table public.phone_numbers disable trigger user");
  await db.query(move(from));
  await db.query("set constraints all immediate");
  await db.query(
    "alter table public.phone_numbers enable always trigger phone_numbers_refuse_transition",
  );
  const outcome = await outcomeOf(db.query(move(to)));
  await db.query("rollback");
  assertEquals(["ok", "PP010"].includes(outcome), true, outcome);
  return outcome === "ok";
}

Deno.test("a step by hand without its history is refused even where the diagram has it", async () => {
  await using db = await createTestDatabase();
  const organizationId = await registerOne(db);
  await addNumbers(db, 1);
  const byHand = "update public.phone_numbers set status = 'assigned', assigned_at = now()," +
    " organization_id = $1";
  assertEquals(await outcomeOf(db.query(byHand, [organizationId])), "PP010");
});
