import type { AccountNumber } from "../../../functions/_shared/account-number.ts";
import type { CarrierNumbers, NumberChange } from "../../../functions/_shared/carrier-numbers.ts";
import { heal } from "../../../functions/reconcile-carrier/heal.ts";
import type { Drift } from "../../../functions/reconcile-carrier/schema.ts";
import { assertEquals } from "../../support/assert.ts";

const CONNECTION = "1";
const NUMBER: AccountNumber = {
  id: "the-id",
  phoneNumber: "+12125550123",
  status: "active",
  connectionId: CONNECTION,
  customerReference: "ours",
  tags: [],
};
const DRIFT: Drift = {
  drift_id: 1,
  kind: "unknown_at_carrier",
  phone_number: "+12125550123",
  telnyx_phone_number_id: "the-id",
  customer_reference: "ours",
  tag: null,
};

interface Case {
  what: string;
  drift?: Partial<Drift>;
  number: Partial<AccountNumber> | null;
  /** What is changed at Telnyx; none: nothing; refused: the drift stays. */
  change: NumberChange | "none" | "refused";
}

const CASES: Case[] = [
  { what: "it is as it should be", number: {}, change: "none" },
  { what: "elsewhere", number: { connectionId: "2" }, change: { connectionId: CONNECTION } },
  { what: "ours no more", number: { customerReference: "theirs" }, change: "refused" },
  { what: "with no reference", number: { customerReference: null }, change: "refused" },
  { what: "not active any more", number: { status: "port-pending" }, change: "refused" },
  { what: "gone", number: null, change: "refused" },
  {
    what: "another number's id by now",
    number: { phoneNumber: "+12125550999" },
    change: "refused",
  },
  {
    what: "ours by its tag, without a reference",
    drift: { tag: "our-pool" },
    number: { customerReference: null, tags: ["our-pool"] },
    change: { customerReference: "ours" },
  },
  {
    what: "on record, without the tag: other tags stay",
    drift: { kind: "wrong_reference", tag: "our-pool" },
    number: { tags: ["porting", "2026"] },
    change: { tags: ["porting", "2026", "our-pool"] },
  },
  {
    what: "on record, with another's reference, which stays",
    drift: { kind: "wrong_connection" },
    number: { connectionId: null, customerReference: "theirs" },
    change: { connectionId: CONNECTION },
  },
];

for (const { what, drift, number, change } of CASES) {
  Deno.test(`${what}: ${typeof change === "string" ? change : "changed"}`, async () => {
    const changes: NumberChange[] = [];
    const carrier = {
      get: () => Promise.resolve(number && { ...NUMBER, ...number }),
      update: (_id, made) => Promise.resolve(void changes.push(made)),
    } as Partial<CarrierNumbers> as CarrierNumbers;
    const result = await heal({ ...DRIFT, ...drift }, CONNECTION, carrier)
      .then(() => changes[0] ?? "none", ({ name }) => name === "CarrierError" ? "refused" : name);
    assertEquals(result, change);
    assertEquals(changes.length, typeof change === "string" ? 0 : 1);
  });
}
