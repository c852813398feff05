import { z } from "zod";

const milliseconds = z.number().int().nonnegative();

/**
 * What happens to a call. `afterMs` (else the simulator's `answerMs`) counts from ringing, or from
 * the INVITE where nothing rings. answered: until a hang-up (`hangUpAfterMs`, or asked for) or until
 * the room is gone. no-answer: it rings; silent: the carrier says nothing at all.
 */
export const outcomeSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("answered"),
    afterMs: milliseconds.optional(),
    hangUpAfterMs: milliseconds.optional(),
  }),
  z.strictObject({ kind: z.literal("busy"), afterMs: milliseconds.optional() }),
  z.strictObject({ kind: z.literal("declined"), afterMs: milliseconds.optional() }),
  z.strictObject({ kind: z.literal("not-found"), afterMs: milliseconds.optional() }),
  z.strictObject({ kind: z.literal("unavailable"), afterMs: milliseconds.optional() }),
  z.strictObject({
    kind: z.literal("sip-status"),
    status: z.number().int().min(300).max(699),
    /** The carrier's own words, such as "Caller Origination Number is Invalid D35". */
    reason: z.string().optional(),
    afterMs: milliseconds.optional(),
  }),
  /** The callee picks up, with an answer that LiveKit cannot use. */
  z.strictObject({
    kind: z.literal("unusable-answer"),
    why: z.enum(["no-sdp", "codec", "encryption"]),
    afterMs: milliseconds.optional(),
  }),
  /** 407, whatever the trunk's user name and password. */
  z.strictObject({ kind: z.literal("login-refused"), afterMs: milliseconds.optional() }),
  /** The INVITE that answers a 407 is larger than is sent by UDP: it has keys for encryption. */
  z.strictObject({ kind: z.literal("too-large"), afterMs: milliseconds.optional() }),
  z.strictObject({ kind: z.literal("no-answer") }),
  z.strictObject({ kind: z.literal("silent") }),
  z.strictObject({ kind: z.literal("carrier-failure"), afterMs: milliseconds.optional() }),
  z.strictObject({
    kind: z.literal("media-timeout"),
    afterMs: milliseconds.optional(),
    silentAfterMs: milliseconds.optional(),
  }),
]);

export type Outcome = z.infer<typeof outcomeSchema>;

/** By callee number, `*` for any other; a list is used up call by call, its last entry stays. */
export const outcomesSchema = z.record(
  z.string(),
  z.union([outcomeSchema, z.array(outcomeSchema).min(1)]),
);

export type Outcomes = z.input<typeof outcomesSchema>;

export interface OutcomeBook {
  set(outcomes: Outcomes): void;
  next(number: string): Outcome;
}

export function createOutcomeBook(): OutcomeBook {
  let book = new Map<string, Outcome[]>();
  return {
    set(outcomes) {
      book = new Map(
        Object.entries(outcomesSchema.parse(outcomes)).map(([number, planned]) => [
          number,
          Array.isArray(planned) ? [...planned] : [planned],
        ]),
      );
    },
    next(number) {
      const planned = book.get(number) ?? book.get("*") ?? [];
      const outcome = planned.length > 1 ? planned.shift() : planned[0];
      return outcome ?? { kind: "answered" };
    },
  };
}

/** The SIP status a scripted refusal stands for; undefined when the call gets no such answer. */
export function sipStatusOf(outcome: Outcome): number | undefined {
  switch (outcome.kind) {
    case "busy":
      return 486;
    case "declined":
      return 603;
    case "not-found":
      return 404;
    case "unavailable":
      return 503;
    case "sip-status":
      return outcome.status;
    default:
      return undefined;
  }
}
