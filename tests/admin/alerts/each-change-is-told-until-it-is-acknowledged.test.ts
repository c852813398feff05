import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { type Runner, value } from "../../support/pool.ts";
import { setClock, stopClock } from "../support/clock.ts";
import { type Answer, deliver, gist, tellAlerts, untold } from "../support/slack.ts";

const START = new Date("2026-11-18T08:00:00Z");
const raise = (db: Runner, message = "a test") =>
  db.query("select phone_pool.raise_alert('pool_low', $1)", [message]);
const close = (db: Runner) => db.query("select phone_pool.close_alert('pool_low')");

/** The sweep's steps about alerts, and pg_net, every minute. Returns what was told. */
async function minutes(db: Runner, from: number, to: number, answer: Answer = 200) {
  const told: string[] = [];
  for (let minute = from; minute <= to; minute++) {
    await setClock(db, new Date(START.getTime() + minute * 60_000));
    await db.query(
      `select phone_pool.fold_alert_events(), phone_pool.settle_alerts(),
         phone_pool.deliver_alerts()`,
    );
    told.push(...(await deliver(db, answer)).map((text) => `${minute} ${gist(text)}`));
  }
  return told;
}

async function withAlerts(run: (db: Runner) => Promise<void>) {
  await using db = await createTestDatabase();
  await stopClock(db, START);
  await tellAlerts(db);
  await run(db);
}

Deno.test("told once when it opens and once when it has been quiet for ten minutes", () =>
  withAlerts(async (db) => {
    await raise(db);
    await raise(db);
    assertEquals(await minutes(db, 0, 5), ["0 pool_low opened"]);
    await close(db);
    await raise(db);
    await close(db);
    assertEquals(await minutes(db, 6, 40), ["15 pool_low closed"]);
    assertEquals(await untold(db), 0);
  }));

Deno.test("what comes back within ten minutes is the same alert", () =>
  withAlerts(async (db) => {
    await raise(db);
    const told = await minutes(db, 0, 0);
    for (let minute = 1; minute <= 40; minute += 8) {
      await close(db);
      told.push(...await minutes(db, minute, minute + 3));
      await raise(db);
      told.push(...await minutes(db, minute + 4, minute + 7));
    }
    assertEquals(told, ["0 pool_low opened"]);
    assertEquals(await value(db, "select count(*)::int from phone_pool.alerts"), 1);
    assertEquals(await value(db, "select occurrences from phone_pool.alerts"), 6);
  }));

for (const answer of [500, 302, 404, null]) {
  Deno.test(`answered ${answer ?? "never"}: told again, less and less often, until 2xx`, () =>
    withAlerts(async (db) => {
      await raise(db);
      const told = await minutes(db, 0, 60, answer);
      assert(told.length >= 5 && told.length <= 12, `told ${told.length} times`);
      assertEquals(new Set(told.map((text) => text.slice(text.indexOf(" ")))).size, 1);
      const undelivered = "select count(*)::int from admin_alerts where kind = 'alert_undelivered'";
      assertEquals(await value(db, undelivered), 1);
      assertEquals((await minutes(db, 61, 120)).length, 1);
      assertEquals(await untold(db), 0);
    }));
}

Deno.test("that it is over is told only after that it began", () =>
  withAlerts(async (db) => {
    await raise(db);
    await minutes(db, 0, 0, 500);
    await close(db);
    const told = await minutes(db, 1, 15, 500);
    assert(told.every((text) => text.endsWith("opened")));
    const after = (await minutes(db, 16, 60)).map((text) => text.replace(/^\d+ /, ""));
    assertEquals(after, ["pool_low opened", "pool_low closed"]);
  }));

Deno.test("what began before there was somebody to tell is told, what was over is not", () =>
  withAlerts(async (db) => {
    await db.query("update phone_pool.settings set alert_webhook_url = null");
    await db.query("select phone_pool.raise_alert('budget_near', 'a test')");
    await minutes(db, 0, 3);
    await db.query("select phone_pool.close_alert('budget_near')");
    await raise(db);
    assertEquals(await minutes(db, 4, 20), []);
    await tellAlerts(db);
    assertEquals(await minutes(db, 21, 25), ["21 pool_low opened"]);
    await close(db);
    assertEquals(await minutes(db, 26, 60), ["35 pool_low closed"]);
    assertEquals(await untold(db), 0);
  }));

Deno.test("a test alert is sent at once, and only where there is somebody to tell", () =>
  withAlerts(async (db) => {
    const test = () => value<string>(db, "select phone_pool.test_alert()");
    await db.query("update phone_pool.settings set alert_webhook_url = null");
    assertEquals(await test(), "settings.alert_webhook_url is not set: nothing was sent");
    assertEquals(await deliver(db), []);
    await tellAlerts(db);
    assert((await test()).startsWith("sent;"));
    const sent = async (answer: Answer) => (await deliver(db, answer)).map(gist);
    const [first, second] = ["2026-11-18T08:00:00.000000", "2026-11-18T08:00:20.000000"];
    assertEquals(await sent(404), [`test ${first} opened`]);
    // Repeated at once, with the URL put right.
    await setClock(db, new Date(START.getTime() + 20_000));
    await test();
    assertEquals(await sent(200), [`test ${second} opened`]);
    assertEquals(
      (await minutes(db, 1, 30)).toSorted(),
      [
        `10 test ${first} closed`,
        `11 test ${second} closed`,
        `1 test ${first} opened`,
      ].toSorted(),
    );
  }));

Deno.test("no text of somebody else's and no whole phone number leaves with it", () =>
  withAlerts(async (db) => {
    const secret = "Jane Roe, +12125550123, hears voices";
    await db.query("select phone_pool.raise_alert('assignment_failed', $1, 'XX000')", [secret]);
    await db.query("select phone_pool.raise_alert('release_failing', 'x', '+14155550199')");
    await db.query("select phone_pool.raise_alert('of no known kind', $1)", [secret]);
    await raise(db, "2 numbers available");
    await setClock(db, new Date(START.getTime() + 60_000));
    await db.query("select phone_pool.fold_alert_events(), phone_pool.deliver_alerts()");
    const texts = (await deliver(db)).join("\n");
    assert(texts.includes("…0199") && texts.includes("2 numbers available"), texts);
    assert(texts.includes("supabase/operate.md#pool_low"), texts);
    assertEquals(/Jane|voices|2125550123|4155550199/.exec(texts), null);
  }));
