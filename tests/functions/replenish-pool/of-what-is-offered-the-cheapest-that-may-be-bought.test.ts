import type { Candidate, Carrier } from "../../../functions/_shared/carrier.ts";
import { AppError, type ErrorCode } from "../../../functions/_shared/errors.ts";
import { chooseNumber } from "../../../functions/replenish-pool/choose.ts";
import type { Ledger } from "../../../functions/replenish-pool/ledger.ts";
import type { Purchase } from "../../../functions/replenish-pool/schema.ts";
import { assertEquals } from "../../support/assert.ts";

type Offer = [monthly: string | null, upfront: string | null];
/** What the database says to an offer: true: chosen; false: another purchase has it. */
type Answer = boolean | ErrorCode;

/** What is chosen, or why nothing is; and which offers the database was asked about. */
async function choice(offers: Offer[], answer: (offer: Candidate) => Answer) {
  const asked: string[] = [];
  const carrier = {
    search: () =>
      Promise.resolve(offers.map(([monthlyCost, upfrontCost], nth) => ({
        phoneNumber: `number ${nth}`,
        monthlyCost,
        upfrontCost,
      }))),
  } as Partial<Carrier> as Carrier;
  const ledger = {
    choose: (_purchase, candidate) => {
      asked.push(candidate.phoneNumber.slice(-1));
      const said = answer(candidate);
      return typeof said === "boolean" ? Promise.resolve(said) : Promise.reject(new AppError(said));
    },
  } as Partial<Ledger> as Ledger;
  const purchase = { id: "1", area_code: null } as Purchase;
  const chosen = await chooseNumber(purchase, { carrier, ledger, random: () => 0 })
    .catch(({ errorClass }) => errorClass);
  return { chosen, asked: asked.join("") };
}

Deno.test("the cheapest a month, and of those the cheapest once; one without a price last", async () => {
  const offers: Offer[] = [["2.00", "0"], [null, null], ["1.00", "3"], ["1.00", "1"], [
    "10.00",
    "0",
  ]];
  assertEquals(await choice(offers, () => true), { chosen: "number 3", asked: "3" });
  assertEquals((await choice(offers, () => false)).asked, "32041");
});

Deno.test("what costs no less than one that was too dear is not asked about", async () => {
  const offers: Offer[] = [["1.00", "9"], ["1.50", "0"], ["1.50", "9"], ["2.00", "0"]];
  assertEquals(await choice(offers, () => "price_too_high"), { chosen: "price", asked: "01" });
});

Deno.test("too dear for the budget is told before too dear for the settings", async () => {
  const offers: Offer[] = [["1.00", "9"], ["1.50", "0"]];
  const answer = ({ monthlyCost }: Candidate): Answer =>
    monthlyCost === "1.00" ? "price_too_high" : "budget_reached";
  assertEquals(await choice(offers, answer), { chosen: "over_budget", asked: "01" });
});

Deno.test("no room for another number at any price: nothing more is asked", async () => {
  const offers: Offer[] = [["1.00", "0"], ["1.00", "0"]];
  assertEquals(await choice(offers, () => "max_numbers_reached"), {
    chosen: "over_budget",
    asked: "0",
  });
});

Deno.test("a page of numbers that others are buying says nothing about the stock", async () => {
  const page = (size: number) => Array.from({ length: size }, (): Offer => ["1.00", "0"]);
  assertEquals((await choice(page(25), () => false)).chosen, "none_in_stock");
  assertEquals((await choice(page(26), () => false)).chosen, "rate_limited");
  assertEquals((await choice([], () => false)).chosen, "none_in_stock");
});
