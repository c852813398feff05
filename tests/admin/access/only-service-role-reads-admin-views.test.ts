import { assertEquals } from "../../support/assert.ts";
import type { Role } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import { addNumbers, register, sweep, values } from "../../support/pool.ts";
import { testOnBothProjects } from "../../support/projects.ts";

const VIEWS = `select c.relname as value from pg_class c
  where c.relkind = 'v' and c.relnamespace = 'public'::regnamespace and c.relname like 'admin\\_%'
  order by 1`;

/** What a stranger may claim to be: PostgREST verifies tokens, a forged one carries what it likes. */
const CLAIMS: Record<string, Record<string, unknown> | undefined> = {
  "without a claim": undefined,
  "claiming to be service_role": { role: "service_role" },
  "claiming to be an admin of every organization": {
    role: "postgres",
    is_admin: true,
    app_metadata: { organization_id: "*", role: "admin" },
  },
};

testOnBothProjects(
  "every admin view is refused to anon and authenticated, with and without claims",
  async (db) => {
    await addNumbers(db, 3);
    const [organization] = await register(db, 4);
    await sweep(db);
    const views = await values<string>(db, VIEWS);
    const wrong: string[] = [];
    for (const role of ["anon", "authenticated"] as Role[]) {
      for (const [what, claims] of Object.entries(CLAIMS)) {
        const own = { sub: crypto.randomUUID(), app_metadata: { organization_id: organization } };
        const session = await db.connect(role, claims ? { ...own, ...claims } : undefined);
        for (const view of views) {
          const outcome = await outcomeOf(session.query(`select * from public.${view}`));
          if (outcome !== "42501") wrong.push(`${view} as ${role} ${what}: ${outcome}`);
        }
        const functions = [
          "phone_pool_worker.get_pool_health()",
          "phone_pool_worker.record_webhook_rejected('telnyx')",
        ];
        for (const call of functions) {
          const outcome = await outcomeOf(session.query(`select ${call}`));
          if (outcome !== "42501") wrong.push(`${call} as ${role} ${what}: ${outcome}`);
        }
      }
    }
    assertEquals(wrong, []);
  },
);

testOnBothProjects("service_role and postgres read every one of them", async (db) => {
  const wrong: string[] = [];
  for (const role of ["service_role", "postgres"] as Role[]) {
    const session = await db.connect(role);
    for (const view of await values<string>(db, VIEWS)) {
      const outcome = await outcomeOf(session.query(`select * from public.${view}`));
      if (outcome !== "ok") wrong.push(`${view} as ${role}: ${outcome}`);
    }
  }
  assertEquals(wrong, []);
});
