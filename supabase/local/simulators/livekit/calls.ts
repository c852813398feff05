import { type CreateSIPParticipantRequest, DisconnectReason } from "@livekit/protocol";
import * as record from "./call-record.ts";
import type { CallerId, SimulatedCall } from "./call-record.ts";
import { type Ending, endingOf } from "./endings.ts";
import type { Outcome, OutcomeBook } from "./outcomes.ts";
import type { Settings } from "./options.ts";
import type { Rooms } from "./rooms.ts";
import type { Timers } from "./timers.ts";
import { TwirpFailure } from "./twirp-failure.ts";

export interface PlacedCall {
  call: SimulatedCall;
  /** Undefined once answered, else what a waiting request is told. */
  answered: Promise<TwirpFailure | undefined>;
}

interface LiveCall extends PlacedCall {
  settle(failure?: TwirpFailure): void;
  /** What it failed for; without it, somebody ended it. */
  failure?: TwirpFailure;
  endsAt: number;
  cancels: (() => void)[];
}

/** What livekit-sip dials with when the request does not say. */
const defaultSeconds = { ringing: 180, call: 24 * 60 * 60 };
// After which an INVITE is given up that nothing answers: RFC 3261, timer B.
const SILENCE_SECONDS = 32;

interface Dependencies {
  settings: Settings;
  timers: Timers;
  rooms: Rooms;
  outcomes: OutcomeBook;
  /** Called with every call that is over. */
  onEnded: (call: SimulatedCall) => void;
}

export class Calls {
  readonly #all = new Map<string, LiveCall>();
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** Joins the room and only then sends the INVITE: a refused join is not a call. */
  place(request: CreateSIPParticipantRequest, callerId: CallerId): PlacedCall {
    const call = record.newCall(request, callerId);
    const { promise: answered, resolve: settle } = Promise.withResolvers<
      TwirpFailure | undefined
    >();
    const live: LiveCall = { call, answered, settle, endsAt: 0, cancels: [] };
    const { room } = this.#deps.rooms.join(call.room, {
      info: record.phoneLeg(request, call),
      onLeave: (reason) => {
        left(live, reason);
        this.#deps.onEnded(live.call);
      },
    });
    this.#deps.rooms.activate(call.room, call.participantIdentity);
    call.roomSid = room.sid;
    this.#all.set(call.id, live);
    this.#limit(live);
    this.#run(live, this.#refusedByTrunk(call) ?? this.#deps.outcomes.next(call.to));
    return live;
  }

  list(): SimulatedCall[] {
    return [...this.#all.values()].map(({ call }) => structuredClone(call));
  }

  /** What a call comes to from now on; false when it is no longer dialing or ringing. */
  play(callId: string, outcome: Outcome | "answer now"): boolean {
    const live = this.#all.get(callId);
    if (live?.call.status !== "dialing" && live?.call.status !== "ringing") return false;
    if (outcome === "answer now") this.#answer(live);
    else this.#run(live, outcome);
    return true;
  }

  /** The callee hangs up an answered call; false when there is none. */
  hangUp(callId: string): boolean {
    const live = this.#all.get(callId);
    if (live?.call.status !== "active") return false;
    this.#hangUp(live);
    return true;
  }

  /** Of ringing, and of the whole call: both count from the INVITE. */
  #limit(live: LiveCall): void {
    const { millisecondsPerSecond } = this.#deps.settings;
    const { ringingTimeoutSeconds, maxCallDurationSeconds } = live.call;
    const ringing = ringingTimeoutSeconds ?? defaultSeconds.ringing;
    const longest = maxCallDurationSeconds ?? defaultSeconds.call;
    live.endsAt = Date.now() + longest * millisecondsPerSecond;
    this.#later(live, Math.min(ringing, longest) * millisecondsPerSecond, () => {
      const failure = new TwirpFailure("canceled", "sip request timed out");
      this.#end(live, DisconnectReason.USER_UNAVAILABLE, failure);
    });
  }

  #run(live: LiveCall, outcome: Outcome): void {
    const { settings } = this.#deps;
    const afterMs = ("afterMs" in outcome ? outcome.afterMs : undefined) ?? settings.answerMs;
    const ending = endingOf(outcome);
    if (outcome.kind === "silent") {
      this.#later(live, SILENCE_SECONDS * settings.millisecondsPerSecond, () => {
        const failure = new TwirpFailure("canceled", "transaction failed to complete");
        this.#end(live, DisconnectReason.USER_UNAVAILABLE, failure);
      });
    } else if (ending && !ending.rings) {
      this.#later(live, afterMs, () => this.#fail(live, ending));
    } else {
      this.#later(live, settings.ringMs, () => {
        this.#ring(live);
        if (ending) this.#later(live, afterMs, () => this.#fail(live, ending));
        else if (outcome.kind !== "no-answer") {
          this.#later(live, afterMs, () => this.#answer(live, outcome));
        }
      });
    }
  }

  #refusedByTrunk({ trunkId, mediaEncryption }: SimulatedCall): Outcome | undefined {
    const trunk = this.#deps.settings.trunks.find(({ id }) => id === trunkId);
    const isEncrypted = mediaEncryption !== "disable";
    if (trunk?.requiresEncryption && !isEncrypted) return { kind: "sip-status", status: 488 };
    const isByUdp = trunk?.transport !== "tcp" && trunk?.transport !== "tls";
    return isEncrypted && isByUdp && trunk?.authUsername ? { kind: "too-large" } : undefined;
  }

  #ring(live: LiveCall): void {
    live.call.status = "ringing";
    live.call.ringingAt = new Date().toISOString();
    this.#setSipStatus(live, "ringing");
  }

  #answer(live: LiveCall, outcome?: Outcome): void {
    const { call } = live;
    call.status = "active";
    call.answeredAt = new Date().toISOString();
    this.#setSipStatus(live, "active", record.dialogAttributes(call));
    live.settle();
    cancelTimers(live);
    if (this.#deps.settings.endsLongCalls) {
      this.#later(live, live.endsAt - Date.now(), () => this.#hangUp(live));
    }
    if (outcome?.kind === "answered" && outcome.hangUpAfterMs !== undefined) {
      this.#later(live, outcome.hangUpAfterMs, () => this.#hangUp(live));
    }
    if (outcome?.kind === "media-timeout") {
      // The SIP status stays `active`: that is how a media timeout differs from a hang-up.
      const silent = () => this.#end(live, DisconnectReason.CLIENT_INITIATED);
      this.#later(live, outcome.silentAfterMs ?? 0, silent);
    }
  }

  #hangUp(live: LiveCall): void {
    this.#setSipStatus(live, "hangup");
    this.#end(live, DisconnectReason.CLIENT_INITIATED);
  }

  #fail(live: LiveCall, { status, reason, failure }: Ending): void {
    live.call.sipStatusCode = status;
    this.#end(live, reason, failure);
  }

  /** Out of the room first, then the answer: as livekit/sip's outboundCall.close does. */
  #end(live: LiveCall, reason: DisconnectReason, failure?: TwirpFailure): void {
    live.failure = failure;
    this.#deps.rooms.leave(live.call.room, live.call.participantIdentity, reason);
  }

  #setSipStatus(
    { call }: LiveCall,
    status: SimulatedCall["sipCallStatus"],
    more: Record<string, string> = {},
  ): void {
    const attributes = { ...more, "sip.callStatus": status };
    this.#deps.rooms.setAttributes(call.room, call.participantIdentity, attributes);
    call.sipCallStatus = status;
  }

  #later(live: LiveCall, milliseconds: number, run: () => void): void {
    live.cancels.push(this.#deps.timers.after(milliseconds, run));
  }
}

function cancelTimers(live: LiveCall): void {
  for (const cancel of live.cancels.splice(0)) cancel();
}

/** The phone leg is out of the room, whoever put it there. */
function left(live: LiveCall, reason: DisconnectReason): void {
  cancelTimers(live);
  live.call.status = "ended";
  live.call.disconnectReason = DisconnectReason[reason];
  live.call.endedAt = new Date().toISOString();
  // The same words for a room that was deleted as for a phone that rang out.
  live.settle(live.failure ?? new TwirpFailure("canceled", "sip request timed out"));
}
