import { createHandler } from "../../../functions/telnyx-webhook/handler.ts";
import { createVerify } from "../../../functions/telnyx-webhook/verify.ts";
import { AppError } from "../../../functions/_shared/errors.ts";
import type { CallDatabase } from "../../../functions/_shared/database.ts";
import { createSigningKey } from "../../../supabase/local/simulators/telnyx/signing.ts";
import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { travel, values } from "../../support/pool.ts";
import { createRpc } from "../../support/rpc.ts";

const key = createSigningKey();
const now = () => Math.floor(Date.now() / 1000);

const bodyOf = (id: string, event_type = "number_order.complete", payload: unknown = {}) =>
  JSON.stringify({ data: { id, event_type, occurred_at: new Date().toISOString(), payload } });

function requestOf(body: string, headers: Record<string, string>): Request {
  return new Request("http://localhost/telnyx-webhook", { method: "POST", headers, body });
}

const signed = (body: string, at = now()) => requestOf(body, key.sign(body, at));

interface Case {
  name: string;
  /** Signed when sent: the file may be loaded long before its turn. */
  requests: () => Request[];
  statuses: number[];
  stored: string[];
}

const b = (id: string) => bodyOf(id);
const CASES: Case[] = [
  { name: "signed", requests: () => [signed(b("1"))], statuses: [200], stored: ["1"] },
  {
    name: "sent twice",
    requests: () => [signed(b("2")), signed(b("2"))],
    statuses: [200, 200],
    stored: ["2"],
  },
  {
    name: "out of order",
    requests: () => [signed(b("4")), signed(b("3")), signed(b("4"))],
    statuses: [200, 200, 200],
    stored: ["3", "4"],
  },
  {
    name: "no signature",
    requests: () => [requestOf(b("5"), {})],
    statuses: [401],
    stored: [],
  },
  {
    name: "signed by another key",
    requests: () => [requestOf(b("6"), createSigningKey().sign(b("6"), now()))],
    statuses: [401],
    stored: [],
  },
  {
    name: "the body altered",
    requests: () => [requestOf(b("7"), key.sign(b("8"), now()))],
    statuses: [401],
    stored: [],
  },
  {
    name: "the same event, written otherwise",
    requests:
      () => [requestOf(JSON.stringify(JSON.parse(b("9")), null, 1), key.sign(b("9"), now()))],
    statuses: [401],
    stored: [],
  },
  {
    name: "six minutes old",
    requests: () => [signed(b("10"), now() - 360)],
    statuses: [401],
    stored: [],
  },
  {
    name: "six minutes ahead",
    requests: () => [signed(b("11"), now() + 360)],
    statuses: [401],
    stored: [],
  },
  {
    name: "four minutes old",
    requests: () => [signed(b("12"), now() - 240)],
    statuses: [200],
    stored: ["12"],
  },
  {
    name: "the time altered",
    requests: () => [
      requestOf(b("13"), { ...key.sign(b("13"), now()), "telnyx-timestamp": String(now() + 1) }),
    ],
    statuses: [401],
    stored: [],
  },
  {
    name: "an unknown event",
    requests: () => [signed(bodyOf("14", "porting_order.deleted", { to: "+12025550100" }))],
    statuses: [200],
    stored: ["14"],
  },
  {
    name: "no event at all",
    requests: () => [signed('{"hello": 1}')],
    statuses: [422],
    stored: [],
  },
  { name: "no JSON", requests: () => [signed("hello")], statuses: [422], stored: [] },
  {
    name: "signed, and larger than any event",
    requests: () => [signed(bodyOf("15", "call.initiated", { note: "x".repeat(300_000) }))],
    statuses: [413],
    stored: [],
  },
  {
    name: "a GET",
    requests: () => [new Request("http://localhost/telnyx-webhook")],
    statuses: [405],
    stored: [],
  },
];

Deno.test("a webhook is stored once, if Telnyx has signed it just now", async (t) => {
  await using db = await createTestDatabase();
  const call = createRpc(await db.connect("service_role"));
  const handler = createHandler({
    verify: createVerify(key.publicKey),
    call,
    createLog: () => () => {},
  });
  for (const { name, requests, statuses, stored } of CASES) {
    await t.step(name, async () => {
      const before = await events();
      const answers: number[] = [];
      for (const request of requests()) answers.push((await handler(request)).status);
      assertEquals(answers, statuses);
      const ids = (await events()).filter((id) => !before.includes(id));
      assertEquals(ids.toSorted((a, b) => Number(a) - Number(b)), stored);
    });
  }
  function events() {
    return values<string>(db, "select event_id as value from phone_pool.webhook_events");
  }
});

Deno.test("never 200 before the event is stored", async () => {
  const call: CallDatabase = () => Promise.reject(new AppError("database_unavailable"));
  const handler = createHandler({
    verify: createVerify(key.publicKey),
    call,
    createLog: () => () => {},
  });
  assertEquals((await handler(signed(b("1")))).status, 503);
});

Deno.test("stored but not acted on: 200, and the sweep does it", async () => {
  await using db = await createTestDatabase();
  const rpc = createRpc(await db.connect("service_role"));
  const call: CallDatabase = (name, ...rest) =>
    name === "process_webhook_event"
      ? Promise.reject(new AppError("database_unavailable"))
      : rpc(name, ...rest);
  const handler = createHandler({
    verify: createVerify(key.publicKey),
    call,
    createLog: () => () => {},
  });
  assertEquals((await handler(signed(b("1")))).status, 200);
  const outcomes = () =>
    values(db, "select outcome as value from phone_pool.webhook_events order by id");
  assertEquals(await outcomes(), [null]);
  await travel(db, "31 seconds");
  await db.query("select phone_pool.sweep()");
  assertEquals(await outcomes(), ["no purchase is waiting for it"]);
});

Deno.test("who called is not kept", async () => {
  await using db = await createTestDatabase();
  const handler = createHandler({
    verify: createVerify(key.publicKey),
    call: createRpc(await db.connect("service_role")),
    createLog: () => () => {},
  });
  const payload = { from: "+12025550123", to: "+12025550100", direction: "incoming" };
  await handler(signed(bodyOf("1", "call.initiated", payload)));
  assertEquals(await values(db, "select payload as value from phone_pool.webhook_events"), [
    {},
  ]);
});
