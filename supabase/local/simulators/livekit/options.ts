/** An outbound trunk that the simulator knows: its id and the numbers it may fall back to. */
export interface SimulatedTrunk {
  id: string;
  /** May be empty: then a call without a from number is refused, as the real server does. */
  numbers: string[];
  /** The carrier takes encrypted speech only: else it answers 488. */
  requiresEncryption?: boolean;
  transport?: "udp" | "tcp" | "tls";
  authUsername?: string;
  name?: string;
  address?: string;
}

export interface LiveKitSimulatorOptions {
  apiKey?: string;
  apiSecret?: string;
  trunks?: SimulatedTrunk[];
  /** Agents with a running worker. A dispatch to any other name succeeds, but nobody comes. */
  agentNames?: string[];
  /** Where signed webhooks go; none are sent without it. */
  webhookUrl?: string;
  /** From the dispatch until the agent is in the room: JOINED. */
  agentJoinMs?: number;
  /** From then until it can be heard: ACTIVE. null: it never gets media, and is thrown out. */
  agentMediaMs?: number | null;
  /** Whether a call ends by itself after max_call_duration; livekit-sip does so from 1.9 on. */
  endsLongCalls?: boolean;
  /** From the INVITE until the callee's phone rings. */
  ringMs?: number;
  /** From ringing until the callee answers, or from the INVITE until the carrier refuses it. */
  answerMs?: number;
  /** Length of LiveKit's own seconds (room, ringing and call timeouts): tests shrink it. */
  millisecondsPerSecond?: number;
  /** First pause before a failed webhook is sent again; doubles each time. */
  webhookRetryMs?: number;
  /** Where the carrier's records of calls go: a control of the Telnyx simulator; none without it. */
  recordsUrl?: string;
  /** The open source server lists an unknown room as empty; a 404 can be asked for instead. */
  participantsOfMissingRoom?: "empty" | "not_found";
}

export type Settings = Required<Omit<LiveKitSimulatorOptions, "webhookUrl" | "recordsUrl">>;

export const defaultSettings: Settings = {
  apiKey: "devkey",
  apiSecret: "livekit-simulator-secret-of-32-characters",
  trunks: [{ id: "ST_simulator", numbers: ["+15005550006"] }],
  agentNames: [],
  agentJoinMs: 50,
  agentMediaMs: 20,
  endsLongCalls: false,
  ringMs: 20,
  answerMs: 100,
  millisecondsPerSecond: 1000,
  webhookRetryMs: 1000,
  participantsOfMissingRoom: "empty",
};
