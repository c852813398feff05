import { AccessToken } from "livekit-server-sdk";
import {
  DisconnectReason,
  ParticipantInfo_Kind,
  ParticipantInfo_State,
  type WebhookEvent,
} from "@livekit/protocol";
import { assert, assertEquals } from "../../../support/assert.ts";
import { agentName, type Scene, until, withInbox } from "../support.ts";

// As seen of livekit-server 1.13.5 with livekit-agents 1.8.9: tests/livekit/agents holds the two
// against each other.

const { JOINED, ACTIVE } = ParticipantInfo_State;

async function agentOf({ rooms }: Scene) {
  return (await rooms.listParticipants("call-1"))
    .find(({ kind }) => kind === ParticipantInfo_Kind.AGENT);
}

async function ping({ simulator }: Scene, identity: string) {
  const { apiKey, apiSecret } = simulator.settings;
  const token = new AccessToken(apiKey, apiSecret);
  token.addGrant({ roomAdmin: true, room: "call-1" });
  const response = await fetch(`${simulator.url}/twirp/livekit.RoomService/PerformRpc`, {
    method: "POST",
    headers: {
      "Authorization": `Bearer ${await token.toJwt()}`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify({
      room: "call-1",
      destinationIdentity: identity,
      method: "x",
      responseTimeoutMs: 20,
    }),
  });
  const { code, msg } = await response.json();
  return [response.status, code, msg.match(/RpcError \d+/)?.[0]];
}

const told = (events: WebhookEvent[]) =>
  events.filter(({ participant }) => participant?.kind === ParticipantInfo_Kind.AGENT)
    .map(({ event, participant }) => [event, participant?.disconnectReason]);

Deno.test("an agent is in the room before it can be heard, and webhooks tell of it then", () =>
  withInbox(async (scene) => {
    await scene.agents.createDispatch("call-1", agentName);
    const joined = await until("it is in", () => agentOf(scene));
    assertEquals(joined.state, JOINED);
    assertEquals(await ping(scene, joined.identity), [500, "internal", undefined]);
    assertEquals(told(scene.inbox.events), []);
    await until("it can be heard", async () => (await agentOf(scene))?.state === ACTIVE);
    await scene.simulator.control.webhooksIdle();
    assertEquals(told(scene.inbox.events), [["participant_joined", 0]]);
    assertEquals(await ping(scene, joined.identity), [400, "invalid_argument", "RpcError 1400"]);
  }, { agentMediaMs: 300 }));

Deno.test("an agent that ends leaves at once", () =>
  withInbox(async (scene) => {
    await scene.agents.createDispatch("call-1", agentName);
    const agent = await until("it can be heard", async () => {
      const agent = await agentOf(scene);
      return agent?.state === ACTIVE && agent;
    });
    assertEquals(scene.simulator.control.leaveAgents("call-1"), 1);
    assertEquals(await agentOf(scene), undefined);
    await scene.simulator.control.webhooksIdle();
    assertEquals(told(scene.inbox.events).at(-1), [
      "participant_left",
      DisconnectReason.CLIENT_INITIATED,
    ]);
    assertEquals((await ping(scene, agent.identity))[0], 503);
  }));

Deno.test("an agent that is killed is listed for 21 seconds, and says nothing", () =>
  withInbox(async (scene) => {
    await scene.agents.createDispatch("call-1", agentName);
    await until("it can be heard", async () => (await agentOf(scene))?.state === ACTIVE);
    const began = performance.now();
    assertEquals(scene.simulator.control.crashAgents("call-1"), 1);
    const agent = await agentOf(scene);
    assert(agent?.state === ACTIVE);
    assertEquals(await ping(scene, agent.identity), [408, "canceled", "RpcError 1502"]);
    await until("it has left", async () => await agentOf(scene) === undefined);
    assert(performance.now() - began >= 20.9 * 20);
    await scene.simulator.control.webhooksIdle();
    assertEquals(told(scene.inbox.events).at(-1), [
      "participant_left",
      DisconnectReason.CONNECTION_TIMEOUT,
    ]);
  }, { millisecondsPerSecond: 20 }));

Deno.test("an agent without media is thrown out after a minute: it never joined", () =>
  withInbox(async (scene) => {
    await scene.agents.createDispatch("call-1", agentName);
    const agent = await until("it is in", () => agentOf(scene));
    assertEquals(agent.state, JOINED);
    await until("it is out", async () => await agentOf(scene) === undefined);
    await scene.simulator.control.webhooksIdle();
    assertEquals(told(scene.inbox.events).map(([event]) => event), [
      "participant_connection_aborted",
    ]);
  }, { agentMediaMs: null, millisecondsPerSecond: 10 }));
