import { assert, assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { oneHolder, setStatus } from "../../support/lifecycle.ts";
import {
  addNumbers,
  contradictions,
  existing,
  on,
  openAlerts,
  phonesOf,
  register,
  registerOne,
  setVault,
  sweep,
  travel,
  values,
  waiting,
} from "../../support/pool.ts";
import { buyAllDue } from "../../support/purchases.ts";

/** The next that writes a phone is refused, and none after it. */
async function refuseOnce(db: TestDatabase) {
  await db.query("create sequence public.refusals");
  await db.query(
    `create function public.refuse_of_a_test() returns trigger language plpgsql as $$
     begin
       if nextval('public.refusals') = 1 then raise exception 'refused by the test'; end if;
       return new;
     end $$`,
  );
  await db.query(
    `create trigger refuse before update on organizations for each row
     when (new.phone is not null) execute function public.refuse_of_a_test()`,
  );
}

/** How an active organization may come to have neither a number nor a place in the queue. */
const LOST: Record<string, (db: TestDatabase) => Promise<string>> = {
  "back-dated by an import whose assignment failed": async (db) => {
    await refuseOnce(db);
    const [row] = await db.query<{ id: string }>(
      `insert into organizations (name, slug, created_at)
       values ('x', 'x', now() - interval '1 month') returning id`,
    );
    return row?.id ?? "";
  },
  "registered where no trigger fires, years ago": async (db) => {
    await db.query("set session_replication_role = replica");
    const id = await registerOne(db);
    await db.query("update organizations set created_at = now() - interval '9 years'");
    await db.query("set session_replication_role = origin");
    return id;
  },
  "back, where that failed": async (db) => {
    const { organizationId } = await oneHolder(db);
    await setStatus(db, organizationId, "canceled");
    await db.query("select retire_phone_number(phone_number, 'x') from phone_numbers");
    await refuseOnce(db);
    await setStatus(db, organizationId, "active");
    return organizationId;
  },
  "active again where no trigger fires": async (db) => {
    const id = await registerOne(db, { status: "canceled" });
    await db.query("set session_replication_role = replica");
    await setStatus(db, id, "active");
    await db.query("set session_replication_role = origin");
    return id;
  },
  "active by a change of the settings": async (db) => {
    const id = await registerOne(db, { status: "canceled" });
    await db.query("update phone_pool.settings set inactive_statuses = '{gone}'");
    return id;
  },
  "it had a phone of its own, and has none any more": async (db) => {
    const id = await registerOne(db, { phone: "303 555 0100" });
    await db.query("update organizations set phone = '' where id = $1", [id]);
    return id;
  },
  "its place in the queue was deleted by hand": async (db) => {
    const id = await registerOne(db);
    await db.query("delete from phone_pool.number_requests where true");
    return id;
  },
  "registered in a repeatable read transaction": async (db) => {
    await addNumbers(db, 1, { areaCode: "907" });
    const client = on(await db.connect());
    await client.query("begin isolation level repeatable read");
    await client.query("select count(*) from organizations");
    await register(db, 1);
    const id = await registerOne(client);
    await client.query("commit");
    return id;
  },
};

Deno.test("an active organization without a number is found, whatever its age and however it came", async (t) => {
  for (const [what, lose] of Object.entries(LOST)) {
    await t.step(what, async () => {
      await using db = await createTestDatabase();
      await setVault(db);
      const id = await lose(db);
      for (const minutes of [0, 2, 4]) {
        await travel(db, `${minutes} minutes`);
        await sweep(db);
        await buyAllDue(db);
      }
      assertEquals((await phonesOf(db, [id])).includes(null), false);
      assertEquals(await contradictions(db), []);
    });
  }
});

Deno.test("in rotation, a bounded number at a time: each of 1,200 is found in three sweeps", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await db.query("set session_replication_role = replica");
  const ids = await register(db, 1200);
  await db.query("set session_replication_role = origin");
  for (const [found, queued] of [[500, 500], [500, 1000], [200, 1200], [0, 1200], [0, 1200]]) {
    assertEquals((await sweep(db)).look_after_organizations, found);
    assertEquals((await waiting(db)).length, queued);
  }
  assertEquals((await waiting(db)).toSorted(), ids.toSorted());
});

Deno.test("one that cannot be written keeps none of the others from being found", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  const numbers = await addNumbers(db, 5);
  const ids = await register(db, 5);
  await db.query(
    `create function public.refuse_of_a_test() returns trigger language plpgsql
     as $$ begin raise exception 'refused by the test'; end $$`,
  );
  await db.query("set session_replication_role = replica");
  await db.query("update organizations set phone = null where true");
  await db.query("set session_replication_role = origin");
  const bad = ids.toSorted()[0] ?? "";
  await db.query(
    `create trigger refuse before update on organizations for each row
     when (old.id = '${bad}') execute function public.refuse_of_a_test()`,
  );
  assertEquals((await sweep(db)).look_after_organizations, 4);
  assertEquals(
    await phonesOf(db, ids),
    ids.map((id, k) => id === bad ? null : numbers[k] ?? null),
  );
  const alerts = () =>
    values<string>(
      db,
      `select subject as value from phone_pool.alerts
       where kind = 'assignment_failed' and closed_at is null and quiet_since is null`,
    );
  assertEquals(await alerts(), [bad]);
  await db.query("drop trigger refuse on organizations");
  await sweep(db);
  await sweep(db);
  assertEquals(await phonesOf(db, ids), numbers);
  await travel(db, "11 minutes");
  await sweep(db);
  assertEquals(await alerts(), []);
});

Deno.test("the alert of a failed assignment stays as long as it fails", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await addNumbers(db, 9);
  await db.query(
    `create function public.refuse_of_a_test() returns trigger language plpgsql
     as $$ begin raise exception 'refused by the test'; end $$`,
  );
  await db.query(
    `create trigger refuse before update on organizations for each row
     execute function public.refuse_of_a_test()`,
  );
  const id = await registerOne(db);
  const isOpen = async () => (await openAlerts(db)).includes("assignment_failed");
  for (const minutes of [0, 1, 3, 7, 15, 31, 63, 100, 130, 190, 250, 310]) {
    await travel(db, `${minutes} minutes`);
    await sweep(db);
    assert(await isOpen(), `after ${minutes} minutes`);
  }
  await db.query("drop trigger refuse on organizations");
  await travel(db, "400 minutes");
  await sweep(db);
  await sweep(db);
  await travel(db, "420 minutes");
  await sweep(db);
  assertEquals([await isOpen(), (await phonesOf(db, [id])).includes(null)], [false, false]);
});

Deno.test("a request of one that has a number by now is dropped, and nobody waits behind it", async () => {
  await using db = await createTestDatabase();
  await setVault(db);
  await addNumbers(db, 9);
  const id = await registerOne(db);
  // As a sweep may write it that looked before the registration was committed.
  await db.query("select phone_pool.enqueue_organizations(array[$1::uuid], array[null::text])", [
    id,
  ]);
  assertEquals((await sweep(db)).drop_idle_requests, 1);
  assertEquals([await waiting(db), await contradictions(db)], [[], []]);
  assertEquals((await phonesOf(db, await register(db, 1))).includes(null), false);
});

Deno.test("of those from before, as many are queued as the caps pay for", async () => {
  await using db = await createTestDatabase();
  await db.query("update phone_pool.settings set max_numbers = 8, low_water = 5");
  for (let clinic = 0; clinic < 6; clinic++) await existing(db, {});
  await db.query("update organizations set created_at = now() - interval '1 month'");
  await sweep(db);
  assertEquals((await waiting(db)).length, 3);
  await sweep(db);
  assertEquals((await waiting(db)).length, 3);
});
