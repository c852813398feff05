import type { AccountNumber } from "../../../functions/_shared/account-number.ts";
import { CarrierError } from "../../../functions/_shared/carrier-errors.ts";
import type { CarrierNumbers } from "../../../functions/_shared/carrier-numbers.ts";
import type { Ledger } from "../../../functions/reconcile-carrier/ledger.ts";
import { reconcile } from "../../../functions/reconcile-carrier/worker.ts";
import { assertEquals } from "../../support/assert.ts";

const OURS = "+12125550123";
const there = (phoneNumber: string, status = "active"): AccountNumber => ({
  id: "the-id",
  phoneNumber,
  status,
  connectionId: "1",
  customerReference: null,
  tags: [],
});

const CASES: [what: string, find: AccountNumber | null, get: AccountNumber | null, seen: string][] =
  [
    ["it is there", there(OURS), null, "active"],
    ["it cannot be edited now", null, there(OURS, "port-pending"), "port-pending"],
    ["it is nowhere", null, null, "missing"],
    ["its id is another number's now", null, there("+12125550999"), "missing"],
    ["it was deleted", null, there(OURS, "deleted"), "missing"],
    ["it was ported away", null, there(OURS, "ported-out"), "missing"],
  ];

async function recordedOf(find: () => Promise<AccountNumber | null>, get: AccountNumber | null) {
  const recorded: AccountNumber[] = [];
  const carrier = {
    async *pages() {},
    find,
    get: () => Promise.resolve(get),
  } as unknown as CarrierNumbers;
  const ledger = {
    begin: () => Promise.resolve(1),
    recordNumbers: (_run, numbers) => Promise.resolve(void recorded.push(...numbers)),
    findMissing: () => Promise.resolve([{ phone_number: OURS, telnyx_phone_number_id: "the-id" }]),
    finish: () => Promise.resolve([]),
  } as Partial<Ledger> as Ledger;
  await reconcile({ carrier, ledger, connectionId: "1", log: () => {} });
  return recorded.map(({ phoneNumber, status }) => [phoneNumber, status]);
}

for (const [what, find, get, seen] of CASES) {
  Deno.test(`${what}: ${seen}`, async () => {
    assertEquals(await recordedOf(() => Promise.resolve(find), get), [[OURS, seen]]);
  });
}

Deno.test("what cannot be asked for is not concluded upon", async () => {
  const away = () => Promise.reject(new CarrierError("carrier_down", "a test"));
  assertEquals(await recordedOf(away, null), []);
});
