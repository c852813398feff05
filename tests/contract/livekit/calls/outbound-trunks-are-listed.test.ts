import { assertEquals } from "../../../support/assert.ts";
import { trunkId, trunkNumbers, withLiveKit } from "../support.ts";

Deno.test("outbound trunks are listed", () =>
  withLiveKit(async ({ sip }) => {
    const all = await sip.listSipOutboundTrunk();
    assertEquals(all.map(({ sipTrunkId }) => sipTrunkId), [trunkId, "ST_bare"]);
    assertEquals(all[0]?.numbers, trunkNumbers);
    const some = await sip.listSipOutboundTrunk({ trunkIds: ["ST_bare"] });
    assertEquals(some.map(({ sipTrunkId }) => sipTrunkId), ["ST_bare"]);
    assertEquals(await sip.listSipOutboundTrunk({ trunkIds: ["ST_unknown"] }), []);
  }));
