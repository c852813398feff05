import { createFaults, type Faults } from "./faults.ts";
import { createInventory, type Inventory } from "./inventory.ts";
import type { Operation } from "./operations.ts";
import type { Settings } from "./options.ts";
import { createRandom } from "./random.ts";
import { createTimers, type Timers } from "./timers.ts";

export type OrderStatus = "pending" | "success" | "failure";

export interface OrderLine {
  /** A UUID; never the id of the number. */
  id: string;
  phoneNumber: string;
  status: OrderStatus;
}

export interface Order {
  id: string;
  subOrderId: string;
  createdAt: number;
  updatedAt: number;
  status: OrderStatus;
  customerReference: string | null;
  connectionId: string | null;
  messagingProfileId: string | null;
  billingGroupId: string | null;
  lines: OrderLine[];
  /** What becomes of the order when it settles; the last lines are the ones that fail. */
  outcome: { status: OrderStatus; failedLines: number; taken: boolean };
}

export interface OwnedNumber {
  /** A numeric string above 2^53. */
  id: string;
  phoneNumber: string;
  connectionId: string | null;
  customerReference: string | null;
  billingGroupId: string | null;
  externalPin: string | null;
  hdVoice: boolean;
  tags: string[];
  deletionLock: boolean;
  /** Null: bought outside the API. */
  orderId: string | null;
  upfrontCost: number;
  monthlyCost: number;
  purchasedAt: number;
  updatedAt: number;
  deletedAt: number | null;
}

export interface RequestLogEntry {
  at: string;
  operation: Operation | "unknown";
  method: string;
  /** With the query. */
  path: string;
  body: unknown;
  /** Whether the work was done, whatever the client was told. */
  executed: boolean;
  answer: number | "reset" | "timeout";
  code: string | null;
  faults: string[];
  order_id: string | null;
  ms: number;
}

export interface WebhookLogEntry {
  at: string;
  event_id: string;
  event_type: string;
  order_id: string | null;
  attempt: number;
  /** The receiver's status; null: not sent, or no answer. */
  status: number | null;
  note: string | null;
}

export interface Charge {
  at: string;
  phone_number: string;
  order_id: string | null;
  amount: number;
}

/** Everything that the simulated account knows. */
export interface State {
  settings: Settings;
  timers: Timers;
  inventory: Inventory;
  faults: Faults;
  orders: Map<string, Order>;
  /** By id; deleted ones stay, marked. */
  numbers: Map<string, OwnedNumber>;
  /** When a search last showed a number. */
  searchedAt: Map<string, number>;
  /** Numbers of other customers. */
  ownedByOthers: Set<string>;
  charges: Charge[];
  requests: RequestLogEntry[];
  /** Every POST of an order, done or not, answered or not. Never cut short. */
  orderLedger: RequestLogEntry[];
  webhooks: WebhookLogEntry[];
  /** What a correct client never does, and what must never be true. */
  graveErrors: { at: string; what: string }[];
  nextNumberId: bigint;
}

/** An account without orders and numbers. */
export function createState(settings: Settings): State {
  return {
    settings,
    timers: createTimers(settings.now),
    inventory: createInventory(settings.seed, settings.inventory),
    faults: createFaults(createRandom(settings.seed)),
    orders: new Map(),
    numbers: new Map(),
    searchedAt: new Map(),
    ownedByOthers: new Set(),
    charges: [],
    requests: [],
    orderLedger: [],
    webhooks: [],
    graveErrors: [],
    // Beyond 2^53, as at Telnyx, and never again after a restart: a carrier reuses no id.
    nextNumberId: BigInt(Date.now()) * 1_000_000n,
  };
}

export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

export function recordGraveError(state: State, what: string): void {
  state.graveErrors.push({ at: isoTime(state.timers.now()), what });
}

/** The numbers that the account owns now, newest first. */
export function ownedNumbers(state: State): OwnedNumber[] {
  return [...state.numbers.values()].filter((number) => number.deletedAt === null).reverse();
}

export function ownedByNumber(state: State, phoneNumber: string): OwnedNumber | undefined {
  return ownedNumbers(state).find((number) => number.phoneNumber === phoneNumber);
}
