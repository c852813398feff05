import { createCallRecords } from "../../../functions/_shared/carrier-call-records.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { isReading, type Records, withRecords } from "../../support/call-records.ts";
import { addNumbers, openAlerts, value, values } from "../../support/pool.ts";
import {
  type FaultRequest,
  simulatedApiKey,
} from "../../../supabase/local/simulators/telnyx/mod.ts";

const START = "2030-03-10T00:00:00.000Z";
const operation = "detail_records.list";

/** So many calls to a number of ours, one a minute until now. */
async function withCalls(count: number, body: (records: Records) => Promise<void>) {
  await withRecords(START, async (records) => {
    await addNumbers(records.db, 1);
    await records.pass(3600);
    addCalls(records, count);
    await body(records);
  });
}

function addCalls(records: Records, count: number): void {
  const phoneNumber = "+12025550100";
  for (let n = 0; n < count; n++) {
    records.addRecord({
      id: `record-${records.simulator.state.records.size}`,
      direction: "inbound",
      cli: "+13035550123",
      cld: phoneNumber,
      started_at: new Date(records.now() - (count - n) * 1000).toISOString(),
      cost: "0.00400",
    });
  }
}

const stored = ({ db }: Records) =>
  value<number>(db, "select count(*)::int from phone_pool.call_records");

const requests = ({ simulator }: Records) =>
  simulator.control.snapshot().requests.filter((request) => request.operation === operation);

Deno.test("a list of five pages is read, and read again from two days before", () =>
  withCalls(230, async (records) => {
    assertEquals(await records.run(), 230);
    assertEquals(requests(records).length, 5);
    assertEquals(await records.run(), null, "nothing is due");
    await records.pass(3 * 86_400);
    addCalls(records, 20);
    // Begun and written down long before, and shown only now.
    records.addRecord({
      cli: "+12025550100",
      cld: "+13035550123",
      started_at: new Date(records.now() - 3 * 86_400_000 - 3600_000).toISOString(),
    });
    assertEquals(await records.run(), 21);
    assertEquals(requests(records).length, 11);
  }));

Deno.test("new records between two runs move the others: none is missed", () =>
  withCalls(4000, async (records) => {
    // A run ends before the list does.
    await records.run();
    assert(await isReading(records.db));
    addCalls(records, 30);
    assert(await records.readAll());
    await records.pass(900);
    assert(await records.readAll());
    assertEquals(await stored(records), 4030);
    const refused = requests(records).filter(({ answer }) => answer !== 200);
    assertEquals(refused, [], "never more than 40 in a minute");
  }));

const FAULTS: Record<string, FaultRequest> = {
  "a rate limit, after as long as it says": {
    operation,
    kind: "rate_limited",
    reset_seconds: 40,
    times: 1,
  },
  "no answer": { operation, kind: "reset", when: "after", times: 2 },
  "an error of Telnyx's own": {
    operation,
    kind: "server_error",
    status: 502,
    html: true,
    times: 2,
  },
};

for (const [what, fault] of Object.entries(FAULTS)) {
  Deno.test(`${what}: the list goes on with the page that was not read`, () =>
    withCalls(120, async (records) => {
      await records.run();
      await records.pass(3600);
      records.simulator.control.addFault(fault);
      addCalls(records, 60);
      assert(await records.readAll());
      assertEquals(await stored(records), 180);
    }));
}

Deno.test("a filter that does not filter: what is older is not read, and an alert tells", () =>
  withCalls(60, async (records) => {
    for (let n = 0; n < 500; n++) {
      records.addRecord({
        cli: "+12025550100",
        cld: "+13035550123",
        started_at: new Date(records.now() - 200 * 86_400_000).toISOString(),
      });
    }
    records.simulator.control.addFault({ operation, kind: "filters_ignored" });
    assertEquals(await records.run(), 60);
    assertEquals(requests(records).length, 2, "it ends where the older ones begin");
    assertEquals(await isReading(records.db), false);
    assertEquals((await openAlerts(records.db)).includes("entries_skipped"), true);
  }));

Deno.test("what cannot be read is skipped, and the others are read", () =>
  withCalls(10, async (records) => {
    records.simulator.control.addFault({ operation, kind: "odd_entries" });
    assertEquals(await records.run(), 10);
    assertEquals((await openAlerts(records.db)).includes("entries_skipped"), true);
    assertEquals(
      await value(
        records.db,
        "select skipped_entries from phone_pool.carrier_requests where operation = 'list_call_records'",
      ),
      6,
    );
  }));

Deno.test("pages that do not advance end the run as a failure, and it is tried again", () =>
  withCalls(120, async (records) => {
    records.simulator.control.addFault({ operation, kind: "pages_do_not_advance", times: 3 });
    await records.run();
    assertEquals(
      await value(records.db, "select last_error from phone_pool.call_record_import"),
      "one page of call records is as the one before it",
    );
    await records.pass(60);
    assert(await records.readAll());
    assertEquals(await stored(records), 120);
  }));

Deno.test("two workers at once: one reads", () =>
  withCalls(60, async (records) => {
    assert(await records.runUntilKilled(2, "after"));
    assertEquals(await records.run(), null);
    await records.pass(91);
    assertEquals(await records.run(), 60);
  }));

Deno.test("a worker that wakes up after its lease changes nothing", () =>
  withCalls(60, async (records) => {
    const [late] = await values<{ claim_token: string }>(
      records.db,
      "select to_jsonb(c) as value from phone_pool_worker.claim_call_record_import() c",
    );
    await records.pass(91);
    assertEquals(await records.run(), 60);
    await records.db.query("select phone_pool_worker.record_call_records($1, '[]', true)", [
      late?.claim_token,
    ])
      .then(() => assert(false, "it was let in"), (error) => assertEquals(error.code, "PP006"));
  }));

Deno.test("no number of a patient is stored or logged", () =>
  withCalls(3, async (records) => {
    const lines: string[] = [];
    await records.run((event, fields) => void lines.push(JSON.stringify([event, fields])));
    assert(lines.length > 0);
    const rows = await values<string>(
      records.db,
      "select to_jsonb(r)::text as value from phone_pool.call_records r",
    );
    assertEquals([...lines, ...rows].filter((text) => text.includes("3035550123")), []);
  }));

Deno.test("the numbers of a record are read however they are written", () =>
  withRecords(START, async (records) => {
    const written = ["+13035550123", "13035550123", "3035550123", "+442079460000", "anonymous"];
    for (const [n, cli] of written.entries()) {
      records.addRecord({
        cli,
        cld: "+12025550100",
        started_at: new Date(records.now() - n * 1000).toISOString(),
      });
    }
    const list = createCallRecords({
      apiKey: simulatedApiKey,
      baseUrl: records.simulator.apiUrl,
    });
    const { records: read } = await list.page("2030-03-01T00:00:00.000Z", 1);
    assertEquals(read.map(({ cli }) => cli), [
      "+13035550123",
      "+13035550123",
      "+13035550123",
      "+442079460000",
      null,
    ]);
  }));
