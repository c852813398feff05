import { AppError } from "../../../functions/_shared/errors.ts";
import { assertEquals, assertRejects } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { outcomeOf } from "../../support/failure.ts";
import { allowAnyHour, openCall, startCall } from "../../support/intake-calls.ts";
import { addNumbers, registerOne, value } from "../../support/pool.ts";
import { createRpc } from "../../support/rpc.ts";
import { openSession } from "../../support/sessions.ts";
import { z } from "zod";

const WRONG_ISOLATION = "PP056";

for (const isolation of ["repeatable read", "serializable"]) {
  Deno.test(`in a transaction at ${isolation} no call is permitted or begun, and that is said`, async () => {
    await using db = await createTestDatabase();
    await allowAnyHour(db);
    await addNumbers(db, 8);
    const id = await registerOne(db);
    const call = await openCall(db, id);
    const session = await openSession(db);
    for (const step of [() => openCall(session, id), () => startCall(session, call.id)]) {
      await session.query(`begin isolation level ${isolation}`);
      assertEquals(await outcomeOf(step()), WRONG_ISOLATION);
      await session.query("rollback");
    }
  });

  Deno.test(`where ${isolation} is the default, the Data API's calls see what was committed before`, async () => {
    await using db = await createTestDatabase();
    await allowAnyHour(db);
    await addNumbers(db, 8);
    const id = await registerOne(db);
    const call = await openCall(db, id);
    await db.query(`alter database ${db.name} set default_transaction_isolation = '${isolation}'`);
    const callee = await value<string>(db, "(select callee from phone_pool.intake_calls)");
    await db.query("select add_do_not_call($1, null, 'asked to stop')", [callee]);
    const rpc = createRpc(await db.connect("service_role"));
    const started = rpc("start_intake_call", { p_call_id: call.id }, z.unknown());
    const error = await assertRejects(() => started, AppError);
    assertEquals(error.code, "do_not_call");
  });
}
