import { isoTime, type OwnedNumber, type State } from "./state.ts";
import type { WireDeletedNumber, WireNumber, WireSlimNumber } from "./wire.ts";

/** For this long after the purchase Telnyx may still show the legacy type. */
const legacyTypeMs = 2_000;

function showCommon(number: OwnedNumber) {
  return {
    id: number.id,
    record_type: "phone_number",
    phone_number: number.phoneNumber,
    country_iso_alpha2: "US",
    status: number.status,
    ...(number.activatedAt !== null && { activated_at: isoTime(number.activatedAt) }),
    created_at: isoTime(number.purchasedAt),
    purchased_at: isoTime(number.purchasedAt),
    updated_at: isoTime(number.updatedAt),
    call_forwarding_enabled: number.voice.isForwarding,
    call_recording_enabled: false,
    caller_id_name_enabled: false,
    cnam_listing_enabled: number.voice.isListed,
    emergency_enabled: false,
    emergency_status: "disabled" as const,
    hd_voice_enabled: number.hdVoice,
    inbound_call_screening: "disabled" as const,
    t38_fax_gateway_enabled: false,
  } satisfies Partial<WireNumber>;
}

function typeOf(number: OwnedNumber, { timers }: State): "longcode" | "local" {
  return timers.now() - number.purchasedAt < legacyTypeMs ? "longcode" : "local";
}

/** A number with all its settings. */
export function showNumber(state: State, number: OwnedNumber): WireNumber {
  return {
    ...showCommon(number),
    phone_number_type: typeOf(number, state),
    connection_id: number.connectionId,
    connection_name: number.connectionId === null ? null : "Simulated SIP connection",
    customer_reference: number.customerReference,
    billing_group_id: number.billingGroupId,
    external_pin: number.externalPin,
    deletion_lock_enabled: number.deletionLock,
    tags: [...number.tags],
    emergency_address_id: null,
    messaging_campaign_id: null,
    messaging_profile_id: null,
    messaging_profile_name: null,
    source_type: number.orderId === null ? null : "number_order",
  };
}

/** The lighter form: connection and tags only where they were asked for, unset fields left out. */
export function showSlimNumber(
  state: State,
  number: OwnedNumber,
  include: { connection: boolean; tags: boolean },
): WireSlimNumber {
  return {
    ...showCommon(number),
    phone_number_type: typeOf(number, state),
    ...(number.customerReference !== null && { customer_reference: number.customerReference }),
    ...(number.billingGroupId !== null && { billing_group_id: number.billingGroupId }),
    ...(include.connection && number.connectionId !== null &&
      { connection_id: number.connectionId }),
    ...(include.tags && { tags: [...number.tags] }),
  };
}

/** The final representation, which is what DELETE answers. */
export function showDeletedNumber(number: OwnedNumber): WireDeletedNumber {
  const { country_iso_alpha2: _country, emergency_status: _emergency, ...common } = showCommon(
    number,
  );
  const { inbound_call_screening: _screening, ...shown } = common;
  return {
    data: {
      ...shown,
      status: "deleted",
      phone_number_type: "local",
      deletion_lock_enabled: number.deletionLock,
      tags: [...number.tags],
      ...(number.connectionId !== null && { connection_id: number.connectionId }),
      ...(number.customerReference !== null && { customer_reference: number.customerReference }),
    },
  };
}
