import { z } from "zod";
import { createDatabase, DatabaseError } from "../../../../functions/_shared/database.ts";
import { AppError } from "../../../../functions/_shared/errors.ts";
import { createTestDatabase } from "../../../support/database.ts";
import { assert, assertEquals, assertRejects } from "../../../support/assert.ts";
import { value } from "../../../support/pool.ts";
import { createRpc } from "../../../support/rpc.ts";
import { openSession, until } from "../../../support/sessions.ts";

/** A Data API that answers with these SQLSTATEs, one after the other, and then with 7. */
async function withDataApi(
  sqlstates: string[],
  body: (url: string, asked: () => number) => Promise<void>,
) {
  let asked = 0;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => {
    const code = sqlstates[asked++];
    return code === undefined
      ? Response.json(7)
      : Response.json({ code, message: "a test", details: null, hint: null }, { status: 500 });
  });
  try {
    await body(`http://127.0.0.1:${server.addr.port}`, () => asked);
  } finally {
    await server.shutdown();
  }
}

const CASES: { sqlstates: string[]; asked: number; ends: "7" | string }[] = [
  { sqlstates: ["40001"], asked: 2, ends: "7" },
  { sqlstates: ["40P01"], asked: 2, ends: "7" },
  { sqlstates: ["40001", "40P01", "40001"], asked: 4, ends: "7" },
  { sqlstates: ["40001", "40001", "40001", "40001"], asked: 4, ends: "40001" },
  // Done or not, it is not done again.
  { sqlstates: ["55P03"], asked: 1, ends: "55P03" },
  { sqlstates: ["23505"], asked: 1, ends: "23505" },
  { sqlstates: ["PP006"], asked: 1, ends: "claim_lost" },
];

Deno.test("what was taken back is done again, up to three times; everything else is not", async (t) => {
  for (const { sqlstates, asked, ends } of CASES) {
    await t.step(
      `${sqlstates.join(", ")}: asked ${asked} times, ${ends}`,
      () =>
        withDataApi(sqlstates, async (url, count) => {
          const call = createDatabase(url, "sb_secret_test");
          const outcome = await call("a_function", {}, z.number()).catch((error: unknown) => {
            if (error instanceof DatabaseError) return error.sqlstate;
            return error instanceof AppError ? error.code : error;
          });
          assertEquals([String(outcome), count()], [ends, asked]);
        }),
    );
  }
});

Deno.test("repeating ends with the time that a call may take", () =>
  withDataApi(Array.from({ length: 9 }, () => "40001"), async (url) => {
    const call = createDatabase(url, "sb_secret_test", 1);
    const error = await assertRejects(() => call("a_function", {}, z.number()));
    assert(error instanceof AppError && error.code === "database_unavailable", String(error));
  }));

for (const isolation of ["repeatable read", "serializable"]) {
  Deno.test(`two planners at ${isolation}: the second one tries again and plans`, async () => {
    await using db = await createTestDatabase();
    await db.query(`alter database ${db.name} set default_transaction_isolation = '${isolation}'`);
    const first = await openSession(db);
    await first.query("begin");
    await first.query("update phone_pool.planner set began_at = now() where only_row");
    const client = await db.connect("service_role");
    const planned = createRpc(client)("run_planner", {}, z.number());
    const blocked = `select exists (select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock')`;
    await until(() => value<boolean>(first, blocked), "the second planner waits for the first");
    await first.query("commit");
    assertEquals(await planned, 10);
  });
}
