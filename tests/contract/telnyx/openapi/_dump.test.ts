import { simulatedApiKey, simulatedConnectionId } from "../../../../supabase/local/simulators/telnyx/mod.ts";
import { compare, type Exchange, observing, readDocument } from "../support/openapi.ts";
import { buy, outcome, order, search, withSimulator } from "../support/simulator.ts";
const document = readDocument();
Deno.test({ name: "x", ignore: document === undefined, fn: () => withSimulator({}, async ({simulator, client}) => {
  const exchanges: Exchange[] = [];
  const telnyx = client({ fetch: observing(simulator.apiUrl, fetch, exchanges) });
  const {id} = await buy(telnyx); await telnyx.numberOrders.list({filter:{customer_reference:"purchase-1"}, "page[size]": 1});
  const o = await order(telnyx, await search(telnyx,"212")); await telnyx.numberOrders.retrieve(o.id!);
  await telnyx.phoneNumbers.list({filter:{phone_number:"415"}, "page[size]":1}); await telnyx.phoneNumbers.retrieve(id); await telnyx.phoneNumbers.update(id,{tags:["a"],customer_reference:"x",connection_id:simulatedConnectionId});
  await telnyx.phoneNumbers.delete(id); await outcome(telnyx.phoneNumbers.delete(id)); await outcome(search(telnyx,"555")); await outcome(order(telnyx,["x"]));
  await telnyx.balance.retrieve(); await telnyx.phoneNumbers.slimList();
  console.log([...new Set(exchanges.flatMap(e => compare(document!, e) ?? [`NOT IN DOC ${e.method} ${e.path}`]))].join("\n"));
})});
