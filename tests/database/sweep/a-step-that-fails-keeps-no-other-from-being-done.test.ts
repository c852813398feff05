import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addNumbers, openAlerts, rolledBack, setVault, sweep, value } from "../../support/pool.ts";

const HEARTBEATS = "select count(*)::int from phone_pool.heartbeats where job = 'sweep'";

Deno.test("whichever step of the sweep fails, all others are done, and it is told which", async (t) => {
  await using db = await createTestDatabase();
  await setVault(db);
  await addNumbers(db, 8);
  const steps = Object.keys(await sweep(db));
  assert(steps.length > 20);
  for (const step of steps) {
    await t.step(step, () =>
      rolledBack(db, async () => {
        const signature = await value<string>(
          db,
          `select oid::regprocedure::text from pg_proc
           where proname = $1 and pronamespace = 'phone_pool'::regnamespace`,
          [step],
        );
        await db.query(`alter function ${signature} rename to gone_in_a_test`);
        await db.query("delete from phone_pool.heartbeats where job = 'sweep'");
        const done = await sweep(db);
        assertEquals(Object.keys(done).sort(), steps.toSorted());
        assertEquals(Object.keys(done).filter((name) => done[name] === null), [step]);
        assertEquals(await value(db, HEARTBEATS), 1);
        // The step that makes alerts of what is noted may be the one that fails.
        const types = signature.slice(signature.indexOf("("));
        await db.query(`alter function phone_pool.gone_in_a_test${types} rename to ${step}`);
        assert((await openAlerts(db)).includes("sweep_failing"));
      }));
  }
});
