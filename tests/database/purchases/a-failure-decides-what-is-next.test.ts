import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { buyingAlerts, rolledBack, type Runner } from "../../support/pool.ts";
import {
  choose,
  type Claim,
  claim,
  nextNumber,
  plan,
  readPurchase,
  recordFailure,
  recordOrdered,
} from "../../support/purchases.ts";

/** unknown: an order of the number may have been carried out, and long enough ago. */
type State = "planned" | "ordering" | "ordered" | "unknown";

async function inState(db: Runner, state: State, attempts = 0): Promise<Claim> {
  const claimed = await claim(db, await plan(db));
  if (state !== "planned") await choose(db, claimed, await nextNumber(db));
  if (state === "ordered") await recordOrdered(db, claimed);
  await db.query(
    `update phone_pool.purchases set attempts = $2,
       outcome_unknown_since = case when $3 then phone_pool.clock() - interval '3 minutes' end
     where id = $1`,
    [claimed.id, attempts, state === "unknown"],
  );
  return claimed;
}

const ALL: State[] = ["planned", "ordering", "ordered", "unknown"];
const BOUND: State[] = ["ordered", "unknown"];
const UNBOUND: State[] = ["planned", "ordering"];
const CHOSEN: State[] = ["ordering", "ordered", "unknown"];

/** "other": planned again, this number refused; "same": as it was; "failed": given up. */
type Next = "other" | "same" | "failed";

interface Case {
  errorClass: string;
  states: State[];
  /** Failures before this one; 8 are the most. */
  before?: number;
  /** For more than two minutes already. */
  asked?: boolean;
  next: Next;
  attempts: number;
  /** Seconds until it is due, at least and at most. */
  due?: [number, number];
  /** true: purchase_failing. */
  alert?: boolean | string;
}

const BUDGET = "budget_reached";

const CASES: Case[] = [
  {
    errorClass: "taken",
    states: CHOSEN.filter((state) => state !== "unknown"),
    next: "same",
    attempts: 0,
    due: [59, 60],
  },
  { errorClass: "taken", states: CHOSEN, asked: true, next: "other", attempts: 1, due: [-1, 0] },
  {
    errorClass: "taken",
    states: CHOSEN,
    asked: true,
    before: 2,
    next: "other",
    attempts: 3,
    due: [5, 10],
  },
  {
    errorClass: "taken",
    states: CHOSEN,
    asked: true,
    before: 7,
    next: "failed",
    attempts: 8,
    alert: true,
  },
  { errorClass: "order_failed", states: CHOSEN, next: "other", attempts: 1, due: [-1, 0] },
  {
    errorClass: "order_failed",
    states: CHOSEN,
    before: 7,
    next: "failed",
    attempts: 8,
    alert: true,
  },
  { errorClass: "none_in_stock", states: ["planned"], next: "same", attempts: 1, due: [1, 2.5] },
  {
    errorClass: "none_in_stock",
    states: ["planned"],
    before: 7,
    next: "same",
    attempts: 8,
    due: [190, 320],
    alert: "none_in_stock",
  },
  { errorClass: "over_budget", states: ["planned"], next: "same", attempts: 1, alert: BUDGET },
  {
    errorClass: "over_budget",
    states: ["planned"],
    before: 99,
    next: "same",
    attempts: 100,
    due: [449, 750],
    alert: BUDGET,
  },
  { errorClass: "carrier_down", states: ALL, next: "same", attempts: 1, due: [1, 2.5] },
  { errorClass: "carrier_down", states: ALL, before: 3, next: "same", attempts: 4, due: [11, 20] },
  {
    errorClass: "carrier_down",
    states: UNBOUND,
    before: 7,
    next: "failed",
    attempts: 8,
    alert: true,
  },
  {
    errorClass: "carrier_down",
    states: BOUND,
    before: 7,
    next: "same",
    attempts: 8,
    due: [190, 320],
    alert: true,
  },
  {
    errorClass: "carrier_down",
    states: BOUND,
    before: 99,
    next: "same",
    attempts: 100,
    due: [449, 750],
    alert: true,
  },
  { errorClass: "unknown_outcome", states: CHOSEN, next: "same", attempts: 1, due: [1, 2.5] },
  {
    errorClass: "unknown_outcome",
    states: CHOSEN,
    before: 7,
    next: "same",
    attempts: 8,
    due: [190, 320],
    alert: true,
  },
  { errorClass: "unauthorized", states: UNBOUND, next: "failed", attempts: 1, alert: true },
  { errorClass: "insufficient_funds", states: UNBOUND, next: "failed", attempts: 1, alert: true },
  { errorClass: "invalid", states: ["planned"], next: "failed", attempts: 1, alert: true },
  // Telnyx refuses this number, and another may do: at once, then with backoff.
  {
    errorClass: "invalid",
    states: ["ordering", "unknown"],
    next: "other",
    attempts: 1,
    due: [-1, 0],
  },
  {
    errorClass: "invalid",
    states: ["ordering", "unknown"],
    before: 2,
    next: "other",
    attempts: 3,
    due: [5, 10],
  },
  {
    errorClass: "invalid",
    states: ["ordering", "unknown"],
    before: 7,
    next: "failed",
    attempts: 8,
    alert: true,
  },
  {
    errorClass: "unauthorized",
    states: BOUND,
    next: "same",
    attempts: 1,
    due: [1, 2.5],
    alert: true,
  },
  {
    errorClass: "insufficient_funds",
    states: BOUND,
    next: "same",
    attempts: 1,
    due: [1, 2.5],
    alert: true,
  },
  {
    errorClass: "invalid",
    states: ["ordered"],
    next: "same",
    attempts: 1,
    due: [1, 2.5],
    alert: true,
  },
  // A search shows some of what is for sale: the next may be cheaper. Ten were not: prices are high.
  { errorClass: "price", states: ["planned"], next: "same", attempts: 1, due: [1, 2.5] },
  {
    errorClass: "price",
    states: ["planned"],
    before: 9,
    next: "same",
    attempts: 10,
    due: [11, 20],
    alert: "price_too_high",
  },
  {
    errorClass: "price",
    states: ["planned"],
    before: 10,
    next: "same",
    attempts: 11,
    due: [449, 750],
    alert: "price_too_high",
  },
  { errorClass: "rate_limited", states: ALL, next: "same", attempts: 1, due: [1, 2.5] },
  {
    errorClass: "rate_limited",
    states: ALL,
    before: 99,
    next: "same",
    attempts: 100,
    due: [449, 750],
    alert: true,
  },
];

for (const state of ALL) {
  Deno.test(`${state}: what each class of failure leads to`, async (t) => {
    await using db = await createTestDatabase();
    for (const { errorClass, states, before = 0, asked, next, attempts, due, alert } of CASES) {
      if (!states.includes(state)) continue;
      await t.step(
        `${errorClass} after ${before} failures${asked ? ", asked again" : ""}: ${next}`,
        () =>
          rolledBack(db, async () => {
            const claimed = await inState(db, state, before);
            if (asked) {
              await db.query(
                `update phone_pool.purchases
                 set outcome_unknown_since = phone_pool.clock() - interval '3 minutes'
                 where id = $1`,
                [claimed.id],
              );
            }
            const was = await readPurchase(db, claimed.id);
            const answer = await recordFailure(db, claimed, errorClass);
            const is = await readPurchase(db, claimed.id);
            assertEquals(answer, next === "failed" ? "failed" : "retrying");
            const status = { other: "planned", same: was.status, failed: "failed" }[next];
            assertEquals({ ...is, due_in: 0 }, {
              ...was,
              status,
              attempts,
              phone_number: next === "same" ? was.phone_number : null,
              refused_numbers: next === "other" && was.phone_number ? [was.phone_number] : [],
              last_error_class: errorClass,
              outcome_unknown: next === "same" &&
                (state === "unknown" || ["unknown_outcome", "taken"].includes(errorClass)),
              claimed: false,
              due_in: 0,
            });
            if (due) assert(is.due_in > due[0] && is.due_in <= due[1], `due in ${is.due_in} s`);
            assertEquals(
              await buyingAlerts(db),
              alert ? [alert === true ? "purchase_failing" : alert] : [],
            );
          }),
      );
    }
  });
}
