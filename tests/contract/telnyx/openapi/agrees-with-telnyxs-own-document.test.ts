import type Telnyx from "telnyx";
import { assert, assertEquals } from "../../../support/assert.ts";
import { simulatedConnectionId } from "../../../../supabase/local/simulators/telnyx/mod.ts";
import { isDocumented } from "../support/documented-differences.ts";
import { compare, type Exchange, observing, readDocument } from "../support/openapi.ts";
import { buy, order, outcome, search, withSimulator } from "../support/simulator.ts";

const document = readDocument();

/** Everything that the document knows and the simulator does, done and refused. */
async function askEverything(telnyx: Telnyx) {
  const { id } = await buy(telnyx);
  const [phoneNumber = ""] = await search(telnyx, "212");
  await telnyx.availablePhoneNumbers.list({
    filter: { country_code: "US", phone_number_type: "local", features: ["voice"], limit: 1 },
  });
  const { id: orderId = "" } = await order(telnyx, [phoneNumber]);
  await telnyx.numberOrders.retrieve(orderId);
  await telnyx.numberOrders.list({ filter: { status: "success" }, "page[size]": 1 });
  await telnyx.phoneNumbers.list({ filter: { phone_number: "415" }, "page[size]": 1 });
  await telnyx.phoneNumbers.retrieve(id);
  await telnyx.phoneNumbers.update(id, { tags: ["a"], connection_id: simulatedConnectionId });
  await telnyx.phoneNumbers.delete(id);
  assertEquals(await outcome(telnyx.phoneNumbers.delete(id)), "404 10005");
  assertEquals(await outcome(search(telnyx, "555")), "400 10031");
  assertEquals(await outcome(order(telnyx, [phoneNumber])), "409 85001");
}

Deno.test({
  name: "requests and answers agree with Telnyx's OpenAPI document, newer fields apart",
  // The document is not part of the repository.
  ignore: document === undefined,
  async fn() {
    assert(document);
    const exchanges: Exchange[] = [];
    await withSimulator({}, async ({ simulator, client }) => {
      const http = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
      const through: typeof fetch = (input, init) => fetch(input, { ...init, client: http });
      await askEverything(client({ fetch: observing(simulator.apiUrl, through, exchanges) }));
      http.close();
    });
    const compared = exchanges.map((exchange) => compare(document, exchange))
      .filter((differences) => differences !== undefined);
    assertEquals(compared.flat().filter((difference) => !isDocumented(difference)), []);
    // All but the proof of ownership, which the document of 2020 does not have.
    assertEquals(compared.length, exchanges.length - 1);
  },
});

Deno.test({
  name: "the comparison finds a wrong type, a wrong value and an unknown field",
  ignore: document === undefined,
  fn() {
    assert(document);
    const responseBody = { data: { id: 1, status: "done", colour: "red" } };
    const exchange = { method: "GET", path: "/number_orders/1", status: 200, responseBody };
    assertEquals(compare(document, { ...exchange, requestBody: undefined }), [
      "GET /number_orders/{number_order_id} 200 data.id: integer",
      "GET /number_orders/{number_order_id} 200 data.status: not one of the values",
      "GET /number_orders/{number_order_id} 200 data.colour: unknown",
    ]);
  },
});
