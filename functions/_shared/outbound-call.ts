import { classifyTelephonyError, type TelephonyError } from "./telephony-errors.ts";

/** LiveKit's last word of a call that it was told to place. */
export type DialAnswer =
  | { kind: "answered"; at: Date }
  /** The phone leg is gone. */
  | { kind: "failed"; error: TelephonyError }
  /** It may ring or talk on: LiveKit's webhooks tell what becomes of it. */
  | { kind: "unknown"; error: TelephonyError };

export interface PlacedCall {
  /** Undefined: nothing was seen of the call in time; it may ring all the same. */
  sipCallId: string | undefined;
  /** Comes when the phone is answered, or is not; never rejects. */
  answer: Promise<DialAnswer>;
}

export interface CallToPlace {
  /** Sends the INVITE, once, and waits until it is answered; returns the SIP call's id. */
  dial(): Promise<string>;
  /** The SIP call's id, as soon as its phone leg is in the room. */
  find(): Promise<string | undefined>;
  delay(milliseconds: number): Promise<void>;
  ringingSeconds: number;
  /** How long to look for the call. */
  timeoutSeconds: number;
}

const LOOK_MILLISECONDS = { first: 25, most: 250 };

/**
 * Waits for LiveKit's answer, which alone tells how the carrier refused a call and exactly when it
 * was answered, but returns as soon as LiveKit has the call: it joins the phone leg to the room and
 * then sends the INVITE (livekit/sip outbound.go).
 * @throws {TelephonyError} LiveKit's answer, if it is a refusal and comes first
 */
export async function placeOutboundCall(call: CallToPlace): Promise<PlacedCall> {
  const began = performance.now();
  const dialled = call.dial();
  const answer = dialled.then(
    (): DialAnswer => ({ kind: "answered", at: new Date() }),
    (error) => toAnswer(error, performance.now() - began >= call.ringingSeconds * 1000),
  );
  const over = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => over.resolve(undefined), call.timeoutSeconds * 1000);
  const looking = new AbortController();
  try {
    const seen = look(call, looking.signal);
    return { sipCallId: await Promise.race([dialled, seen, over.promise]), answer };
  } catch (error) {
    throw classifyTelephonyError(error);
  } finally {
    looking.abort();
    clearTimeout(timer);
  }
}

async function look(call: CallToPlace, signal: AbortSignal): Promise<string | undefined> {
  for (let turn = 1; !signal.aborted; turn++) {
    await call.delay(Math.min(LOOK_MILLISECONDS.most, LOOK_MILLISECONDS.first * turn));
    // Should it fail now, it need not the next time.
    const found = signal.aborted ? undefined : await call.find().catch(() => undefined);
    if (found !== undefined) return found;
  }
}

function toAnswer(cause: unknown, hasRungOut: boolean): DialAnswer {
  const error = classifyTelephonyError(cause);
  // Cancelled before its time: somebody ended it, such as by deleting the room.
  const isCertain = error.isFinal || error.told.code === "canceled" && hasRungOut;
  return { kind: isCertain ? "failed" : "unknown", error };
}
