import { createNudgedHandler as createHandler } from "../../../functions/_shared/nudged-handler.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { phonesOf, register, setVault, value } from "../../support/pool.ts";
import { type Supply, withSupply } from "../../support/supply.ts";

const SECRET = "a-shared-secret-of-32-characters";

function nudge(supply: Supply, token = SECRET) {
  const background: Promise<unknown>[] = [];
  const handler = createHandler({
    secrets: [SECRET],
    work: () => supply.run(),
    runInBackground: (work) => void background.push(work()),
    createLog: () => () => {},
  });
  const request = new Request("http://localhost/replenish-pool", {
    method: "POST",
    headers: { Authorization: `Bearer ${token}` },
    body: "{}",
  });
  return { answer: handler(request), background };
}

Deno.test("Telnyx hangs: the nudge is answered, organizations are registered, and served later", () =>
  withSupply({ timeout: 3000 }, async (supply) => {
    const { db, simulator: { control, state } } = supply;
    await setVault(db);
    control.addFault({ operation: "*", kind: "timeout" });
    const first = await register(db, 1);
    const { answer, background } = nudge(supply);
    assertEquals((await answer).status, 202, "answered while the work goes on");
    const deadline = Date.now() + 10_000;
    while (state.requests.length === 0) {
      assert(Date.now() < deadline, "the worker asks Telnyx");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    // Every one of these commits while five requests to Telnyx hang.
    const more = await register(db, 30);
    assertEquals(control.snapshot().requests.every(({ answer }) => answer === "timeout"), true);
    assertEquals(await value(db, "select count(*)::int from public.organizations"), 31);
    control.clearFaults();
    await Promise.all(background);
    await supply.run();
    assertEquals((await phonesOf(db, [...first, ...more])).includes(null), false);
  }));

Deno.test("the registration itself sends nothing: a request is queued, and goes with a rollback", () =>
  withSupply({}, async ({ db, simulator }) => {
    await setVault(db, { url: `${simulator.url}/functions/v1` });
    const client = await db.connect();
    await client.query("begin");
    await client.query("insert into public.organizations (name, slug) values ('a', 'a')");
    const queued = await client.query("select url from net.http_request_queue");
    assertEquals(queued.rows, [{ url: `${simulator.url}/functions/v1/replenish-pool` }]);
    await client.query("rollback");
    assertEquals(await value(db, "select count(*)::int from net.http_request_queue"), 0);
    assertEquals(simulator.control.snapshot().requests, []);
  }));

Deno.test("only Postgres may nudge", () =>
  withSupply({}, async (supply) => {
    const { answer, background } = nudge(supply, "another-secret-of-32-characters-");
    assertEquals([(await answer).status, background.length], [401, 0]);
  }));
