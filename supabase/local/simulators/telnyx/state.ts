import type { DetailRecord } from "./detail-records.ts";
import { createFaults, type Faults } from "./faults.ts";
import { createInventory, type Inventory } from "./inventory.ts";
import type { Operation } from "./operations.ts";
import type { Settings } from "./options.ts";
import { createRandom } from "./random.ts";
import { createTimers, type Timers } from "./timers.ts";
import type { NumberStatus } from "./wire.ts";

export interface OrderLine {
  /** A UUID; never the id of the number. */
  id: string;
  phoneNumber: string;
  status: string;
}

export interface Order {
  id: string;
  subOrderId: string;
  createdAt: number;
  updatedAt: number;
  /** pending, success, failure; another word by a fault. */
  status: string;
  customerReference: string | null;
  connectionId: string | null;
  messagingProfileId: string | null;
  billingGroupId: string | null;
  lines: OrderLine[];
  outcome: Outcome;
}

/** What becomes of an order when it settles. */
export interface Outcome {
  status: string;
  /** What the lines say that do not fail. */
  lineStatus: string;
  /** Whether the numbers of these lines come into the account. */
  buys: boolean;
  /** The last lines are the ones that fail. */
  failedLines: number;
  taken: boolean;
  /** How the numbers come into the account. */
  arrival: Arrival;
}

/** What is told of a number when it comes into the account, and for how long. */
export interface Arrival {
  status: NumberStatus;
  /** Milliseconds until it is active; undefined: not by itself. */
  activeAfterMs?: number;
  /** Another connection than the one that was ordered; undefined: that one. */
  connectionId?: string | null;
}

export interface Price {
  upfront: number;
  monthly: number;
}

/** Where calls to a number go, and the name that it shows. */
export interface Voice {
  isForwarding: boolean;
  forwardsTo: string;
  forwardingType: "always" | "on-failure";
  isListed: boolean;
  listedName: string;
}

export interface OwnedNumber {
  /** A numeric string above 2^53. */
  id: string;
  phoneNumber: string;
  status: NumberStatus;
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
  /** Null: it has not been active yet. */
  activatedAt: number | null;
  updatedAt: number;
  voice: Voice;
  /** Before the latest change, which was then. */
  voiceBefore: Voice;
  voiceChangedAt: number;
  /** When it was deleted; such a number is not shown any more. */
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
  /** What a number costs that does not cost what numbers usually do. */
  prices: Map<string, Price>;
  /** Numbers that no search for voice would show if its filters were kept to. */
  unfit: Set<string>;
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
  /** Detail records of calls, by id. */
  records: Map<string, DetailRecord>;
  /** Requests for them in the current calendar minute. */
  recordRequests: { minute: number; count: number };
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
    prices: new Map(),
    unfit: new Set(),
    ownedByOthers: new Set(),
    charges: [],
    requests: [],
    orderLedger: [],
    webhooks: [],
    graveErrors: [],
    // Beyond 2^53, as at Telnyx, and never again after a restart: a carrier reuses no id.
    nextNumberId: BigInt(Date.now()) * 1_000_000n,
    records: new Map(),
    recordRequests: { minute: 0, count: 0 },
  };
}

export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

export function recordGraveError(state: State, what: string): void {
  state.graveErrors.push({ at: isoTime(state.timers.now()), what });
}

/** The numbers that the account shows, newest first; some of them it does not own any more. */
export function shownNumbers(state: State): OwnedNumber[] {
  return [...state.numbers.values()].filter((number) => number.deletedAt === null).reverse();
}

/** Whether the account owns it, or is about to. */
export function isOwned({ status, deletedAt }: OwnedNumber): boolean {
  return deletedAt === null && status !== "deleted" && status !== "ported-out";
}

/** The numbers that the account owns now, newest first. */
export function ownedNumbers(state: State): OwnedNumber[] {
  return shownNumbers(state).filter(isOwned);
}

export function ownedByNumber(state: State, phoneNumber: string): OwnedNumber | undefined {
  return ownedNumbers(state).find((number) => number.phoneNumber === phoneNumber);
}
