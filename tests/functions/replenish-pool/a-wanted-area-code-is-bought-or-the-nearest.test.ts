import { assertEquals } from "../../support/assert.ts";
import {
  addNumbers,
  freeNumbers,
  phonesOf,
  registerOne,
  setVault,
  sweep,
  waiting,
} from "../../support/pool.ts";
import { purchases, settle, type Supply, withSupply } from "../../support/supply.ts";

const WANTED = "202";
/** The only other area code of the District of Columbia. */
const NEAREST = "771";

/** What the organization sees: the area code of its phone; "waiting"; null: neither. */
async function sees({ db }: Supply, id: string): Promise<string | null> {
  const [phone] = await phonesOf(db, [id]);
  if (phone) return phone.slice(2, 5);
  return (await waiting(db)).includes(id) ? "waiting" : null;
}

async function withPool(
  options: Parameters<typeof withSupply>[0],
  areaCodes: string[],
  body: (
    supply: Supply,
  ) => Promise<void>,
) {
  await withSupply(options, async (supply) => {
    await setVault(supply.db);
    for (const areaCode of areaCodes) await addNumbers(supply.db, 6, { areaCode });
    await body(supply);
  });
}

Deno.test("in the pool: it has the number when it is registered", () =>
  withPool({}, ["646", WANTED], async (supply) => {
    const id = await registerOne(supply.db, { areaCode: WANTED });
    assertEquals(await sees(supply, id), WANTED);
    assertEquals(await purchases(supply), []);
  }));

Deno.test("for sale: it waits while it is bought, whatever else the pool has", () =>
  withPool({}, ["646"], async (supply) => {
    const id = await registerOne(supply.db, { areaCode: WANTED });
    assertEquals(await sees(supply, id), "waiting");
    await sweep(supply.db);
    assertEquals(await sees(supply, id), "waiting");
    await supply.run();
    assertEquals(await sees(supply, id), WANTED);
    assertEquals((await freeNumbers(supply.db)).length, 6);
    assertEquals((await purchases(supply)).length, 1);
  }));

Deno.test("asked for later, by request_phone_number: the same", () =>
  withPool({}, [], async (supply) => {
    const { db } = supply;
    await db.query("update phone_pool.settings set low_water = 0");
    const id = await registerOne(db, { phone: "+12025550199" });
    await db.query("update public.organizations set phone = null");
    await db.query("select request_phone_number($1, $2)", [id, WANTED]);
    assertEquals(await sees(supply, id), "waiting");
    await supply.run();
    assertEquals(await sees(supply, id), WANTED);
  }));

Deno.test("sold out: the nearest of the state is bought", () =>
  withPool({ inventory: { area_codes: { [WANTED]: 0 } } }, ["646"], async (supply) => {
    const id = await registerOne(supply.db, { areaCode: WANTED });
    await supply.run();
    assertEquals(await sees(supply, id), NEAREST);
    const rows = await supply.db.query(
      "select area_code, wanted_area_code from phone_pool.purchases",
    );
    assertEquals(rows, [{ area_code: NEAREST, wanted_area_code: WANTED }]);
  }));

Deno.test("sold out, and the pool has one of the nearest: that one, and nothing is bought", () =>
  withPool({ inventory: { area_codes: { [WANTED]: 0 } } }, ["646", NEAREST], async (supply) => {
    const id = await registerOne(supply.db, { areaCode: WANTED });
    assertEquals(await sees(supply, id), "waiting");
    await supply.run();
    assertEquals(await sees(supply, id), NEAREST);
    assertEquals((await purchases(supply)).map(({ status }) => status), ["cancelled"]);
  }));

Deno.test("the whole state sold out: any number, of the pool if it has one", async (t) => {
  const inventory = { area_codes: { [WANTED]: 0, [NEAREST]: 0 } };
  await t.step("the pool has one", () =>
    withPool({ inventory }, ["646"], async (supply) => {
      const id = await registerOne(supply.db, { areaCode: WANTED });
      await supply.run();
      assertEquals(await sees(supply, id), "646");
      assertEquals((await purchases(supply)).map(({ status }) => status), ["cancelled"]);
    }));
  await t.step("the pool is empty", () =>
    withPool({ inventory }, [], async (supply) => {
      await supply.db.query("update phone_pool.settings set low_water = 0");
      const id = await registerOne(supply.db, { areaCode: WANTED });
      await supply.run();
      assertEquals((await purchases(supply)).map(({ status }) => status), ["owned"]);
      assertEquals((await sees(supply, id))?.length, 3);
    }));
});

Deno.test("never answered: after area_code_wait the nearest that the pool has, else any", async (t) => {
  const cases = [
    { name: "the pool has the nearest", pool: ["646", NEAREST], gets: NEAREST },
    { name: "the pool has others", pool: ["646"], gets: "646" },
  ];
  for (const { name, pool, gets } of cases) {
    await t.step(name, () =>
      withPool({ timeout: 100 }, pool, async (supply) => {
        supply.simulator.control.addFault({ operation: "*", kind: "timeout" });
        const id = await registerOne(supply.db, { areaCode: WANTED });
        for (let minute = 0; minute < 9; minute += 3) {
          await supply.run();
          await sweep(supply.db);
          assertEquals(await sees(supply, id), "waiting");
          await supply.pass(120);
        }
        await supply.pass(240);
        await sweep(supply.db);
        assertEquals(await sees(supply, id), gets);
        supply.simulator.control.clearFaults();
        await supply.pass(600);
        await sweep(supply.db);
        await settle(supply);
        assertEquals(
          (await purchases(supply)).filter(({ status }) =>
            ["planned", "ordering", "ordered"].includes(status)
          ),
          [],
        );
      }));
  }
});

Deno.test("never answered and nothing in the pool: the next number, whatever it is", () =>
  withPool({ timeout: 100 }, [], async (supply) => {
    const { db, simulator: { control } } = supply;
    await db.query("update phone_pool.settings set low_water = 0");
    control.addFault({ operation: "*", kind: "timeout" });
    const id = await registerOne(db, { areaCode: WANTED });
    await supply.run();
    await supply.pass(601);
    await sweep(db);
    assertEquals(await sees(supply, id), "waiting");
    await addNumbers(db, 1, { areaCode: "646" });
    await sweep(db);
    assertEquals(await sees(supply, id), "646");
  }));
