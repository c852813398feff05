import { createCarrier } from "../../../../functions/_shared/carrier.ts";
import { sendOnce } from "../../../../functions/_shared/send-once.ts";
import {
  simulatedApiKey,
  simulatedConnectionId,
} from "../../../../supabase/local/simulators/telnyx/mod.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { isDocumented } from "../support/documented-differences.ts";
import { compare, type Exchange, observing, readDocument } from "../support/openapi.ts";
import { withSimulator } from "../support/simulator.ts";

const document = readDocument();

Deno.test({
  name: "every request that the worker sends agrees with Telnyx's OpenAPI document",
  // The document is not part of the repository.
  ignore: document === undefined,
  async fn() {
    assert(document);
    const exchanges: Exchange[] = [];
    await withSimulator({ orderDelayMs: 20 }, async ({ simulator }) => {
      const carrier = createCarrier({
        apiKey: simulatedApiKey,
        connectionId: simulatedConnectionId,
        baseUrl: simulator.apiUrl,
        fetch: observing(simulator.apiUrl, sendOnce, exchanges),
      });
      await carrier.search(null);
      const [candidate] = await carrier.search("415");
      const phoneNumber = candidate?.phoneNumber ?? "";
      const { id } = await carrier.order(phoneNumber, crypto.randomUUID());
      await carrier.getOrder(id, phoneNumber);
      const reference = simulator.control.snapshot().orders[0]?.customer_reference ?? "";
      await carrier.findOrder(reference, phoneNumber);
      simulator.control.settleOrders();
      const number = await carrier.findNumber(phoneNumber);
      assertEquals(number?.status, "active");
      assertEquals(await carrier.findListed(phoneNumber), number);
      assertEquals(await carrier.connect(number?.id ?? ""), number);
      // Refused, with an answer that must be documented too.
      const refused = carrier.order(phoneNumber, crypto.randomUUID());
      assertEquals((await refused.catch((error) => error)).errorClass, "taken");
    });
    const compared = exchanges.map((exchange) => compare(document, exchange))
      .filter((differences) => differences !== undefined);
    assertEquals(compared.flat().filter((difference) => !isDocumented(difference)), []);
    // All but the proof of ownership, which the document of 2020 does not have.
    assertEquals([exchanges.length, compared.length], [12, 11]);
  },
});
