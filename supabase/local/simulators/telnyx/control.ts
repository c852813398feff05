import type { FaultRequest } from "./fault-kinds.ts";
import type { ActiveFault } from "./faults.ts";
import type { NumberChange, NumberToAdd, SettingsChange } from "./control-bodies.ts";
import { ring, type Ringing, shownName } from "./voice.ts";
import { addRecord, type RecordToAdd } from "./detail-records.ts";
import { acquireNumber, setStatus, settleOrder } from "./settle-order.ts";
import { type Snapshot, takeSnapshot } from "./snapshot.ts";
import { ownedByNumber, type OwnedNumber, shownNumbers, type State } from "./state.ts";
import type { StockLevels } from "./stock.ts";
import type { Call, Webhooks } from "./webhooks.ts";

/** What a test or a demo may do behind Telnyx's back; the same over HTTP under /_control. */
export interface Control {
  snapshot(): Snapshot;
  /** Switches a fault on in addition to the others; returns its id. */
  addFault(fault: FaultRequest): string;
  /** Exactly these faults from now on. */
  setFaults(faults: FaultRequest[]): string[];
  clearFaults(id?: string): void;
  faults(): ActiveFault[];
  /** How many numbers each area code has left. */
  setInventory(levels: StockLevels): void;
  changeSettings(change: SettingsChange): void;
  /** Brings every pending order to its end now, or one; returns how many. */
  settleOrders(orderId?: string): number;
  /** No number counts as recently searched any more. */
  forgetSearches(): void;
  /** A number belongs to another customer from now on. */
  giveToAnother(phoneNumber: string): void;
  /** A number is in the account without an order, as one bought in the portal. */
  addNumber(number: NumberToAdd): { id: string };
  /** A number is gone without a DELETE, as one ported out. */
  removeNumber(phoneNumber: string): void;
  /** Another status, connection, reference or lock than before. */
  changeNumber(phoneNumber: string, change: NumberChange): void;
  setDeletionLock(phoneNumber: string, locked: boolean): void;
  /** Where a call ends that somebody makes to this number now; who calls changes nothing. */
  ring(phoneNumber: string): Ringing;
  /** The name that phones show when this number calls; null: none. */
  shownName(phoneNumber: string): string | null;
  /** Resolves when the webhook was delivered or given up. */
  sendOrderComplete(orderId: string): Promise<void>;
  sendCallInitiated(call: Call): Promise<void>;
  /** The record of a call; returns its id. */
  addRecord(call: RecordToAdd): { id: string };
}

/** The control was asked for something that is not there. */
export class ControlError extends Error {}

function owned(state: State, phoneNumber: string): OwnedNumber {
  const number = ownedByNumber(state, phoneNumber);
  if (!number) throw new ControlError("the account does not own this number");
  return number;
}

/** The number that the account owns, else the latest one of which it still shows what it was. */
function shown(state: State, phoneNumber: string): OwnedNumber {
  const number = ownedByNumber(state, phoneNumber) ??
    shownNumbers(state).find((candidate) => candidate.phoneNumber === phoneNumber);
  if (!number) throw new ControlError("the account does not show this number");
  return number;
}

function changeSettings({ settings }: State, change: SettingsChange) {
  settings.balance = change.balance ?? settings.balance;
  settings.orderDelayMs = change.order_delay_ms ?? settings.orderDelayMs;
  settings.voiceDelayMs = change.voice_delay_ms ?? settings.voiceDelayMs;
  settings.searchValidMs = change.search_valid_ms ?? settings.searchValidMs;
  settings.takenAs = change.taken_as ?? settings.takenAs;
  settings.monthlyCost = change.monthly_cost ?? settings.monthlyCost;
  settings.upfrontCost = change.upfront_cost ?? settings.upfrontCost;
  if (change.webhook_url !== undefined) settings.webhookUrl = change.webhook_url ?? undefined;
}

function settleOrders(state: State, webhooks: Webhooks, orderId?: string): number {
  let settled = 0;
  for (const order of state.orders.values()) {
    if (orderId !== undefined && order.id !== orderId) continue;
    if (!settleOrder(state, order)) continue;
    settled += 1;
    void webhooks.orderComplete(order);
  }
  return settled;
}

function addNumber(state: State, number: NumberToAdd): { id: string } {
  state.inventory.take(number.phone_number);
  const { id } = acquireNumber(state, {
    phoneNumber: number.phone_number,
    connectionId: number.connection_id ?? null,
    customerReference: number.customer_reference ?? null,
    billingGroupId: null,
    orderId: null,
    arrival: { status: number.status ?? "active" },
  });
  state.numbers.get(id)?.tags.push(...number.tags ?? []);
  return { id };
}

function changeNumber(state: State, phoneNumber: string, change: NumberChange): void {
  const number = shown(state, phoneNumber);
  if (change.status !== undefined) setStatus(state, number, change.status);
  if (change.connection_id !== undefined) number.connectionId = change.connection_id;
  if (change.customer_reference !== undefined) number.customerReference = change.customer_reference;
  number.deletionLock = change.deletion_lock_enabled ?? number.deletionLock;
  const { forwards_to = number.voice.forwardsTo, cnam_listing_details = number.voice.listedName } =
    change;
  number.voice = {
    isForwarding: forwards_to !== "",
    forwardsTo: forwards_to,
    forwardingType: number.voice.forwardingType,
    isListed: cnam_listing_details !== "",
    listedName: cnam_listing_details,
  };
}

/** The control over one simulator's state. */
export function createControl(state: State, webhooks: Webhooks): Control {
  const addFault = (fault: FaultRequest) => state.faults.add(fault);
  return {
    snapshot: () => takeSnapshot(state, webhooks.publicKey),
    addFault,
    setFaults(faults) {
      state.faults.clear();
      return faults.map(addFault);
    },
    clearFaults: (id) => state.faults.clear(id),
    faults: () => state.faults.list(),
    setInventory: (levels) => state.inventory.setStock(levels),
    changeSettings: (change) => changeSettings(state, change),
    settleOrders: (orderId) => settleOrders(state, webhooks, orderId),
    forgetSearches: () => state.searchedAt.clear(),
    giveToAnother(phoneNumber) {
      state.inventory.take(phoneNumber);
      state.ownedByOthers.add(phoneNumber);
    },
    addNumber: (number) => addNumber(state, number),
    removeNumber(phoneNumber) {
      owned(state, phoneNumber).deletedAt = state.timers.now();
      state.ownedByOthers.add(phoneNumber);
    },
    changeNumber: (phoneNumber, change) => changeNumber(state, phoneNumber, change),
    setDeletionLock: (phoneNumber, deletion_lock_enabled) =>
      changeNumber(state, phoneNumber, { deletion_lock_enabled }),
    ring: (phoneNumber) => ring(state, phoneNumber),
    shownName: (phoneNumber) => shownName(state, phoneNumber),
    async sendOrderComplete(orderId) {
      const order = state.orders.get(orderId);
      if (!order) throw new ControlError("there is no such order");
      await webhooks.orderComplete(order);
    },
    sendCallInitiated: (call) => webhooks.callInitiated(call),
    addRecord: (call) => addRecord(state, call),
  };
}
