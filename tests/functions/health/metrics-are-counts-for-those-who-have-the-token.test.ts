import { z } from "zod";
import { createMetricsHandler, METRICS } from "../../../functions/health/metrics.ts";
import { sample } from "../../../functions/health/schema.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { clinicWith } from "../../support/calls.ts";
import { addNumbers, register, setVault } from "../../support/pool.ts";
import { createRpc } from "../../support/rpc.ts";

const TOKEN = "a-token-of-the-monitor";
const URL = "http://localhost/health/metrics";

async function metricsOf(db: TestDatabase, token: string | undefined = TOKEN) {
  const call = createRpc(await db.connect("service_role"));
  return createMetricsHandler({
    readMetrics: () => call("get_metrics", {}, z.array(sample)),
    token,
    createLog: () => () => {},
  });
}

const bearing = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

/** A pool with some of everything that is counted. */
async function busyPool(db: TestDatabase): Promise<void> {
  await setVault(db);
  await addNumbers(db, 3);
  await clinicWith(db, "+19712656795");
  await register(db, 5);
  await db.query(
    `select phone_pool_worker.record_carrier_requests(jsonb_agg(jsonb_build_object(
       'operation', 'search', 'ok', true, 'milliseconds', m))) from unnest(array[50, 700, 20000]) m`,
  );
  await db.query("select phone_pool.raise_alert('carrier_down', 'a test')");
  await db.query("select phone_pool.fold_alert_events()");
}

Deno.test("every figure, in the text format, and no phone number", async () => {
  await using db = await createTestDatabase();
  await busyPool(db);
  const response = await (await metricsOf(db))(new Request(URL, bearing(TOKEN)));
  assertEquals(
    [response.status, response.headers.get("Content-Type")],
    [200, "text/plain; version=0.0.4; charset=utf-8"],
  );
  const text = await response.text();
  for (
    const line of [
      'phone_pool_numbers{status="assigned"} 4',
      'phone_pool_numbers{status="available"} 0',
      "phone_pool_organizations_waiting 2",
      'phone_pool_pool_status{status="empty"} 1',
      'phone_pool_alerts{kind="carrier_down",severity="critical"} 1',
      'phone_pool_alerts{kind="nudge_failed",severity="critical"} 0',
      'phone_pool_carrier_request_seconds_bucket{le="1",operation="search"} 2',
      'phone_pool_carrier_request_seconds_bucket{le="+Inf",operation="search"} 3',
      'phone_pool_carrier_request_seconds_count{operation="search"} 3',
      'phone_pool_carrier_request_seconds_sum{operation="search"} 20.75',
    ]
  ) assert(text.split("\n").includes(line), `${line} in\n${text}`);
  const registrations = text.matchAll(/^phone_pool_registrations_today\{.*\} (\d+)$/gm);
  assertEquals([...registrations].reduce((sum, [, count]) => sum + Number(count), 0), 4);
  const bounds = [...text.matchAll(/le="([^"]+)"/g)].map(([, le = ""]) => le);
  assertEquals(bounds, ["0.1", "0.25", "0.5", "1", "2.5", "5", "10", "15", "+Inf"]);
  assertEquals(text.match(/\d{10}/), null, "no number of anybody");
  for (const name of Object.keys(METRICS)) {
    assert(text.includes(`# TYPE phone_pool_${name} `), name);
  }
  const known = Object.keys(METRICS).join("|");
  const samples = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const pattern = new RegExp(`^phone_pool_(${known})(_bucket|_sum|_count)?({.*})? [0-9.]+$`);
  assertEquals(samples.filter((line) => !pattern.test(line)), []);
});

Deno.test("without the right token nobody reads them, and without one set nobody at all", async () => {
  await using db = await createTestDatabase();
  const statusOf = async (token: string | undefined, init: RequestInit) =>
    (await (await metricsOf(db, token))(new Request(URL, init))).status;
  assertEquals(await statusOf(TOKEN, {}), 401);
  assertEquals(await statusOf(TOKEN, bearing("another-token-of-somebody")), 401);
  assertEquals(await statusOf(undefined, bearing("undefined")), 401);
  assertEquals(await statusOf(TOKEN, { ...bearing(TOKEN), method: "POST" }), 405);
  assertEquals(await statusOf(TOKEN, bearing(TOKEN)), 200);
});

const promtool = await hasPromtool();

Deno.test({
  name: "promtool takes them without a complaint",
  ignore: !promtool,
  fn: async () => {
    await using db = await createTestDatabase();
    await busyPool(db);
    const response = await (await metricsOf(db))(new Request(URL, bearing(TOKEN)));
    const process = new Deno.Command("promtool", {
      args: ["check", "metrics"],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    await response.body?.pipeTo(process.stdin);
    const { code, stdout, stderr } = await process.output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assertEquals([code, said], [0, ""]);
  },
});

/** Debian's package prometheus has it; without it this is skipped where all can see. */
async function hasPromtool(): Promise<boolean> {
  try {
    return (await new Deno.Command("promtool", { args: ["--version"] }).output()).success;
  } catch {
    console.log("Skipped: no promtool on PATH (Debian: apt install prometheus)");
    return false;
  }
}
