import { generateKeyPair } from "jose";
import { assertEquals } from "../../support/assert.ts";
import { callBody, clinicWith, signUser, userHeaders, withCalls } from "../../support/calls.ts";
import { value } from "../../support/pool.ts";

Deno.test("a signed-in user calls for the own organization only", async (t) => {
  await withCalls(async ({ db, post, simulator }) => {
    const own = await clinicWith(db, "+19712656795");
    const other = await clinicWith(db, "+19713334444");
    const claims = {
      sub: crypto.randomUUID(),
      role: "authenticated",
      app_metadata: { organization_id: own },
    };
    const stranger = (await generateKeyPair("ES256")).privateKey;
    const unsigned = [{ alg: "none" }, claims].map((part) => btoa(JSON.stringify(part))).join(".");
    const cases: [what: string, token: string, organization: string, status: number][] = [
      ["the own", await signUser(claims), own, 202],
      ["another", await signUser(claims), other, 403],
      [
        "user_metadata, which users write",
        await signUser({
          ...claims,
          app_metadata: {},
          user_metadata: { organization_id: own },
        }),
        own,
        403,
      ],
      ["no metadata", await signUser({ sub: claims.sub, role: "authenticated" }), own, 403],
      ["expired", await signUser(claims, { expires: "-1 minute" }), own, 401],
      ["another key", await signUser(claims, { key: stranger }), own, 401],
      ["another audience", await signUser(claims, { audience: "else" }), own, 401],
      ["role anon", await signUser({ ...claims, role: "anon" }), own, 401],
      ["role service_role", await signUser({ ...claims, role: "service_role" }), own, 401],
      ["no subject", await signUser({ ...claims, sub: undefined }), own, 401],
      ["no signature", `${unsigned}.`, own, 401],
      ["no token", "x", own, 401],
    ];
    for (const [what, token, organization, status] of cases) {
      await t.step(what, async () => {
        const headers = { Authorization: `Bearer ${token}` };
        assertEquals((await post(callBody(organization), headers)).status, status);
      });
    }
    assertEquals(simulator.state().calls.map(({ from }) => from), ["+19712656795"]);
    assertEquals(
      await value(db, "select requested_by from phone_pool.intake_calls where status <> 'refused'"),
      `user:${claims.sub}`,
    );
  });
});

Deno.test("the application may replace may_call, to ask its own memberships", () =>
  withCalls(async ({ db, post }) => {
    const clinic = await clinicWith(db, "+19712656795");
    await db.query(`
      create table public.members (user_id uuid, organization_id uuid);
      create or replace function phone_pool.may_call(p_organization_id uuid)
      returns boolean language sql stable security definer set search_path = pg_catalog, pg_temp
      as $$ select exists (select from public.members m
        where m.user_id = (select auth.uid()) and m.organization_id = p_organization_id) $$`);
    const member = crypto.randomUUID();
    await db.query("insert into public.members values ($1, $2)", [member, clinic]);
    const statusFor = async (sub: string) =>
      (await post(callBody(clinic), await userHeaders(clinic, { sub, app_metadata: {} }))).status;
    assertEquals([await statusFor(member), await statusFor(crypto.randomUUID())], [202, 403]);
  }));
