import { z } from "zod";
import { METRICS } from "../../functions/health/metrics.ts";
import { dashboard } from "../../supabase/grafana/dashboard.ts";
import { inRoot } from "../../supabase/local/stack/paths.ts";
import { readReport, render, runReport } from "../../supabase/report/command.ts";
import type { Row } from "../../supabase/report/page.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { createTestDatabase } from "../support/database.ts";
import { liveAMonth } from "../support/month.ts";
import { value } from "../support/pool.ts";
import { inChromium } from "./support/chromium.ts";

const total = (rows: Row[], ...names: string[]) =>
  rows.reduce((sum, row) => sum + names.reduce((part, name) => part + Number(row[name]), 0), 0);

Deno.test("thirty days of data", async (t) => {
  await using db = await createTestDatabase();
  await liveAMonth(db);
  const client = await db.connect("postgres");
  const report = await readReport(client);
  const rowsOf = (id: string) => report.sections.find((section) => section.id === id)?.rows ?? [];
  const html = render(report);

  await t.step("no figure contradicts another, none is negative or of nine digits", async () => {
    const outcomes = ["completed", "voicemail", "not_reached", "failed", "refused", "other"];
    const calls = total(rowsOf("calls"), ...outcomes);
    assert(calls > 200);
    assertEquals(calls, total(rowsOf("hours"), "answered", "not_answered"));
    assertEquals(calls, Number(await value(db, "select count(*) from phone_pool.intake_calls")));

    const levels = rowsOf("pool-level").at(-1);
    const numbers = (status: string) =>
      total(rowsOf("numbers").filter((row) => row.status === status), "numbers");
    assertEquals([Number(levels?.available), Number(levels?.assigned)], [
      numbers("available"),
      numbers("assigned"),
    ]);
    const registered = total(rowsOf("registrations"), "at_once", "later");
    assertEquals(registered, Number(await value(db, "select count(*) from organizations")));
    assert(total(rowsOf("registrations"), "later") > 0, "some had to wait for the carrier");

    const spent = new Map(rowsOf("spending").map(({ part, usd }) => [part, Number(usd)]));
    const usd = (part: string) => spent.get(part) ?? NaN;
    const sum = ["numbers of organizations", "numbers in quarantine", "numbers in the pool"]
      .concat("paid once", "minutes of calls").reduce((so, part) => so + usd(part), 0);
    assert(Math.abs(sum - usd("total")) < 0.02, `${sum} is not ${usd("total")}`);
    assert(usd("minutes of calls") > 0);
    assert(usd("total") <= usd("committed") + usd("minutes of calls"));
    assert(usd("committed") <= usd("budget"));

    const low = await value<number>(
      db,
      `select round(sum(extract(epoch from coalesce(ended_at, phone_pool.clock()) - began_at)) / 60)
       from phone_pool.low_water_episodes`,
    );
    assert(Math.abs(total(rowsOf("low-water"), "minutes") - Number(low)) <= 30, String(low));
    const figures = report.sections.flatMap(({ rows }) =>
      rows.flatMap((row) => Object.values(row).filter((cell) => /^-?[\d.]+$/.test(String(cell))))
    );
    assertEquals(figures.filter((cell) => Number(cell) < 0 || Number(cell) >= 1e8), []);
    assertEquals(html.match(/\+1\d{10}/), null, "no phone number");
  });

  await t.step(
    "each panel of the dashboard is one of these queries, and returns rows",
    async () => {
      const file = await Deno.readTextFile(inRoot("supabase", "grafana", "phone-pool.json"));
      assertEquals(
        JSON.parse(file),
        JSON.parse(JSON.stringify(dashboard())),
        "update.ts writes it",
      );
      const { panels } = z.object({
        panels: z.array(z.object({
          title: z.string(),
          targets: z.array(z.object({ rawSql: z.string() })),
        })),
      }).parse(JSON.parse(file));
      for (const { title, targets } of panels) {
        for (const { rawSql } of targets) {
          const { rows } = await client.query(rawSql);
          assert(rows.length > 0 || title === "Drift", title);
        }
      }
    },
  );

  await t.step("it is written where the command says", async () => {
    const file = await Deno.makeTempFile({ suffix: ".html" });
    const said: string[] = [];
    const code = await runReport(
      { output: file, local: false, "env-file": undefined },
      { SUPABASE_DB_URL: db.url },
      (line) => void said.push(line),
    );
    assertEquals([code, (await Deno.readTextFile(file)).length > 5000], [0, true]);
    assert(said[0]?.includes(db.name) && said[1]?.includes(file), said.join());
    await Deno.remove(file);
  });

  await inChromium(
    t,
    "it fits a phone's and a desk's width, and asks nobody for anything",
    async (look) => {
      assertEquals(html.match(/(src|href)=|url\(|@import|<script/), null);
      for (const width of [390, 1280]) {
        const seen = await look(html, width);
        assertEquals(seen.overflow, 0, `at ${width} nothing stands out to the right`);
        assertEquals(seen.sections, report.sections.length);
        assertEquals(seen.charts, report.sections.filter(({ kind }) => kind !== "table").length);
        assertEquals(seen.flat, 0, "every chart has a height");
        assertEquals(seen.columns, width < 800 ? 1 : 2);
      }
    },
  );
});

Deno.test("the rules for Prometheus ask for metrics that are there, and sections that exist", async () => {
  const rules = await Deno.readTextFile(inRoot("supabase", "grafana", "alerts.yml"));
  const asked = [...rules.matchAll(/phone_pool_(\w+)/g)].map(([, name = ""]) =>
    name.replace(/_bucket$/, "")
  );
  assert(asked.length > 4);
  assertEquals(asked.filter((name) => !(name in METRICS)), []);
  const runbook = await Deno.readTextFile(inRoot("supabase", "operate.md"));
  for (const [, section = ""] of rules.matchAll(/operate\.md#(\w+)"/g)) {
    assert(runbook.includes(`### ${section}\n`), section);
  }
  try {
    const { success, stderr } = await new Deno.Command("promtool", {
      args: ["check", "rules", inRoot("supabase", "grafana", "alerts.yml")],
    }).output();
    assert(success, new TextDecoder().decode(stderr));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log("Skipped: no promtool on PATH (Debian: apt install prometheus)");
  }
});
