import type Telnyx from "telnyx";

/**
 * What goes over the wire, held to the SDK's own response types. Where Telnyx is known to send
 * more than the SDK types say, the difference is spelled out here and nowhere else.
 */

type Reference =
  | "billing_group_id"
  | "connection_id"
  | "customer_reference"
  | "messaging_profile_id";

/** Unset references of an order arrive as JSON null though the SDK types say `string | undefined`. */
type NullableReferences<T> = Omit<T, Reference> & { [Name in Reference]: string | null };

export interface Page<Item> {
  data: Item[];
  meta: Required<Telnyx.PaginationMeta>;
}

/** Telnyx documents pending, success and failure; other words have been seen. */
type AnyStatus<T> = Omit<T, "status"> & { status: string };

/** Entries that are not as documented, among those that are. */
export interface WireOdd {
  data: unknown;
  meta?: unknown;
  metadata?: unknown;
}

export type WireSearch = Telnyx.AvailablePhoneNumberListResponse;
export type WireAvailableNumber = Telnyx.AvailablePhoneNumberListResponse.Data;

type DocumentedOrder = NullableReferences<Telnyx.NumberOrderWithPhoneNumbers>;
type DocumentedLine = NonNullable<DocumentedOrder["phone_numbers"]>[number];
export type WireLine = AnyStatus<DocumentedLine>;
export type WireOrder = AnyStatus<Omit<DocumentedOrder, "phone_numbers">> & {
  phone_numbers: WireLine[];
};
export type WireListedOrder = AnyStatus<NullableReferences<Telnyx.NumberOrderListResponse>>;
/** POST and GET of one order. */
export interface WireOrderAnswer {
  data: WireOrder;
}
type DocumentedSubOrder = NonNullable<Telnyx.SubNumberOrderCancelResponse["data"]>;
export interface WireSubOrderAnswer {
  data: AnyStatus<DocumentedSubOrder>;
}

export type NumberStatus = NonNullable<Telnyx.NumbersPhoneNumberDetailed["status"]>;
export type WireNumber = Telnyx.NumbersPhoneNumberDetailed;
export type WireNumberAnswer = Telnyx.PhoneNumberRetrieveResponse;
export type WireDeletedNumber = Telnyx.PhoneNumberDeleteResponse;
/** `include_tags` adds `tags`, which the SDK's slim type does not know. */
export type WireSlimNumber = Telnyx.PhoneNumberSlimListResponse & { tags?: string[] };
export type WireOwnership = Telnyx.PhoneNumbers.ActionVerifyOwnershipResponse;
export type WireVoice = Telnyx.PhoneNumbers.PhoneNumberWithVoiceSettings;
/** GET and PATCH of one. */
export interface WireVoiceAnswer {
  data: WireVoice;
}
/** The SDK's types have none for record_type sip-trunking: as seen on an account. */
export interface WireDetailRecord {
  record_type: string;
  id: string;
  sip_call_id: string;
  telnyx_session_id: string;
  direction: "outbound" | "inbound";
  cli: string;
  cld: string;
  started_at: string;
  answered_at: string | null;
  finished_at: string;
  attempted: number;
  connected: number;
  completed: number;
  call_sec: number;
  billed_sec: number;
  cost: string;
  rate: string;
  currency: string;
  shaken_stir: string | null;
  connection_id: string;
}
export type WireBalance = Telnyx.BalanceRetrieveResponse;

type OrderEvent = Telnyx.NumberOrderStatusUpdateWebhookEvent;
export type WireOrderEvent = Omit<OrderEvent, "data"> & {
  data: Omit<OrderEvent["data"], "payload"> & {
    payload: WireOrder;
  };
};
type CallEvent = Telnyx.CallInitiatedWebhookEvent;
export type WireCallEvent = Required<CallEvent> & { meta: OrderEvent["meta"] };
export type WireEvent = WireOrderEvent | WireCallEvent;

/** Everything that an operation may answer with 200. */
export type WireAnswer =
  | WireSearch
  | WireOrderAnswer
  | Page<WireListedOrder>
  | WireSubOrderAnswer
  | WireNumberAnswer
  | WireDeletedNumber
  | Page<WireNumber>
  | Page<WireSlimNumber>
  | WireOwnership
  | WireVoiceAnswer
  | Page<WireVoice>
  | WireBalance
  | Page<WireDetailRecord>
  | WireOdd;
