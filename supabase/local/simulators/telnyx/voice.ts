import { z } from "zod";
import type { RequestContext } from "./context.ts";
import { pick } from "./faults.ts";
import { shown } from "./numbers.ts";
import { paginate, parseBody } from "./query.ts";
import { badRequest, notE164 } from "./refusal.ts";
import { ownedByNumber, type OwnedNumber, shownNumbers, type State, type Voice } from "./state.ts";
import type { Page, WireVoice, WireVoiceAnswer } from "./wire.ts";

function showVoice(number: OwnedNumber, voice: Voice): WireVoice {
  return {
    id: number.id,
    record_type: "voice_settings",
    phone_number: number.phoneNumber,
    connection_id: number.connectionId ?? "",
    ...(number.customerReference !== null && { customer_reference: number.customerReference }),
    call_forwarding: {
      call_forwarding_enabled: voice.isForwarding,
      forwards_to: voice.forwardsTo,
      forwarding_type: voice.forwardingType,
    },
    cnam_listing: {
      cnam_listing_enabled: voice.isListed,
      cnam_listing_details: voice.listedName,
    },
    inbound_call_screening: "disabled",
    tech_prefix_enabled: false,
    translated_number: "",
    usage_payment_method: "pay-per-minute",
  };
}

/** What a read shows: with the fault, what there was before the latest change. */
const readVoice = (number: OwnedNumber, { faults }: RequestContext) =>
  pick(faults, "stale") ? number.voiceBefore : number.voice;

/** GET /phone_numbers/{id}/voice */
export function retrieveVoice(context: RequestContext): WireVoiceAnswer {
  const number = shown(context);
  return { data: showVoice(number, readVoice(number, context)) };
}

/** GET /phone_numbers/voice */
export function listVoice(context: RequestContext): Page<WireVoice> {
  return paginate(
    context.url,
    shownNumbers(context.state),
    (number) => showVoice(number, readVoice(number, context)),
  );
}

const updateBody = z.strictObject({
  call_forwarding: z.strictObject({
    call_forwarding_enabled: z.boolean().optional(),
    forwards_to: z.string().optional(),
    forwarding_type: z.enum(["always", "on-failure"]).optional(),
  }).optional(),
  cnam_listing: z.strictObject({
    cnam_listing_enabled: z.boolean().optional(),
    cnam_listing_details: z.string().optional(),
  }).optional(),
  caller_id_name_enabled: z.boolean().optional(),
  translated_number: z.string().optional(),
  usage_payment_method: z.string().optional(),
});

/** PATCH /phone_numbers/{id}/voice: everything left out stays. */
export function updateVoice(context: RequestContext): WireVoiceAnswer {
  const { state, body } = context;
  const number = shown(context);
  const { call_forwarding, cnam_listing } = parseBody(body, updateBody);
  const before = number.voice;
  const voice: Voice = {
    isForwarding: call_forwarding?.call_forwarding_enabled ?? before.isForwarding,
    forwardsTo: call_forwarding?.forwards_to ?? before.forwardsTo,
    forwardingType: call_forwarding?.forwarding_type ?? before.forwardingType,
    isListed: cnam_listing?.cnam_listing_enabled ?? before.isListed,
    listedName: cnam_listing?.cnam_listing_details ?? before.listedName,
  };
  if (voice.forwardsTo !== "" && !/^\+[1-9]\d{6,14}$/.test(voice.forwardsTo)) {
    throw notE164("forwards_to is not in +E.164 format.", { pointer: "/call_forwarding" });
  }
  if (!/^[A-Za-z0-9 ]{0,15}$/.test(voice.listedName) || voice.isListed && voice.listedName === "") {
    throw badRequest("cnam_listing_details is 1 to 15 letters, digits and spaces.", {
      pointer: "/cnam_listing/cnam_listing_details",
    });
  }
  Object.assign(number, { voice, voiceBefore: before, voiceChangedAt: state.timers.now() });
  return { data: showVoice(number, voice) };
}

/** Where a call ends that is made to a number. */
export type Ringing =
  | { ends: "not_in_service" }
  | { ends: "forwarded"; to: string }
  | { ends: "connection"; connection_id: string | null };

/** What becomes of a call to this number now: a change takes `voiceDelayMs` to reach the network. */
export function ring(state: State, phoneNumber: string): Ringing {
  const number = ownedByNumber(state, phoneNumber);
  if (number?.status !== "active") return { ends: "not_in_service" };
  const voice = inForce(state, number);
  // On-failure is no forwarding: the connection answers, if only with 404.
  return voice.isForwarding && voice.forwardsTo !== "" && voice.forwardingType === "always"
    ? { ends: "forwarded", to: voice.forwardsTo }
    : { ends: "connection", connection_id: number.connectionId };
}

/** The name that phones show when this number calls; null: none. */
export function shownName(state: State, phoneNumber: string): string | null {
  const number = ownedByNumber(state, phoneNumber);
  const voice = number && inForce(state, number);
  return voice?.isListed && voice.listedName !== "" ? voice.listedName : null;
}

function inForce({ settings, timers }: State, number: OwnedNumber): Voice {
  return timers.now() - number.voiceChangedAt < settings.voiceDelayMs
    ? number.voiceBefore
    : number.voice;
}
