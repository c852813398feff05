import { RoomServiceClient } from "livekit-server-sdk";
import {
  type AgentSettings,
  type CallDetails,
  createIntakeCall,
  type IntakeCall,
  type Outcome,
} from "./intake-call.ts";

/** What is used of a participant of LiveKit: @livekit/rtc-node's RemoteParticipant has it. */
export interface Participant {
  identity: string;
  attributes: Record<string, string>;
}

/** What is used of a job: @livekit/agents' JobContext has it. */
export interface Job {
  job: { metadata: string; room?: { name: string } };
  room: {
    remoteParticipants: Map<string, Participant>;
    on(event: string, listener: (...parts: never[]) => void): unknown;
  };
  connect(): Promise<void>;
  shutdown(reason?: string): void;
}

/** Asks the patient, with an AgentSession of yours, and returns the outcome. */
export type Interview = (job: Job, call: IntakeCall, details: CallDetails) => Promise<Outcome>;

/**
 * From the job to the end of the call; however it goes, nobody is left in silence.
 *
 *   export default defineAgent({ entry: (ctx) => takeCall(ctx, interview, settings) });
 *
 * The agent's name is what LIVEKIT_AGENT_NAME of the Edge Functions says.
 */
export async function takeCall(
  job: Job,
  interview: Interview,
  settings: AgentSettings,
  log: (problem: unknown) => void = console.error,
): Promise<void> {
  const { call_id }: { call_id: string } = JSON.parse(job.job.metadata);
  const roomName = job.job.room?.name ?? `call-${call_id}`;
  const call = createIntakeCall(call_id, roomName, settings);
  try {
    // Join first: the phone rings only beside an agent.
    await job.connect();
    const details = await call.read();
    // Busy, declined, no answer: LiveKit's webhooks tell which.
    if (!await patientAnswers(job, `callee-${call_id}`)) return;
    await call.answered();
    await call.ended(await interview(job, call, details));
  } catch (error) {
    log(error);
  } finally {
    // Ends the call on the phone; leaving the room alone would not.
    const { LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET } = settings;
    await new RoomServiceClient(LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET)
      .deleteRoom(roomName).catch(log);
    job.shutdown("the call is over");
  }
}

/** Whether the patient picks up; the phone's participant is there while it rings, too. */
function patientAnswers({ room }: Job, identity: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const look = (participant: Participant) => {
    const isActive = participant.attributes["sip.callStatus"] === "active";
    if (participant.identity === identity && isActive) resolve(true);
  };
  room.on("participantAttributesChanged", (_changed: unknown, who: Participant) => look(who));
  room.on("participantConnected", look);
  room.on("participantDisconnected", (who: Participant) => {
    if (who.identity === identity) resolve(false);
  });
  room.on("disconnected", () => resolve(false));
  for (const participant of room.remoteParticipants.values()) look(participant);
  return promise;
}
