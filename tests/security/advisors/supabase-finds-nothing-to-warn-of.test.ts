import { z } from "zod";
import { assertEquals } from "../../support/assert.ts";
import { testOnBothProjects } from "../../support/projects.ts";
import { inRoot } from "../../../supabase/local/stack/paths.ts";

const findings = z.looseObject({
  advisors: z.array(z.looseObject({ name: z.string(), level: z.string(), detail: z.string() }))
    .optional(),
});

testOnBothProjects(
  "`supabase db advisors` has nothing to warn of, in security and performance",
  async (db) => {
    const url = new URL(db.url);
    const password = url.password;
    url.password = "";
    const home = await Deno.makeTempDir();
    const { success, stdout, stderr } = await new Deno.Command(
      inRoot("node_modules", ".bin", "supabase"),
      {
        args: [
          "db",
          "advisors",
          "--type=all",
          "--level=warn",
          "--fail-on=warn",
          `--remote=${url}`,
          "--output-format=json",
        ],
        cwd: inRoot(),
        env: {
          PATH: Deno.env.get("PATH") ?? "",
          HOME: home,
          PGPASSWORD: password,
          SUPABASE_TELEMETRY_DISABLED: "1",
          SUPABASE_NO_UPDATE_NOTIFIER: "1",
        },
        clearEnv: true,
      },
    ).output();
    await Deno.remove(home, { recursive: true });
    const text = new TextDecoder().decode(stdout);
    const parsed = findings.safeParse(JSON.parse(text || "{}"));
    const found = parsed.data?.advisors?.map(({ level, name, detail }) =>
      `${level} ${name} ${detail}`
    );
    assertEquals(
      { success, found: found ?? [] },
      { success: true, found: [] },
      [
        text,
        new TextDecoder().decode(stderr),
      ].join("\n"),
    );
  },
);
