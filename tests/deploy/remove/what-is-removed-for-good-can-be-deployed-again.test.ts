import { readFileSync } from "node:fs";
import { inRoot } from "../../../supabase/local/stack/paths.ts";
import { assert, assertEquals, assertExists } from "../../support/assert.ts";
import { createProject } from "../support/project.ts";

const LEFT = `
  select 'schema ' || nspname as name from pg_namespace where nspname like 'phone\\_pool%'
  union all
  select 'function ' || p.oid::regprocedure from pg_proc p
  where pronamespace = 'public'::regnamespace
  union all
  select 'relation ' || relname from pg_class
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'm', 'S')
  union all
  select 'trigger ' || tgname from pg_trigger
  where tgrelid = 'public.organizations'::regclass and not tgisinternal
  union all
  select 'job ' || jobname from cron.job
  union all
  select 'secret ' || name from vault.secrets
  union all
  select 'migration ' || version from supabase_migrations.schema_migrations`;

Deno.test("what the document removes for good is gone, and can be deployed again", async () => {
  await using project = await createProject();
  const { database } = project;
  assert(await project.deploy(), project.said.join("\n"));
  await database.query(
    "insert into public.organizations (name, slug) values ('before', 'before')",
  );
  const text = readFileSync(inRoot("supabase", "deploy.md"), "utf8");
  const block = text.match(/it removes everything -->\n```sql\n([\s\S]*?)```/)?.[1];
  assertExists(block);
  await database.query(block);
  assertEquals(await database.query(LEFT), [{ name: "relation organizations" }]);
  await database.query("insert into public.organizations (name, slug) values ('after', 'after')");

  assert(await project.deploy(), project.said.join("\n"));
  assertEquals(
    await database.query("select name from public.organizations where phone is null"),
    [],
  );
});
