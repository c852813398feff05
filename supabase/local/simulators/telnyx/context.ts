import type { Fault } from "./fault-kinds.ts";
import type { Order, State } from "./state.ts";

/** One request to the API, let in and on its way to the work. */
export interface RequestContext {
  state: State;
  url: URL;
  /** What the path names: an order, a number. */
  id: string;
  body: string;
  faults: Fault[];
  /** Tells the request log which order came of it. */
  noteOrder(orderId: string): void;
  /** Called when an order has settled: sends the webhook. */
  orderSettled(order: Order): void;
}
