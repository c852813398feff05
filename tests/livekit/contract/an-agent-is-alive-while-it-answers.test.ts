import { AccessToken } from "livekit-server-sdk";
import { ParticipantInfo_Kind, ParticipantInfo_State } from "@livekit/protocol";
import { assert, assertEquals } from "../../support/assert.ts";
import { bothServers, type Server } from "../support/both-servers.ts";
import { until } from "../support/until.ts";
import { type Wire, wireTest } from "../support/wire.ts";

// What the watch over a call builds on (functions/_shared/rooms.ts). A killed agent is listed as
// before for 21 seconds.

interface Seen {
  alive: unknown;
  killed: unknown;
  listed: unknown;
  absent: unknown;
  kept: number;
}

async function agentIn({ rooms }: Server, room: string) {
  return (await rooms.listParticipants(room)).find(({ kind, state }) =>
    kind === ParticipantInfo_Kind.AGENT && state === ParticipantInfo_State.ACTIVE
  );
}

async function ping({ url }: Server, { info }: Wire, room: string, destinationIdentity: string) {
  const token = new AccessToken(info.livekit.apiKey, info.livekit.apiSecret);
  token.addGrant({ roomAdmin: true, room });
  const response = await fetch(`${url}/twirp/livekit.RoomService/PerformRpc`, {
    method: "POST",
    headers: {
      "Authorization": `Bearer ${await token.toJwt()}`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify({
      room,
      destinationIdentity,
      method: "phone-pool.ping",
      responseTimeoutMs: 1000,
    }),
  });
  const { code, msg } = await response.json();
  return [response.status, code, /RpcError 150[12]/.test(msg) || msg.match(/RpcError \d+/)?.[0]];
}

async function look(server: Server, wire: Wire, kill: (room: string) => unknown): Promise<Seen> {
  const room = `alive-${crypto.randomUUID()}`;
  await server.dispatches.createDispatch(room, wire.info.agentName);
  const agent = await until("it can be heard", () => agentIn(server, room));
  // It is ACTIVE a moment before its data channel is open.
  const alive = await until("it answers", async () => {
    const answer = await ping(server, wire, room, agent.identity);
    return answer[0] === 500 ? undefined : answer;
  });
  await kill(room);
  const began = Date.now();
  const killed = await ping(server, wire, room, agent.identity);
  const listed = (await agentIn(server, room))?.identity === agent.identity;
  await until("LiveKit notices", async () => await agentIn(server, room) === undefined, 40);
  const kept = Date.now() - began;
  const absent = await ping(server, wire, room, agent.identity);
  await server.rooms.deleteRoom(room).catch(() => {});
  return { alive, killed, listed, absent, kept };
}

wireTest("an agent is alive while it answers, and LiveKit lists a dead one", async (wire) => {
  await using agent = await wire.startAgent();
  await using servers = await bothServers(wire);
  const [real, simulated] = await Promise.all([
    look(servers.real, wire, () => agent.kill()),
    look(servers.simulator, wire, servers.crashAgents),
  ]);
  console.log(`listed for ${real.kept} ms after its death; simulator ${simulated.kept} ms`);
  assertEquals({ ...real, kept: 0 }, {
    alive: [400, "invalid_argument", "RpcError 1400"],
    killed: [408, "canceled", true],
    listed: true,
    absent: [503, "unavailable", undefined],
    kept: 0,
  });
  assertEquals({ ...simulated, kept: 0 }, { ...real, kept: 0 });
  assert(Math.abs(simulated.kept - real.kept) < 5000);
});
