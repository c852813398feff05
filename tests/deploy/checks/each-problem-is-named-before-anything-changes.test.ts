import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { createProject, type Project } from "../support/project.ts";

interface Case {
  name: string;
  /** Makes the problem, and returns how to undo it. */
  spoil(project: Project): (() => unknown) | Promise<() => unknown>;
  says: string;
}

const accountCase = (
  name: string,
  change: Partial<Project["carriers"]["account"]>,
  says: string,
): Case => ({
  name,
  says,
  spoil: ({ carriers: { account } }) => {
    const before = { ...account };
    Object.assign(account, change);
    return () => Object.assign(account, before);
  },
});

const variableCase = (name: string, variable: string, value: string, says: string): Case => ({
  name,
  says,
  spoil: ({ variables }) => {
    const before = variables[variable] ?? "";
    variables[variable] = value;
    return () => variables[variable] = before;
  },
});

const tableCase = (name: string, columns: string, says: string): Case => ({
  name,
  says,
  spoil: async ({ database }) => {
    await database.query(`create table public.organizations (${columns})`);
    return () => database.query("drop table public.organizations");
  },
});

const ORGANIZATION = "phone text, settings jsonb, subscription_status text";

const cases: Case[] = [
  variableCase("wrong Telnyx key", "TELNYX_API_KEY", "KEY_of_somebody_else", "API Keys"),
  variableCase("unknown connection", "TELNYX_CONNECTION_ID", "42", "no connection with this id"),
  variableCase(
    "wrong LiveKit secret",
    "LIVEKIT_API_SECRET",
    "wrong-secret-of-32-characters-xx",
    "LiveKit key",
  ),
  variableCase("unknown trunk", "LIVEKIT_SIP_TRUNK_ID", "ST_other", "ST_other is not one of"),
  accountCase("inactive connection", { active: false }, "not active"),
  accountCase("one caller ID for all", { ani_override: "+12125550100" }, "ani_override"),
  accountCase("no voice profile", { profileId: null }, "cannot place calls"),
  accountCase("disabled profile", { profileEnabled: false }, "disabled"),
  accountCase("no calls to the US", { destinations: ["CA"] }, "does not allow calls to the US"),
  accountCase("parked calls", { call_parking_enabled: true }, "no phone would ever ring"),
  accountCase(
    "webhooks of version 1",
    { webhook_event_url: "https://example.com/hook", webhook_api_version: "1" },
    "webhook API version to 2",
  ),
  accountCase("trial account", { isTrial: true }, "trial account"),
  tableCase(
    "organizations without created_at",
    `id uuid primary key, ${ORGANIZATION}`,
    "column created_at is missing",
  ),
  tableCase(
    "organizations with number ids",
    `id bigint primary key, ${ORGANIZATION}, created_at timestamptz`,
    "column id is bigint, not uuid",
  ),
  tableCase(
    "organizations without a key",
    `id uuid, ${ORGANIZATION}, created_at timestamptz`,
    "id is not unique",
  ),
];

Deno.test("each problem is named with what to do, and nothing is changed", async (t) => {
  await using project = await createProject();
  for (const { name, spoil, says } of cases) {
    await t.step(name, async () => {
      const mend = await spoil(project);
      project.said.length = 0;
      const succeeded = await project.check();
      await mend();
      const said = project.said.join("\n");
      assert(!succeeded, said);
      assertStringIncludes(said, says);
      assertStringIncludes(said, "Nothing was changed");
    });
  }
  await t.step("a login that is refused", async () => {
    project.said.length = 0;
    project.variables.SUPABASE_ACCESS_TOKEN = `sbp_${"0".repeat(40)}`;
    assert(!await project.deploy());
    assertStringIncludes(project.said.join("\n"), "npx supabase login");
  });
  assertEquals(project.api.changes, []);
  assertEquals(
    await project.database.query("select from pg_namespace where nspname = 'phone_pool'"),
    [],
  );
});
