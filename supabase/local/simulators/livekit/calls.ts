import { type CreateSIPParticipantRequest, DisconnectReason } from "@livekit/protocol";
import { type CallerId, newCall, phoneLeg, type SimulatedCall } from "./call-record.ts";
import { type Outcome, type OutcomeBook, sipStatusOf } from "./outcomes.ts";
import type { Settings } from "./options.ts";
import type { Rooms } from "./rooms.ts";
import { disconnectReasonOf, sipFailure } from "./sip-status.ts";
import type { Timers } from "./timers.ts";
import { TwirpFailure } from "./twirp-failure.ts";

export interface PlacedCall {
  call: SimulatedCall;
  /** Undefined once answered, else what a waiting request is told. */
  answered: Promise<TwirpFailure | undefined>;
}

interface LiveCall extends PlacedCall {
  settle(failure?: TwirpFailure): void;
  cancels: (() => void)[];
}

/** What livekit-sip dials with when the request does not say. */
const defaultSeconds = { ringing: 180, call: 24 * 60 * 60 };

interface Dependencies {
  settings: Settings;
  timers: Timers;
  rooms: Rooms;
  outcomes: OutcomeBook;
}

export class Calls {
  readonly #all = new Map<string, LiveCall>();
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  /** Joins the room and only then sends the INVITE: a refused join is not a call. */
  place(request: CreateSIPParticipantRequest, callerId: CallerId): PlacedCall {
    const call = newCall(request, callerId);
    const { promise: answered, resolve: settle } = Promise.withResolvers<
      TwirpFailure | undefined
    >();
    const live: LiveCall = { call, answered, settle, cancels: [] };
    const { room } = this.#deps.rooms.join(call.room, {
      info: phoneLeg(request, call),
      onLeave: (reason) => left(live, reason),
    });
    call.roomSid = room.sid;
    this.#all.set(call.id, live);
    const ringing = call.ringingTimeoutSeconds ?? defaultSeconds.ringing;
    this.#later(live, ringing * this.#deps.settings.millisecondsPerSecond, () => {
      const failure = new TwirpFailure("canceled", "sip request timed out");
      this.#end(live, DisconnectReason.USER_UNAVAILABLE, failure);
    });
    this.#run(live, this.#deps.outcomes.next(call.to));
    return live;
  }

  list(): SimulatedCall[] {
    return [...this.#all.values()].map(({ call }) => structuredClone(call));
  }

  /** The callee picks up; false when the call is no longer dialing or ringing. */
  answer(callId: string): boolean {
    const live = this.#all.get(callId);
    if (live?.call.status !== "dialing" && live?.call.status !== "ringing") return false;
    this.#answer(live);
    return true;
  }

  /** The callee hangs up an answered call; false when there is none. */
  hangUp(callId: string): boolean {
    const live = this.#all.get(callId);
    if (live?.call.status !== "active") return false;
    this.#hangUp(live);
    return true;
  }

  #run(live: LiveCall, outcome: Outcome): void {
    const { settings } = this.#deps;
    const status = sipStatusOf(outcome);
    const afterMs = "afterMs" in outcome ? outcome.afterMs : undefined;
    if (outcome.kind === "carrier-failure") {
      this.#later(live, afterMs ?? 0, () => this.#failAtCarrier(live));
    } else if (status !== undefined && outcome.kind !== "declined") {
      this.#later(live, afterMs ?? 0, () => this.#refuse(live, status));
    } else {
      this.#later(live, settings.ringMs, () => {
        this.#ring(live);
        if (status !== undefined) this.#later(live, afterMs ?? 0, () => this.#refuse(live, status));
        else if (outcome.kind !== "no-answer") {
          this.#later(live, afterMs ?? settings.answerMs, () => this.#answer(live, outcome));
        }
      });
    }
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
    this.#setSipStatus(live, "active");
    live.settle();
    cancelTimers(live);
    const seconds = call.maxCallDurationSeconds ?? defaultSeconds.call;
    const longest = seconds * this.#deps.settings.millisecondsPerSecond;
    this.#later(live, longest, () => this.#hangUp(live));
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

  #refuse(live: LiveCall, status: number): void {
    live.call.sipStatusCode = status;
    this.#end(live, disconnectReasonOf(status), sipFailure(status));
  }

  #failAtCarrier(live: LiveCall): void {
    const failure = new TwirpFailure("failed_precondition", "failed to send INVITE");
    this.#end(live, DisconnectReason.CLIENT_INITIATED, failure);
  }

  #end(live: LiveCall, reason: DisconnectReason, failure?: TwirpFailure): void {
    live.settle(failure);
    this.#deps.rooms.leave(live.call.room, live.call.participantIdentity, reason);
  }

  #setSipStatus({ call }: LiveCall, status: SimulatedCall["sipCallStatus"]): void {
    const attributes = { "sip.callStatus": status };
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
  live.settle(new TwirpFailure("canceled", "call canceled: the phone leg left the room"));
}
