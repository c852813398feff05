import { z } from "zod";
import { availableFunds, sumOf } from "./account.ts";
import type { RequestContext } from "./context.ts";
import { pick } from "./faults.ts";
import { showOrder } from "./order-views.ts";
import { parseBody } from "./query.ts";
import { badRequest, insufficientFunds, notE164, taken, unknownReference } from "./refusal.ts";
import { settleOrder } from "./settle-order.ts";
import { type Arrival, type Order, ownedByNumber, type State } from "./state.ts";
import type { WireOrderAnswer } from "./wire.ts";

const reference = z.string().nullish();
const orderBody = z.object({
  phone_numbers: z.array(z.object({ phone_number: z.string() })).min(1),
  connection_id: reference,
  customer_reference: reference,
  messaging_profile_id: reference,
  billing_group_id: reference,
});
type OrderBody = z.infer<typeof orderBody>;

function isTaken(state: State, phoneNumber: string): boolean {
  return state.ownedByOthers.has(phoneNumber) ||
    ownedByNumber(state, phoneNumber) !== undefined ||
    !state.inventory.isForSale(phoneNumber);
}

/** Whether a search showed the number a short while ago: nothing else can be ordered. */
function wasSearched({ searchedAt, settings, timers }: State, phoneNumber: string): boolean {
  const shown = searchedAt.get(phoneNumber);
  return shown !== undefined && timers.now() - shown <= settings.searchValidMs;
}

function checkReferences({ settings }: State, { connection_id }: OrderBody) {
  if (connection_id && connection_id !== settings.connectionId) {
    throw unknownReference(`There is no connection ${connection_id}.`, {
      pointer: "/connection_id",
    });
  }
}

function checkNumbers(state: State, phoneNumbers: string[]) {
  phoneNumbers.forEach((phoneNumber, index) => {
    const source = { pointer: `/phone_numbers/${index}/phone_number` };
    if (!/^\+[1-9]\d{6,14}$/.test(phoneNumber)) {
      throw notE164(`${phoneNumber} is not in +E.164 format.`, source);
    }
    if (phoneNumbers.indexOf(phoneNumber) !== index) {
      throw badRequest(`${phoneNumber} is in the order twice.`, source);
    }
    if (isTaken(state, phoneNumber)) throw taken(phoneNumber, state.settings.takenAs);
    if (!wasSearched(state, phoneNumber)) {
      throw badRequest(`${phoneNumber} was not returned by a recent search.`, source);
    }
  });
}

function checkFunds(state: State, phoneNumbers: string[]) {
  if (availableFunds(state) < sumOf(state, phoneNumbers)) {
    throw insufficientFunds("You do not have enough funds to perform this action.");
  }
}

/** Another customer was faster: the first number of the order is theirs from now on. */
function loseToAnother({ state, faults }: RequestContext, phoneNumbers: string[]) {
  const fault = pick(faults, "number_taken");
  const [lost] = phoneNumbers;
  if (!fault || lost === undefined) return;
  state.inventory.take(lost);
  state.ownedByOthers.add(lost);
  throw taken(lost, fault.as);
}

function outcomeOf({ faults }: RequestContext, count: number): Order["outcome"] {
  const [failed, partial, ends] = [
    pick(faults, "order_failed"),
    pick(faults, "partial_failure"),
    pick(faults, "order_ends_as"),
  ];
  return {
    status: ends?.status ?? (failed ? "failure" : partial?.order_status ?? "success"),
    lineStatus: ends?.status ?? "success",
    buys: ends?.buys ?? true,
    failedLines: failed ? count : partial?.failed_lines ?? 0,
    taken: failed?.taken ?? partial?.taken ?? false,
    arrival: arrivalOf(faults),
  };
}

function arrivalOf(faults: RequestContext["faults"]): Arrival {
  const late = pick(faults, "not_active");
  const connection = pick(faults, "wrong_connection");
  return {
    status: late?.status ?? "active",
    activeAfterMs: late?.ms,
    connectionId: connection?.connection_id,
  };
}

function newOrder(context: RequestContext, body: OrderBody, phoneNumbers: string[]): Order {
  const now = context.state.timers.now();
  return {
    id: crypto.randomUUID(),
    subOrderId: crypto.randomUUID(),
    createdAt: now,
    updatedAt: now,
    status: "pending",
    customerReference: body.customer_reference ?? null,
    connectionId: body.connection_id || null,
    messagingProfileId: body.messaging_profile_id ?? null,
    billingGroupId: body.billing_group_id ?? null,
    lines: phoneNumbers.map((phoneNumber) => ({
      id: crypto.randomUUID(),
      phoneNumber,
      status: "pending",
    })),
    outcome: outcomeOf(context, phoneNumbers.length),
  };
}

function scheduleSettlement(context: RequestContext, order: Order) {
  const { state, faults } = context;
  const pending = pick(faults, "order_pending");
  if (pending && pending.ms === undefined) return;
  const delay = pending?.ms ?? state.settings.orderDelayMs;
  const settle = () => settleOrder(state, order) && context.orderSettled(order);
  if (delay === 0) settle();
  else state.timers.later(delay, () => void settle());
}

/** POST /number_orders: refuses what cannot be bought, else a pending order that settles later. */
export function placeOrder(context: RequestContext): WireOrderAnswer {
  const { state } = context;
  const body = parseBody(context.body, orderBody);
  const phoneNumbers = body.phone_numbers.map((line) => line.phone_number);
  checkReferences(state, body);
  checkNumbers(state, phoneNumbers);
  loseToAnother(context, phoneNumbers);
  checkFunds(state, phoneNumbers);
  const order = newOrder(context, body, phoneNumbers);
  state.orders.set(order.id, order);
  phoneNumbers.forEach((phoneNumber) => state.inventory.take(phoneNumber));
  context.noteOrder(order.id);
  scheduleSettlement(context, order);
  return { data: showOrder(order) };
}
