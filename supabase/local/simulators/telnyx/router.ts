import { showBalance } from "./account.ts";
import type { RequestContext } from "./context.ts";
import {
  deleteNumber,
  listNumbers,
  listSlimNumbers,
  retrieveNumber,
  updateNumber,
  verifyOwnership,
} from "./numbers.ts";
import { listDetailRecords } from "./detail-records.ts";
import type { Operation } from "./operations.ts";
import { cancelSubOrder, listOrders, retrieveOrder } from "./orders.ts";
import { placeOrder } from "./place-order.ts";
import { searchNumbers } from "./search.ts";
import { listVoice, retrieveVoice, updateVoice } from "./voice.ts";
import type { WireAnswer } from "./wire.ts";

export interface Route {
  operation: Operation;
  method: string;
  pattern: URLPattern;
  run(context: RequestContext): WireAnswer;
}

function route(
  method: string,
  pathname: string,
  operation: Operation,
  run: Route["run"],
): Route {
  return { operation, method, pattern: new URLPattern({ pathname: `/v2${pathname}` }), run };
}

/** The first that fits wins: the named paths under /phone_numbers come before `:id`. */
const routes: Route[] = [
  route("GET", "/available_phone_numbers", "available_phone_numbers.list", searchNumbers),
  route("POST", "/number_orders", "number_orders.create", placeOrder),
  route("GET", "/number_orders", "number_orders.list", listOrders),
  route("GET", "/number_orders/:id", "number_orders.retrieve", retrieveOrder),
  route("PATCH", "/sub_number_orders/:id/cancel", "sub_number_orders.cancel", cancelSubOrder),
  route(
    "POST",
    "/phone_numbers/actions/verify_ownership",
    "phone_numbers.verify_ownership",
    verifyOwnership,
  ),
  route("GET", "/phone_numbers", "phone_numbers.list", listNumbers),
  route("GET", "/phone_numbers/slim", "phone_numbers.slim_list", listSlimNumbers),
  route("GET", "/phone_numbers/voice", "phone_numbers.voice.list", listVoice),
  route("GET", "/phone_numbers/:id", "phone_numbers.retrieve", retrieveNumber),
  route("PATCH", "/phone_numbers/:id", "phone_numbers.update", updateNumber),
  route("DELETE", "/phone_numbers/:id", "phone_numbers.delete", deleteNumber),
  route("GET", "/phone_numbers/:id/voice", "phone_numbers.voice.retrieve", retrieveVoice),
  route("PATCH", "/phone_numbers/:id/voice", "phone_numbers.voice.update", updateVoice),
  route("GET", "/balance", "balance.retrieve", showBalance),
  route("GET", "/detail_records", "detail_records.list", listDetailRecords),
];

/** The operation that a request asks for, or whether at least its path exists. */
export function findRoute(method: string, url: URL):
  | { route: Route; id: string }
  | { route?: undefined; pathExists: boolean } {
  let pathExists = false;
  for (const candidate of routes) {
    const match = candidate.pattern.exec({ pathname: url.pathname });
    if (!match) continue;
    if (candidate.method === method) {
      return { route: candidate, id: decodeURIComponent(match.pathname.groups.id ?? "") };
    }
    pathExists = true;
  }
  return { pathExists };
}
