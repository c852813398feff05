import { describe } from "./http.ts";
import type { Log } from "./log.ts";
import type { Rooms } from "./rooms.ts";
import { TelephonyError } from "./telephony-errors.ts";

export interface WatchedCall {
  id: string;
  roomName: string;
}

export interface WatchDependencies {
  rooms: Rooms;
  /** Writes down that the call is hung up; false: the phone is no longer up. */
  hangUp(callId: string, reason: "agent_left"): Promise<boolean>;
  delay(milliseconds: number): Promise<unknown>;
  log: Log;
}

/** over: nobody has to look at this call again. */
export type Finding = "heard" | "over";

/** That no patient hears silence: a call that has lost its agent is hung up. */
export interface AgentWatch {
  /** Looks once, and hangs up when there is no agent. */
  look(): Promise<Finding>;
  /** Looks again and again, until the call is over or for as long as one invocation should. */
  run(): Promise<void>;
}

// A killed agent is noticed within 2 seconds, and after two pings of a second the call is over; one
// that left is waited for 2 seconds: less than 5 in either case.
const LOOK_MILLISECONDS = { least: 2000, most: 16_000 };
// 140 seconds: until the sweep has the next look taken, which it does after 75 at the earliest.
const LOOKS = 70;
/** An agent that is alive answers within a few; one that is not is given a second, twice. */
const PING_MILLISECONDS = 400;
const SECOND_PING_MILLISECONDS = 250;
/** An agent may hand the call over to another one, which needs a moment to join. */
const HAND_OVER = { looks: 5, milliseconds: 500 };
const DELETIONS = 3;

/** @param known the agent that has answered a ping: from now on its silence means something */
export function createAgentWatch(
  call: WatchedCall,
  dependencies: WatchDependencies,
  known?: string,
): AgentWatch {
  const { rooms, delay, log } = dependencies;
  const phone = `callee-${call.id}`;
  const dead = new Set<string>();

  const heard = async () => {
    const { agents, hasPhone } = await rooms.look(call.roomName, phone);
    return { hasPhone, agents: agents.filter((agent) => !dead.has(agent)) };
  };

  async function look(): Promise<Finding> {
    const agent = known;
    const answer = agent === undefined ? undefined : ping(agent);
    if (answer && await Promise.race([answer, late()]) === "alive") return "heard";
    // Of an agent that has left, LiveKit says for seconds nothing at all: the room is asked.
    const present = await heard();
    if (!present.hasPhone) return "over";
    if (agent !== undefined && present.agents.includes(agent)) {
      if (await answer !== "silent") return "heard";
      await delay(SECOND_PING_MILLISECONDS);
      if (await ping(agent) !== "silent") return "heard";
      log("agent_silent", { call_id: call.id });
      dead.add(agent);
    }
    known = undefined;
    const others = present.agents.filter((other) => !dead.has(other));
    for (const other of others) {
      if (known === undefined && await ping(other) === "alive") known = other;
    }
    return others.length > 0 ? "heard" : await end();
  }

  const ping = (agent: string) => rooms.ping(call.roomName, agent).catch(() => "unknown" as const);
  const late = async () => {
    await delay(PING_MILLISECONDS);
  };

  /** Hangs up, unless another agent comes in time. One that died is not handed over from. */
  async function end(): Promise<Finding> {
    for (let turn = 1; turn < HAND_OVER.looks && dead.size === 0; turn++) {
      await delay(HAND_OVER.milliseconds);
      const { agents, hasPhone } = await heard();
      if (!hasPhone) return "over";
      if (agents.length > 0) return "heard";
    }
    if (await dependencies.hangUp(call.id, "agent_left")) {
      log("call_hung_up", { call_id: call.id, reason: "agent_left" });
      await deleteRoom();
    }
    return "over";
  }

  /** Should it fail to the last, the sweep does it. */
  async function deleteRoom(): Promise<void> {
    for (let attempt = 1;; attempt++) {
      try {
        return await rooms.deleteRoom(call.roomName);
      } catch (error) {
        if (attempt === DELETIONS) throw error;
        await delay(HAND_OVER.milliseconds);
      }
    }
  }

  async function run(): Promise<void> {
    let pause = LOOK_MILLISECONDS.least;
    for (let turn = 0; turn < LOOKS; turn++) {
      try {
        if (await look() === "over") return;
        pause = LOOK_MILLISECONDS.least;
      } catch (error) {
        // LiveKit or the database cannot be asked now. LiveKit limits requests: then less often.
        const isLimited = error instanceof TelephonyError &&
          error.failure.startsWith("livekit 429");
        if (isLimited) pause = Math.min(pause * 2, LOOK_MILLISECONDS.most);
        log("agent_not_looked_for", { call_id: call.id, error: describe(error) });
      }
      await delay(pause);
    }
  }

  return { look, run };
}
