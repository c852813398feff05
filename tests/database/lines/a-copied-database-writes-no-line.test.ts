import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { oneHolder } from "../../support/lifecycle.ts";

const [HOME, ELSEWHERE] = ["abcdefghijklmnopqrst", "bcdefghijklmnopqrstu"];

Deno.test("functions of another project get no line to write, and those of the first do", async () => {
  await using db = await createTestDatabase();
  const { organizationId } = await oneHolder(db);
  await db.query("update phone_pool.settings set project_ref = $1", [HOME]);
  await db.query("select set_callback_number($1, '+16175550188')", [organizationId]);
  const claim = async (project: string) => {
    const client = await db.connect("service_role");
    const headers = JSON.stringify({ "x-phone-pool-project": project });
    await client.query("select set_config('request.headers', $1, false)", [headers]);
    const { rows } = await client.query(
      "select forward_to from phone_pool_worker.claim_lines(p_follow => true)",
    );
    return rows;
  };
  assertEquals(await claim(ELSEWHERE), []);
  assertEquals(await claim(HOME), [{ forward_to: "+16175550188" }]);
});
