import type pg from "pg";
import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import {
  addNumbers,
  openAlerts,
  phonesOf,
  register,
  sweep,
  value,
  values,
} from "../../support/pool.ts";
import { addRealtime, REALTIME } from "../support/realtime.ts";

async function listen(db: TestDatabase): Promise<{ client: pg.Client; heard: unknown[] }> {
  const client = await db.connect();
  const heard: unknown[] = [];
  client.on("notification", ({ payload }) => heard.push(JSON.parse(payload ?? "null")));
  await client.query("listen phone_pool");
  return { client, heard };
}

Deno.test("who waited is told, by ids; who had a number at once is not", async () => {
  await using db = await createTestDatabase();
  await addRealtime(db);
  const { client, heard } = await listen(db);
  await addNumbers(db, 1);
  const [, waits, left] = await register(db, 3);
  await db.query("delete from public.organizations where id = $1", [left]);
  await client.query("select 1");
  assertEquals(heard, []);
  await addNumbers(db, 2);
  await sweep(db);
  await client.query("select 1");
  const number = await value(db, "select id from phone_numbers where organization_id = $1", [
    waits,
  ]);
  const payload = {
    event: "phone_number_assigned",
    organization_id: waits,
    phone_number_id: number,
  };
  assertEquals(heard, [payload]);
  assertEquals(await db.query("select * from realtime.messages"), [{
    topic: `phone-pool:${waits}`,
    event: "phone_number_assigned",
    payload,
    private: true,
  }]);
});

Deno.test("a Realtime that fails costs the assignment nothing and leaves an alert", async () => {
  await using db = await createTestDatabase();
  await addRealtime(
    db,
    REALTIME + `; create or replace function realtime.send(payload jsonb, event text, topic text,
      private boolean default true) returns void language plpgsql
      as $$ begin raise exception 'no partition'; end $$`,
  );
  const ids = await register(db, 1);
  const [number] = await addNumbers(db, 1);
  await sweep(db);
  assertEquals(await phonesOf(db, ids), [number ?? null]);
  assertEquals((await openAlerts(db)).includes("notice_failed"), true);
});

Deno.test("a member hears of the own organization only", async () => {
  await using db = await createTestDatabase();
  await addRealtime(db);
  assertEquals(await value(db, "select phone_pool.allow_realtime()"), true);
  const [own, other] = await register(db, 2);
  await addNumbers(db, 2);
  await sweep(db);
  const member = await db.connect("authenticated", { app_metadata: { organization_id: own } });
  const hears = async (topic: string) => {
    await member.query("select set_config('realtime.topic', $1, false)", [topic]);
    return (await member.query("select from realtime.messages limit 1")).rowCount;
  };
  assertEquals(
    [await hears(`phone-pool:${own}`), await hears(`phone-pool:${other}`), await hears("chat")],
    [1, 0, 0],
  );
});

Deno.test("a registration that is served at once runs none of it", async () => {
  await using db = await createTestDatabase();
  await addNumbers(db, 9);
  await db.query(`create or replace function phone_pool.tg_number_requests__tell_application()
    returns trigger language plpgsql as $$ begin raise exception 'was run'; end $$`);
  const ids = await register(db, 3);
  assertEquals((await phonesOf(db, ids)).includes(null), false);
  assertEquals(await values(db, "select kind as value from phone_pool.alert_events"), []);
});
