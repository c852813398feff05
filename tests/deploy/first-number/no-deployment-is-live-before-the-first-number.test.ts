import { pool } from "../../../supabase/deploy/steps/pool.ts";
import { smoke } from "../../../supabase/deploy/steps/smoke.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../../support/assert.ts";
import { eventually } from "../../stack/support.ts";
import { createProject, type Project } from "../support/project.ts";

const ORDER = "number_orders.create";

const DUE = "update phone_pool.purchases set next_attempt_at = phone_pool.clock() where true";

/** The deployment ends with a failure, says why and does not say that it is live. */
async function fails(project: Project): Promise<string> {
  project.said.length = 0;
  const error = await assertRejects(() => project.deploy(), Error);
  assert(!project.said.some((line) => line.includes("is live")), "it says that it is live");
  return error.message;
}

const saidOf = ({ said }: Project) => said.findLast((line) => line.startsWith("✓ initial pool"));

const counts = async ({ database, carriers }: Project) => {
  const [row] = await database.query<{ count: number }>(
    "select count(*)::int as count from phone_pool.purchases",
  );
  return { purchases: row?.count, orders: carriers.telnyx.control.snapshot().order_ledger.length };
};

Deno.test("no deployment says live before the first number has arrived", async (t) => {
  await using project = await createProject();
  const { database, carriers: { telnyx: { control } } } = project;
  let ordered = 0;

  await t.step("purchases that fail are told with their last error", async () => {
    control.setFaults([{ operation: ORDER, kind: "insufficient_funds" }]);
    assertStringIncludes(await fails(project), "6 × failed, insufficient_funds");
    assertStringIncludes(saidOf(project) ?? "", "6 numbers ordered, 0 bought, 6 given up");
    ordered = (await counts(project)).orders;
  });

  await t.step("nothing wanted and nothing bought is told too", async () => {
    await database.query("delete from phone_pool.purchases where true");
    await database.query("delete from phone_pool.alerts where true");
    await database.query(
      "update phone_pool.settings set low_water = 0, forecast = false where true",
    );
    project.patience.nudge = 2000;
    await assertRejects(() => project.step(smoke), Error, "nothing was ordered");
  });

  Object.assign(project.patience, { purchases: 1500, nudge: 20_000 });

  await t.step("what is planned and cannot be bought is told with its last error", async () => {
    control.setFaults([{ operation: "available_phone_numbers.list", kind: "server_error" }]);
    const done = await project.step(pool);
    assertStringIncludes(done, "6 numbers ordered, 0 bought, 6 still on order");
    assertEquals(await counts(project), { purchases: 6, orders: ordered });
  });

  await t.step("run again: what is on order counts, and none is planned beside it", async () => {
    control.setFaults([{ operation: ORDER, kind: "order_pending" }]);
    await database.query(DUE);
    assertStringIncludes(await fails(project), "No number has arrived (6 on order)");
    assertEquals(saidOf(project), "✓ initial pool: nothing to do");
    // It goes on behind a deployment that has lost its patience.
    await eventually("all are sent", async () => (await counts(project)).orders === ordered + 6);
    assertEquals((await counts(project)).purchases, 6);
  });

  await t.step("they arrive: live", async () => {
    control.clearFaults();
    control.settleOrders();
    await database.query(DUE);
    project.patience.purchases = 20_000;
    assert(await project.deploy());
    assert(project.said.some((line) => line.includes("phone-pool is live")));
    assertEquals(await counts(project), { purchases: 6, orders: ordered + 6 });
  });

  await t.step("some of them fail: both are told", async () => {
    await database.query("update phone_pool.settings set initial_size = 12 where true");
    control.setFaults([{ operation: ORDER, kind: "insufficient_funds", times: 2 }]);
    assertEquals(
      (await project.step(pool)).split(":")[0],
      "6 numbers ordered, 4 bought, 2 given up\n    2 × failed, insufficient_funds",
    );
  });
});
