import { assertEquals, assertRejects } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";

const API_ROLES = ["anon", "authenticated", "service_role"] as const;

Deno.test("a new database has what a Supabase project has", async (test) => {
  await using database = await createTestDatabase({ bare: true });

  await test.step("postgres owns it and is no superuser", async () => {
    assertEquals(
      await database.query(
        `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
           (select pg_get_userbyid(datdba) from pg_database where datname = current_database()) as owner
         from pg_roles where rolname = current_user`,
      ),
      [{
        rolsuper: false,
        rolbypassrls: true,
        rolcreaterole: true,
        rolcreatedb: true,
        owner: "postgres",
      }],
    );
  });
  await test.step("the API's roles do not log in, and only service_role passes policies", async () => {
    assertEquals(
      await database.query(
        "select rolname, rolcanlogin, rolbypassrls from pg_roles where rolname = any ($1) order by 1",
        [API_ROLES],
      ),
      [
        { rolname: "anon", rolcanlogin: false, rolbypassrls: false },
        { rolname: "authenticated", rolcanlogin: false, rolbypassrls: false },
        { rolname: "service_role", rolcanlogin: false, rolbypassrls: true },
      ],
    );
  });
  await test.step("nothing new in public is granted to them", async () => {
    await database.query("create table public.fresh (id int generated always as identity)");
    for (const role of API_ROLES) {
      const client = await database.connect(role);
      await assertRejects(
        () => client.query("select * from public.fresh"),
        Error,
        "permission denied",
      );
      await assertRejects(
        () => client.query("create table public.mine (id int)"),
        Error,
        "permission denied",
      );
    }
  });
  await test.step("postgres enables the extensions that a migration asks for", async () => {
    for (
      const statement of [
        "create extension if not exists pg_net with schema extensions",
        "create extension if not exists pg_cron",
        "create extension if not exists supabase_vault",
        "create extension if not exists btree_gist with schema extensions",
        "create extension if not exists pgcrypto with schema extensions",
      ]
    ) await database.query(statement);
  });
  await test.step("claims are read from request.jwt.claims", async () => {
    const sub = "11111111-1111-4111-8111-111111111111";
    const client = await database.connect("authenticated", { sub, email: "a@example.com" });
    const { rows } = await client.query(
      "select auth.uid(), auth.role(), auth.email(), auth.jwt() ->> 'sub' as sub",
    );
    assertEquals(rows, [{ uid: sub, role: "authenticated", email: "a@example.com", sub }]);
    const nobody = await database.connect("anon");
    assertEquals((await nobody.query("select auth.uid(), auth.jwt()")).rows, [
      { uid: null, jwt: null },
    ]);
  });
});
