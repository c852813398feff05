import type { Budget } from "../_shared/budget.ts";
import { AppError } from "../_shared/errors.ts";
import type { Presence } from "../_shared/rooms.ts";
import type { Telephony } from "../_shared/telephony.ts";
import type { Calls } from "./calls.ts";
import type { DialPermit, IntakeCall } from "./schema.ts";

export interface Ready {
  permit: DialPermit;
  /** The agent, once it has answered a ping: from then on its silence means something. */
  agent: Promise<string | undefined>;
}

export interface AgentDependencies {
  calls: Calls;
  telephony: Telephony;
  delay: (milliseconds: number) => Promise<void>;
  budget: Budget;
}

// No agent is there within the first; most are within the second in which they are looked for often.
const AGENT_POLL_MILLISECONDS = { first: 100, often: 50, later: 250, coming: 25 };
const OFTEN_POLLS = 20;
const PINGS = 4;
/** Older than this, a permit is not dialled with. */
const PERMIT_MILLISECONDS = 3000;
const DATABASE_MILLISECONDS = 3000;

/**
 * The agent in the room, and then at once the permit: the number may have left the organization in
 * the meantime, or the patient may have said stop. It is asked for while the agent gets its media, a
 * tenth of a second before it can be heard.
 */
export async function agentAndPermit(
  call: IntakeCall,
  dependencies: AgentDependencies,
): Promise<Ready> {
  const { calls, budget } = dependencies;
  const awaitAgent = createAgentWait(call, dependencies);
  await awaitAgent(({ agents, isAgentComing }) => agents.length > 0 || isAgentComing);
  const startedAt = performance.now();
  const starting = budget.wait(
    calls.start(call.id),
    DATABASE_MILLISECONDS,
    "database_unavailable",
  );
  const [permit, agents] = await Promise.all([
    starting,
    awaitAgent(({ agents }) => agents.length > 0),
  ]);
  if (performance.now() - startedAt > PERMIT_MILLISECONDS) throw new AppError("permit_expired");
  return { permit, agent: firstAlive(dependencies, call.room_name, agents) };
}

/**
 * Not waited for: the phone may ring meanwhile. An agent that has just become ACTIVE may take a
 * moment more until it can be pinged.
 */
async function firstAlive(
  { telephony, delay }: AgentDependencies,
  roomName: string,
  agents: string[],
): Promise<string | undefined> {
  for (let attempt = 1; attempt <= PINGS; attempt++) {
    for (const agent of agents) {
      const answer = await telephony.ping(roomName, agent).catch(() => "unknown");
      if (answer === "alive") return agent;
    }
    await delay(AGENT_POLL_MILLISECONDS.often);
  }
}

/**
 * Waits until the room is as wanted, in all no longer than an agent is waited for. A dispatch
 * succeeds even if no agent of that name is running, and an agent that gets no media stays on its
 * way in: a patient who answered then would hear silence.
 */
function createAgentWait(call: IntakeCall, { telephony, delay, budget }: AgentDependencies) {
  const { first, often, later, coming } = AGENT_POLL_MILLISECONDS;
  const end = performance.now() + call.agent_wait_seconds * 1000;
  let seen: Presence | undefined;
  let poll = 0;
  const look = async (isWanted: (presence: Presence) => boolean) => {
    while (performance.now() < end) {
      if (seen && isWanted(seen)) return seen.agents;
      const pause = poll < OFTEN_POLLS ? often : later;
      await delay(poll === 0 ? first : seen?.isAgentComing ? coming : pause);
      poll++;
      seen = await telephony.look(call.room_name, `callee-${call.id}`);
    }
    throw new AppError("agent_unavailable");
  };
  return (isWanted: (presence: Presence) => boolean) =>
    budget.wait(look(isWanted), budget.remaining(), "telephony_timeout");
}
