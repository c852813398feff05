import type { Time } from "../../functions/_shared/nudged-worker.ts";
import type { TestDatabase } from "./database.ts";

/** A clock for the database and the worker that waiting puts forward. */
export async function createTime(
  db: TestDatabase,
): Promise<{ time: Time; pass(seconds: number): Promise<void> }> {
  const client = await db.connect();
  await client.query(`
    create sequence phone_pool.test_milliseconds minvalue 0 start 0;
    grant select, update, usage on sequence phone_pool.test_milliseconds to public;
    create or replace function phone_pool.clock() returns timestamptz
    language sql set search_path = pg_catalog, pg_temp
    as $$ select clock_timestamp() + (select last_value from phone_pool.test_milliseconds)
      * interval '1 millisecond' $$`);
  let offset = 0;
  const delay = async (milliseconds: number) => {
    offset += Math.ceil(milliseconds);
    await client.query("select setval('phone_pool.test_milliseconds', $1)", [offset]);
  };
  return {
    time: { now: () => Date.now() + offset, delay },
    pass: (seconds: number) => delay(seconds * 1000),
  };
}
