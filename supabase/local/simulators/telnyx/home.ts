import type { Snapshot } from "./snapshot.ts";

function mask(phoneNumber: string): string {
  return phoneNumber.slice(0, -4).replace(/\d/g, "•") + phoneNumber.slice(-4);
}

/** GET /: what this is and what it owns, for somebody who looks. */
export function showHome(snapshot: Snapshot): Response {
  return Response.json({
    title: "Telnyx simulator",
    note: "Not Telnyx: no number here is real and nothing is charged.",
    api: "/v2",
    control: "/_control/state, /_control/faults, /_control/inventory",
    owned: snapshot.numbers.length,
    spent_usd: snapshot.spent,
    orders: snapshot.orders.length,
    faults: snapshot.faults.length,
    grave_errors: snapshot.grave_errors.length,
    numbers: snapshot.numbers.map((number) => mask(number.phone_number)),
  });
}
