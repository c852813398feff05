import type { TestDatabase } from "../../../support/database.ts";

/** Something that is told about the call of that id. */
export type Fact = (db: TestDatabase, id: string) => Promise<unknown>;

export const event = (type: string, details: object): Fact => async (db, id) => {
  const payload = { room: `call-${id}`, identity: `callee-${id}`, ...details };
  await db.query(
    `select phone_pool_worker.process_webhook_event(phone_pool_worker.record_webhook_event('livekit', gen_random_uuid()::text, $1, $2,
       clock_timestamp() + interval '9 seconds'))`,
    [type, payload],
  );
};
export const left = (disconnect_reason: number, sip_status: string) =>
  event("participant_left", { disconnect_reason, sip_status });
export const joined = event("participant_joined", { sip_status: "dialing", disconnect_reason: 0 });
export const finished = event("room_finished", {});
export const report = (what: string, outcome: string | null, seconds: number): Fact => (db, id) =>
  db.query(
    `select phone_pool_worker.report_intake_call($1, $2, $3, clock_timestamp() + $4::int * interval '1 second')`,
    [id, what, outcome, seconds],
  );
export const failed = (status: string): Fact => (db, id) =>
  db.query("select phone_pool_worker.record_intake_call($1, $2, 'telephony_timeout')", [
    id,
    status,
  ]);
// LiveKit has the call, and its answer to the dial comes at some time after that.
export const had: Fact = (db, id) =>
  db.query("select phone_pool_worker.record_intake_call($1, 'dialing', p_sip_call_id => 'SCL_1')", [
    id,
  ]);
export const refused = (status: string, code: string, sipStatus: number | null): Fact => (db, id) =>
  db.query("select phone_pool_worker.record_intake_call($1, $2, $3, p_sip_status => $4)", [
    id,
    status,
    code,
    sipStatus,
  ]);
export const picksUp: Fact = (db, id) =>
  db.query(
    `select phone_pool_worker.record_intake_call($1, 'answered', p_at => (
       select dialing_at + interval '10 milliseconds' from phone_pool_worker.get_intake_call($1)))`,
    [id],
  );
// What LiveKit is certain of without a SIP status.
export const final = (status: string, code: string): Fact => (db, id) =>
  db.query("select phone_pool_worker.record_intake_call($1, $2, $3, p_is_final => true)", [
    id,
    status,
    code,
  ]);
// Decided whenever the phone may be up; that it no longer is, is no fact.
const hangingUp = (reason: string): Fact => (db, id) =>
  db.query(
    `update phone_pool.intake_calls set hang_up_at = now(), hang_up_reason = $2 where id = $1`,
    [id, reason],
  ).then(() => db.query("select phone_pool.settle_call($1)", [id]));
export const hangUp = hangingUp("agent_left");
export const tooLong = hangingUp("max_call_minutes");
export const lost: Fact = (db, id) =>
  db.query("select phone_pool_worker.record_intake_call_lost($1)", [id]);
