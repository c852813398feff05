import type Telnyx from "telnyx";
import { assertEquals } from "../../../support/assert.ts";
import { simulatedConnectionId } from "../../../../supabase/local/simulators/telnyx/mod.ts";
import { buy, outcome, withSimulator } from "../support/simulator.ts";

Deno.test("numbers are listed by filter, in full and slim", async (t) => {
  await withSimulator({}, async ({ telnyx }) => {
    const first = await buy(telnyx, "415", "a");
    const second = await buy(telnyx, "212", "b");
    await telnyx.phoneNumbers.update(second.id, { tags: ["quarantine"] });
    const digits = first.phoneNumber.slice(4);
    const cases: [string, Telnyx.PhoneNumberListParams["filter"], string[]][] = [
      ["all, newest first", {}, [second.id, first.id]],
      ["part of the number", { phone_number: digits }, [first.id]],
      ["the number with its plus", { phone_number: first.phoneNumber }, [first.id]],
      ["too few digits", { phone_number: "41" }, []],
      ["not digits", { phone_number: "415-" }, []],
      ["customer reference", { customer_reference: "b" }, [second.id]],
      ["connection", { connection_id: simulatedConnectionId }, [second.id, first.id]],
      ["status", { status: "active" }, [second.id, first.id]],
      ["another status", { status: "ported-out" }, []],
      ["tag", { tag: "quarantine" }, [second.id]],
    ];
    for (const [name, filter, expected] of cases) {
      await t.step(name, async () => {
        const full: string[] = [];
        for await (const number of telnyx.phoneNumbers.list({ filter, "page[size]": 1 })) {
          full.push(number.id);
        }
        assertEquals(full, expected);
      });
    }
    await t.step("slim: connection and tags only where asked for", async () => {
      const plain = await telnyx.phoneNumbers.slimList();
      assertEquals(plain.data.map((number) => number.connection_id), [undefined, undefined]);
      const tagged = await telnyx.phoneNumbers.slimList({
        filter: { tag: "quarantine" },
        include_connection: true,
        include_tags: true,
      });
      assertEquals(tagged.data.map((number) => [number.id, number.connection_id]), [
        [second.id, simulatedConnectionId],
      ]);
      const untagged = telnyx.phoneNumbers.slimList({ filter: { tag: "quarantine" } });
      assertEquals(await outcome(untagged), "400 10015");
    });
  });
});
