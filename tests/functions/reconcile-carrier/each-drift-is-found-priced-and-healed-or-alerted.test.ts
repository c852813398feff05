import { assertEquals } from "../../support/assert.ts";
import { buyNumbers, runReconcile, runRelease } from "../../support/account.ts";
import { change, loseRecord } from "../../support/drift.ts";
import { openAlerts, value } from "../../support/pool.ts";
import { type Supply, withSupply } from "../../support/supply.ts";
import { simulatedConnectionId } from "../../../supabase/local/simulators/telnyx/mod.ts";

interface Case {
  name: string;
  /** Makes the drift; returns the number concerned. */
  inject: (supply: Supply, numbers: string[]) => Promise<string>;
  /** What the first comparison leaves open in admin_drift. */
  open: string[];
  /** What it has closed itself. */
  healed: string[];
  alerts: string[];
  /** Seconds until it counts. */
  after?: number;
}

const FOREIGN = "+17302060073";
const RENTED = "select numbers::int from phone_pool.spending(phone_pool.clock())";

const CASES: Case[] = [
  {
    name: "somebody else's number in the account",
    inject: (supply) => {
      supply.simulator.control.addNumber({ phone_number: FOREIGN });
      return Promise.resolve(FOREIGN);
    },
    open: ["unknown_at_carrier"],
    healed: [],
    alerts: ["drift_found"],
  },
  {
    name: "an order of ours whose record was lost",
    inject: loseRecord,
    open: [],
    healed: ["unknown_at_carrier"],
    alerts: [],
  },
  {
    name: "a number with our tag",
    inject: async (supply) => {
      const { id } = supply.simulator.control.addNumber({ phone_number: "+13125550123" });
      await supply.db.query("update phone_pool.settings set carrier_tag = 'pool-of-this-project'");
      supply.simulator.state.numbers.get(id)?.tags.push("pool-of-this-project");
      for (const owned of supply.simulator.state.numbers.values()) {
        if (owned.id !== id) owned.tags.push("theirs", "pool-of-this-project");
      }
      return "+13125550123";
    },
    open: [],
    healed: ["unknown_at_carrier"],
    alerts: [],
  },
  {
    name: "ours, but gone",
    inject: ({ simulator }, [number = ""]) => {
      simulator.control.removeNumber(number);
      return Promise.resolve(number);
    },
    open: ["gone_at_carrier"],
    healed: [],
    alerts: ["drift_found"],
  },
  {
    name: "on no connection",
    inject: (supply, [number = ""]) => change(supply, number, { connectionId: null }),
    open: [],
    healed: ["wrong_connection"],
    alerts: [],
  },
  {
    name: "without our reference",
    inject: (supply, [number = ""]) => change(supply, number, { customerReference: null }),
    open: [],
    healed: ["wrong_reference"],
    alerts: [],
  },
  {
    name: "with somebody else's reference",
    inject: (supply, [number = ""]) => change(supply, number, { customerReference: "theirs" }),
    open: ["wrong_reference"],
    healed: [],
    alerts: ["drift_found"],
  },
  {
    name: "an order that stays pending",
    inject: async (supply) => {
      supply.simulator.control.addFault({
        operation: "number_orders.create",
        kind: "order_pending",
      });
      await supply.plan(1);
      await supply.run();
      return await value(
        supply.db,
        "select phone_number from phone_pool.purchases where status = 'ordered'",
      );
    },
    after: 3700,
    open: ["pending_too_long"],
    healed: [],
    alerts: ["drift_found"],
  },
];

/** All that a comparison may change, without the heartbeat. */
async function everything(supply: Supply): Promise<unknown> {
  const here = await value(
    supply.db,
    `select jsonb_build_object(
       'numbers', (select jsonb_agg(to_jsonb(n) order by n.id) from public.phone_numbers n),
       'purchases', (select jsonb_agg(to_jsonb(p) order by p.id) from phone_pool.purchases p),
       'drifts', (select jsonb_agg(to_jsonb(d) order by d.id) from phone_pool.drifts d),
       'releases', (select jsonb_agg(to_jsonb(r)) from phone_pool.carrier_releases r),
       'alerts', (select jsonb_agg(to_jsonb(a) order by a.id) from phone_pool.alerts a),
       'spending', (select to_jsonb(s) from phone_pool.spending(phone_pool.clock()) s))`,
  );
  const { numbers, deleted_numbers } = supply.simulator.control.snapshot();
  return { here, numbers, deleted_numbers };
}

const open = ({ db }: Supply) =>
  db.query("select class, phone_number, dollars_a_month::float from public.admin_drift");

const driftAlerts = async ({ db }: Supply) =>
  (await openAlerts(db)).filter((kind) => kind === "drift_found");

for (const { name, inject, after = 1, ...expected } of CASES) {
  Deno.test(`drift: ${name}`, () =>
    withSupply({}, async (supply) => {
      const numbers = await buyNumbers(supply, 3);
      await runReconcile(supply);
      assertEquals(await open(supply), []);
      const number = await inject(supply, numbers);
      await supply.pass(after);
      await runReconcile(supply);
      assertEquals(
        await open(supply),
        expected.open.map((kind) => ({ class: kind, phone_number: number, dollars_a_month: 1 })),
      );
      const healed = await supply.db.query(
        `select kind, phone_number, monthly_cost::float as cost from phone_pool.drifts
         where healed_at is not null`,
      );
      assertEquals(
        healed,
        expected.healed.map((kind) => ({ kind, phone_number: number, cost: 1 })),
      );
      assertEquals(await driftAlerts(supply), expected.alerts);
      if (expected.healed.length > 0) await isAsItShouldBe(supply, number);

      const before = await everything(supply);
      await supply.pass(1);
      await runReconcile(supply);
      assertEquals(await everything(supply), before, "a second run changes nothing");
    }));
}

async function isAsItShouldBe({ db, simulator }: Supply, number: string): Promise<void> {
  const there = simulator.control.snapshot().numbers.find((n) => n.phone_number === number);
  const [here] = await db.query(
    `select n.status, n.telnyx_phone_number_id, n.purchase_id, n.monthly_cost::float
     from public.phone_numbers n where n.phone_number = $1`,
    [number],
  );
  assertEquals(there?.connection_id, simulatedConnectionId);
  assertEquals(here?.status, "available");
  assertEquals(here?.telnyx_phone_number_id, there?.id);
  assertEquals(here?.purchase_id, there?.customer_reference);
}

Deno.test("drift: given back, and billed again", () =>
  withSupply({}, async (supply) => {
    const { db, simulator } = supply;
    const [number = ""] = await buyNumbers(supply, 3);
    await db.query("select retire_phone_number($1, 'a test')", [number]);
    await runRelease(supply);
    for (const owned of simulator.state.numbers.values()) {
      if (owned.phoneNumber === number) owned.deletedAt = null;
    }
    await supply.pass(3700);
    await runReconcile(supply);
    assertEquals(await open(supply), [
      { class: "released_still_billed", phone_number: number, dollars_a_month: 1 },
    ]);
    assertEquals(await value(db, RENTED), 3);
    await runRelease(supply);
    await runReconcile(supply);
    assertEquals(await open(supply), []);
    assertEquals(simulator.control.snapshot().numbers.length, 2);
    assertEquals(await value(db, RENTED), 2);
    assertEquals(await driftAlerts(supply), []);
  }));
