import { availableFunds } from "./account.ts";
import type { ActiveFault } from "./faults.ts";
import { formatAmount } from "./money.ts";
import { showOrder } from "./order-views.ts";
import {
  isoTime,
  isOwned,
  type OwnedNumber,
  type RequestLogEntry,
  type State,
  type WebhookLogEntry,
} from "./state.ts";
import type { WireOrder } from "./wire.ts";

export interface SnapshotNumber {
  id: string;
  phone_number: string;
  status: string;
  connection_id: string | null;
  customer_reference: string | null;
  order_id: string | null;
  upfront_cost: string;
  monthly_cost: string;
  deletion_lock_enabled: boolean;
  tags: string[];
  /** "": nowhere. */
  forwards_to: string;
  /** "": none. */
  listed_name: string;
  purchased_at: string;
  deleted_at: string | null;
}

/** Everything that has happened at the simulator, amounts as decimal strings. */
export interface Snapshot {
  simulator: "telnyx";
  public_key: string;
  webhook_url: string | null;
  available_funds: string;
  /** All that was ever charged. */
  spent: string;
  charges: { at: string; phone_number: string; order_id: string | null; amount: string }[];
  /** Owned now, oldest first. */
  numbers: SnapshotNumber[];
  deleted_numbers: SnapshotNumber[];
  /** Oldest first. */
  orders: WireOrder[];
  /** Every POST of an order. */
  order_ledger: RequestLogEntry[];
  /** The latest 10,000 requests to the API. */
  requests: RequestLogEntry[];
  webhooks: WebhookLogEntry[];
  faults: ActiveFault[];
  grave_errors: { at: string; what: string }[];
}

function showNumber(number: OwnedNumber): SnapshotNumber {
  return {
    id: number.id,
    phone_number: number.phoneNumber,
    status: number.status,
    connection_id: number.connectionId,
    customer_reference: number.customerReference,
    order_id: number.orderId,
    upfront_cost: formatAmount(number.upfrontCost),
    monthly_cost: formatAmount(number.monthlyCost),
    deletion_lock_enabled: number.deletionLock,
    tags: [...number.tags],
    forwards_to: number.voice.isForwarding ? number.voice.forwardsTo : "",
    listed_name: number.voice.isListed ? number.voice.listedName : "",
    purchased_at: isoTime(number.purchasedAt),
    deleted_at: number.deletedAt === null ? null : isoTime(number.deletedAt),
  };
}

/** A copy that later requests do not change. */
export function takeSnapshot(state: State, publicKey: string): Snapshot {
  const numbers = [...state.numbers.values()];
  const spent = state.charges.reduce((sum, charge) => sum + charge.amount, 0);
  return structuredClone<Snapshot>({
    simulator: "telnyx",
    public_key: publicKey,
    webhook_url: state.settings.webhookUrl ?? null,
    available_funds: formatAmount(availableFunds(state)),
    spent: formatAmount(spent),
    charges: state.charges.map((charge) => ({ ...charge, amount: formatAmount(charge.amount) })),
    numbers: numbers.filter(isOwned).map(showNumber),
    deleted_numbers: numbers.filter((number) => !isOwned(number)).map(showNumber),
    orders: [...state.orders.values()].map(showOrder),
    order_ledger: state.orderLedger,
    requests: state.requests,
    webhooks: state.webhooks,
    faults: state.faults.list(),
    grave_errors: state.graveErrors,
  });
}
