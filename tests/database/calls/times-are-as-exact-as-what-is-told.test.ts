import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { allowAnyHour, openCall, startCall } from "../../support/intake-calls.ts";
import { addNumbers, registerOne, rolledBack } from "../../support/pool.ts";

// LiveKit's time of an event is cut off to the second. When it arrives is told to the microsecond.
const ARRIVALS: [what: string, afterMs: number, takenAsMs: number][] = [
  ["at once, early in its second", 30, 30],
  ["at once, late in its second", 980, 980],
  ["a moment later, in the next second", 1040, 1000],
  ["sent again a minute later", 60_000, 1000],
  ["by a clock that is behind", -200, 0],
];

Deno.test("a leg has left when its webhook came, or within the second that LiveKit names", async (t) => {
  await using db = await createTestDatabase();
  await prepare(db);
  for (const [what, afterMs, takenAsMs] of ARRIVALS) {
    await t.step(what, () =>
      rolledBack(db, async () => {
        const id = await dialled(db);
        const [row] = await db.query(
          `with event as (
             insert into phone_pool.webhook_events
               (provider, event_id, event_type, payload, occurred_at, received_at)
             select 'livekit', 'EV_1', 'participant_left',
               jsonb_build_object('room', 'call-' || $1, 'identity', 'callee-' || $1,
                 'disconnect_reason', 1, 'sip_status', 'hangup', 'joined_at_ms', 0),
               '2030-01-01 10:00:00+00',
               timestamptz '2030-01-01 10:00:00+00' + $2 * interval '1 millisecond'
             returning *)
           select round(extract(epoch from phone_pool.happened_at(event)
             - event.occurred_at) * 1000)::int as taken from event`,
          [id, afterMs],
        );
        assertEquals(row?.taken, takenAsMs);
        await db.query(
          "select phone_pool_worker.process_webhook_event(id) from phone_pool.webhook_events",
        );
        const [call] = await db.query(
          `select round(extract(epoch from left_at - '2030-01-01 10:00:00+00') * 1000)::int as left
           from phone_pool_worker.get_intake_call($1)`,
          [id],
        );
        assertEquals(call?.left, takenAsMs);
      }));
  }
});

const ANSWERS: [what: string, afterDiallingMs: number, takenAsMs: number][] = [
  ["within the call", 8000, 8000],
  ["before it, by another clock", -300, 0],
  ["in the future, by another clock", 3_600_000, 10_000],
];

Deno.test("a phone was answered within the call, and that is told once", async (t) => {
  await using db = await createTestDatabase();
  await prepare(db);
  for (const [what, afterMs, takenAsMs] of ANSWERS) {
    await t.step(what, () =>
      rolledBack(db, async () => {
        const id = await dialled(db);
        await db.query(`create or replace function phone_pool.clock() returns timestamptz
          language sql stable set search_path = pg_catalog, pg_temp
          as $$ select max(c.dialing_at) + interval '10 seconds' from phone_pool.intake_calls c $$`);
        const answered =
          `select phone_pool_worker.record_intake_call($1, 'answered', p_at => dialing_at
          + $2 * interval '1 millisecond') is null as nothing from phone_pool_worker.get_intake_call($1)`;
        assertEquals((await db.query(answered, [id, afterMs]))[0]?.nothing, false);
        assertEquals((await db.query(answered, [id, afterMs + 5]))[0]?.nothing, true);
        const [call] = await db.query(
          `select round(extract(epoch from answered_at - dialing_at) * 1000)::int as rang,
             answered_at = dial_answered_at as told from phone_pool_worker.get_intake_call($1)`,
          [id],
        );
        assertEquals(call, { rang: takenAsMs, told: true });
      }));
  }
});

async function prepare(db: TestDatabase): Promise<void> {
  await allowAnyHour(db);
  await addNumbers(db, 2);
}

async function dialled(db: TestDatabase): Promise<string> {
  const { id } = await openCall(db, await registerOne(db));
  await startCall(db, id);
  return id;
}
