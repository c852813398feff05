import { createHmac } from "node:crypto";
import { runPgNetWorker } from "../../../supabase/local/pg-net/worker.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { allowAnyHour, openCall, startCall } from "../../support/intake-calls.ts";
import { addNumbers, openAlerts, registerOne, sweep, value, values } from "../../support/pool.ts";
import { addRealtime } from "../support/realtime.ts";

const CLOSED = "https://application.example/calls";

interface Delivery {
  id: string;
  timestamp: string;
  signature: string;
  body: string;
}

async function callUnderWay(db: TestDatabase, intakeId: string) {
  const organization = await registerOne(db);
  const call = await openCall(db, organization, { intakeId });
  await startCall(db, call.id);
  return { id: call.id, organization };
}

async function clinicsWith(webhook: string | null): Promise<TestDatabase> {
  const db = await createTestDatabase();
  await allowAnyHour(db);
  await addNumbers(db, 9);
  await db.query("update phone_pool.settings set call_webhook_url = $1", [webhook]);
  return db;
}

const end = (db: TestDatabase, call: string, outcome = "completed") =>
  db.query("select phone_pool_worker.report_intake_call($1, 'ended', $2)", [call, outcome]);

/** As https://www.standardwebhooks.com/ says it is done. */
function signatureOf(secret: string, { id, timestamp, body }: Delivery): string {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  return "v1," + createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
}

Deno.test("Realtime: the end of a call, by ids, to the clinic's own channel", async () => {
  await using db = await clinicsWith(null);
  await addRealtime(db);
  const { id, organization } = await callUnderWay(db, "intake-1");
  assertEquals(await db.query("select * from realtime.messages"), []);
  await end(db, id);
  await end(db, id, "busy"); // The first word holds: nothing more to tell.
  assertEquals(await db.query("select * from realtime.messages"), [{
    topic: `phone-pool:${organization}`,
    event: "intake_call_ended",
    private: true,
    payload: {
      event: "intake_call_ended",
      call_id: id,
      intake_id: "intake-1",
      organization_id: organization,
    },
  }]);
  assertEquals(await values(db, "select id as value from phone_pool.call_notices"), []);
});

Deno.test("the webhook: posted at once, signed, ids only; acknowledged by a 2xx", async () => {
  await using db = await clinicsWith(null);
  const deliveries: Delivery[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (got) => {
    const header = (name: string) => got.headers.get(`webhook-${name}`) ?? "";
    deliveries.push({
      id: header("id"),
      timestamp: header("timestamp"),
      signature: header("signature"),
      body: await got.text(),
    });
    return new Response("ok");
  });
  const abort = new AbortController();
  const log = () => {};
  const { signal } = abort;
  const worker = runPgNetWorker({
    databaseUrl: db.superuserUrl,
    signal,
    log,
    pauseMilliseconds: 5,
  });
  try {
    await db.query("update phone_pool.settings set call_webhook_url = $1", [
      `http://127.0.0.1:${server.addr.port}/calls`,
    ]);
    const { id, organization } = await callUnderWay(db, "intake-1");
    await end(db, id);
    const acknowledged = "select acknowledged_at is not null from phone_pool.call_notices";
    const deadline = Date.now() + 10_000;
    while (!await value(db, acknowledged)) {
      assert(Date.now() < deadline, "acknowledged");
      await db.query("select phone_pool.deliver_call_notices()");
    }
    const [delivery] = deliveries;
    assert(delivery && deliveries.length === 1);
    const secret = await value<string>(
      db,
      "phone_pool.vault_secret('phone_pool_call_webhook_secret')",
    );
    assertEquals(delivery.signature, signatureOf(secret, delivery));
    const { type, data } = JSON.parse(delivery.body);
    assertEquals([type, data], [
      "intake_call.ended",
      { call_id: id, intake_id: "intake-1", organization_id: organization },
    ]);
    assert(Math.abs(Number(delivery.timestamp) - Date.now() / 1000) < 60);
  } finally {
    abort.abort();
    await worker;
    await server.shutdown();
  }
});

/** What pg_net would have found of everything that is posted. */
async function answer(db: TestDatabase, status: number | null) {
  await (await db.connect("supabase_admin")).query(
    `insert into net._http_response (id, status_code, error_msg, created)
     select n.request_id, $1, case when $1::int is null then 'refused' end, now()
     from phone_pool.call_notices n where n.request_id is not null on conflict do nothing`,
    [status],
  );
}

const queued = (db: TestDatabase) =>
  value<number>(db, "select count(*)::int from net.http_request_queue");

Deno.test("a receiver that fails: again and again, and after three days no more", async () => {
  await using db = await clinicsWith(CLOSED);
  const { id } = await callUnderWay(db, "intake-1");
  await end(db, id);
  assertEquals(await queued(db), 1);
  const frozen = (at: string) =>
    db.query(`create or replace function phone_pool.clock() returns timestamptz
      language sql set search_path = pg_catalog, pg_temp
      as $$ select timestamptz '${new Date().toISOString()}' + interval '${at}' $$`);
  for (let hour = 1; hour <= 6; hour++) {
    await answer(db, 500);
    await sweep(db);
    await frozen(`${hour} hours`);
    await sweep(db);
    assertEquals(await queued(db), 1 + hour, `hour ${hour}`);
  }
  await answer(db, 500);
  await sweep(db);
  assertEquals((await openAlerts(db)).includes("call_notice_undelivered"), true);
  // Another call ends meanwhile: it is on record, and the sweep posts it in its turn.
  const other = await callUnderWay(db, "intake-2");
  await end(db, other.id);
  assertEquals(await queued(db), 7);
  await sweep(db);
  assertEquals(await queued(db), 8);
  await frozen("80 hours");
  await sweep(db);
  assertEquals(
    await db.query("select given_up_at is not null as given_up from phone_pool.call_notices"),
    [{ given_up: true }, { given_up: true }],
  );
  await answer(db, 200);
  await sweep(db);
  assertEquals(await queued(db), 8);
});

Deno.test("told late that it ended otherwise: told again", async () => {
  await using db = await clinicsWith(CLOSED);
  const { id } = await callUnderWay(db, "intake-1");
  await db.query("select phone_pool_worker.record_intake_call_lost($1)", [id]);
  assertEquals(await queued(db), 1);
  await end(db, id);
  assertEquals(await value(db, "select status from phone_pool.intake_calls"), "completed");
  assertEquals(await queued(db), 2);
});

Deno.test("neither a Realtime that fails nor a webhook that cannot be posted costs the record", async () => {
  await using db = await clinicsWith(CLOSED);
  const admin = await db.connect("supabase_admin");
  await admin.query(`create schema realtime;
    grant usage on schema realtime to postgres;
    create function realtime.send(jsonb, text, text, boolean) returns void
    language plpgsql as $$ begin raise exception 'no partition'; end $$`);
  await admin.query("delete from vault.secrets where name = 'phone_pool_call_webhook_secret'");
  const { id } = await callUnderWay(db, "intake-1");
  await end(db, id, "busy");
  assertEquals(await value(db, "select status from phone_pool.intake_calls"), "busy");
  const alerts = await openAlerts(db);
  for (const kind of ["notice_failed", "call_notice_undelivered"]) {
    assert(alerts.includes(kind), kind);
  }
  assertEquals(await queued(db), 0);
  // The notice is there still, to be posted when its secret is back.
  assertEquals(
    await db.query("select call_id, posted_at, attempts from phone_pool.call_notices"),
    [{ call_id: id, posted_at: null, attempts: 1 }],
  );
});
