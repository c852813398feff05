import { ParticipantInfo_Kind, WebhookEvent } from "@livekit/protocol";
import { signedWebhook } from "../../../supabase/local/simulators/livekit/webhook-signature.ts";
import { assertEquals, assertNotMatch } from "../../support/assert.ts";
import { callBody, clinicWith, placeCall } from "../../support/calls.ts";
import { value } from "../../support/pool.ts";
import { type WebhookScene, withWebhooks } from "../../support/webhooks.ts";

const URL = "http://localhost/livekit-webhook";

function eventOf(callId: string, changes: Partial<WebhookEvent> = {}): WebhookEvent {
  return new WebhookEvent({
    event: "participant_left",
    id: `EV_${crypto.randomUUID()}`,
    createdAt: BigInt(Math.floor(Date.now() / 1000)),
    room: { name: `call-${callId}` },
    participant: {
      identity: `callee-${callId}`,
      attributes: { "sip.callStatus": "hangup" },
      disconnectReason: 1,
    },
    ...changes,
  });
}

const events = (scene: WebhookScene) =>
  value<number>(scene.db, "select count(*)::int from phone_pool.webhook_events");

Deno.test("only LiveKit is believed", async (t) => {
  await withWebhooks(async (scene) => {
    const { db, simulator, receive } = scene;
    // LiveKit itself says nothing here: every event is the test's own.
    simulator.control.setWebhookUrl(undefined);
    await placeCall(scene, callBody(await clinicWith(db, "+19712656795")));
    const [call] = await db.query<{ id: string }>("select id from phone_pool.intake_calls");
    const id = call?.id ?? "";
    const send = async (event: WebhookEvent, change: (request: RequestInit) => RequestInit) => {
      const { method, headers, body } = await signedWebhook(event, simulator.settings);
      return await receive(new Request(URL, change({ method, headers, body })));
    };
    const headersOf = ({ headers }: RequestInit) => new Headers(headers);

    const forged: [what: string, change: (request: RequestInit) => RequestInit][] = [
      ["no signature", (r) => ({ ...r, headers: {} })],
      ["a Bearer before it", (r) => ({
        ...r,
        headers: { authorization: `Bearer ${headersOf(r).get("authorization")}` },
      })],
      ["another body", (r) => ({ ...r, body: `${r.body} ` })],
      ["an empty body", (r) => ({ ...r, body: "" })],
    ];
    for (const [what, change] of forged) {
      await t.step(what, async () => {
        assertEquals((await send(eventOf(id), change)).status, 401);
        assertEquals(await events(scene), 0);
      });
    }
    await t.step("another secret", async () => {
      const other = { ...simulator.settings, apiSecret: "x".repeat(40) };
      const { method, headers, body } = await signedWebhook(eventOf(id), other);
      assertEquals((await receive(new Request(URL, { method, headers, body }))).status, 401);
    });
    await t.step("a body that never ends", async () => {
      const large = { method: "POST", body: "x".repeat(300_000) };
      assertEquals((await receive(new Request(URL, large))).status, 413);
    });
    await t.step("a GET", async () => {
      assertEquals((await receive(new Request(URL))).status, 405);
    });
    await t.step("what is of no concern is not kept", async () => {
      for (
        const event of [
          eventOf(id, { event: "track_published" }),
          eventOf(id, { room: undefined }),
          eventOf("not-a-call"),
        ]
      ) {
        const response = await send(event, (request) => request);
        assertEquals([response.status, await response.json()], [200, { status: "ignored" }]);
      }
      assertEquals(await events(scene), 0);
    });
    await t.step("a call that is not ours is kept and changes nothing", async () => {
      const response = await send(eventOf(crypto.randomUUID()), (request) => request);
      assertEquals([response.status, await events(scene)], [200, 1]);
    });
    await t.step("the agent's leaving is not the patient's", async () => {
      const event = eventOf(id);
      if (event.participant) event.participant.identity = `callee-${crypto.randomUUID()}`;
      assertEquals((await send(event, (request) => request)).status, 200);
      assertEquals(await value(db, "select status from phone_pool.intake_calls"), "dialing");
    });
    await t.step("of an agent nothing is kept but that it left", async () => {
      const event = eventOf(id);
      if (event.participant) {
        event.participant.kind = ParticipantInfo_Kind.AGENT;
        event.participant.identity = "agent-of-doctor-smith";
        event.participant.name = "Doctor Smith's agent";
        event.participant.metadata = "+12125550123";
      }
      assertEquals(await (await send(event, (request) => request)).json(), { status: "stored" });
      const [row] = await db.query(
        "select payload, outcome from phone_pool.webhook_events order by id desc limit 1",
      );
      assertEquals(row, { payload: { room: `call-${id}`, kind: "agent" }, outcome: "agent_left" });
      await scene.webhooksDone();
      // The room says that the agent is still there.
      assertEquals(await value(db, "select status from phone_pool.intake_calls"), "dialing");
      event.id = "EV_joined";
      event.event = "participant_joined";
      assertEquals(await (await send(event, (request) => request)).json(), { status: "ignored" });
    });
    await t.step("the true one, once", async () => {
      const event = eventOf(id);
      const first = await send(event, (request) => request);
      assertEquals([first.status, await first.json()], [200, { status: "stored" }]);
      const second = await send(event, (request) => request);
      assertEquals([second.status, await second.json()], [200, { status: "known" }]);
      assertEquals(await value(db, "select status from phone_pool.intake_calls"), "completed");
    });
    for (const line of scene.webhookLogs) assertNotMatch(line, /\beyJ|Bearer/);
  });
});

Deno.test("the database away: 5xx, so that LiveKit sends it again", () =>
  withWebhooks(async ({ db, simulator, receive }) => {
    const { method, headers, body } = await signedWebhook(
      eventOf(crypto.randomUUID()),
      simulator.settings,
    );
    await db.query("alter function phone_pool_worker.record_webhook_event rename to gone");
    assertEquals((await receive(new Request(URL, { method, headers, body }))).status, 500);
  }));
