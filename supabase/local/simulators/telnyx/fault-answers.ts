import type { Fault } from "./fault-kinds.ts";
import {
  badRequest,
  insufficientFunds,
  noneFound,
  numberConflict,
  rateLimited,
  Refusal,
  refusedWith,
  unauthenticated,
  unexpected,
} from "./refusal.ts";

/** A page of a proxy in front of the API. */
export class HtmlAnswer extends Error {
  constructor(readonly status: number) {
    super(`${status} without an envelope`);
  }
}

/** What the client is told because of a fault, if the fault has a say in that. */
export function answerOf(fault: Fault): Refusal | HtmlAnswer | undefined {
  switch (fault.kind) {
    case "rate_limited":
      return rateLimited(fault.reset_seconds);
    case "server_error":
      if (fault.html) return new HtmlAnswer(fault.status);
      return unexpected(fault.status)("An unexpected error occurred.");
    case "unauthorized":
      return unauthenticated("No key found matching the API key provided.");
    case "bad_request":
      return badRequest("The request failed because it was not well-formed.");
    case "conflict":
      return numberConflict("The request conflicts with the state of the resource.");
    case "insufficient_funds":
      return insufficientFunds("You do not have enough funds to perform this action.");
    case "refused":
      return refusedWith(fault.status, fault.code);
    case "none_found":
      return noneFound("No numbers found for the provided filters. Try best_effort=true.");
    default:
      return undefined;
  }
}

/** Whether a fault strikes once the work is done. */
export function strikesAfterWork(fault: Fault): boolean {
  return "when" in fault && fault.when === "after";
}
