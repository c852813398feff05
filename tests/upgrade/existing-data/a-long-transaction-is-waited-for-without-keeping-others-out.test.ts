import { readFile } from "node:fs/promises";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { createProject } from "../../deploy/support/project.ts";
import { startWriter } from "../support/lock-watch.ts";

const SQL = await readFile(new URL("../support/application.sql", import.meta.url), "utf8");

class Enough extends Error {}

Deno.test("while a transaction holds organizations, others write on, and migrations wait", async () => {
  await using project = await createProject((database) => database.query(SQL));
  const { database, said } = project;
  const long = await database.connect();
  await long.query("begin");
  await long.query("update public.organizations set visits = 1 where slug = 'clinic-2'");
  const writer = await startWriter(database);

  const deployed = assertRejects(
    () =>
      project.deploy({}, (name) => {
        if (name === "database") throw new Enough();
      }),
    Enough,
  );
  try {
    await until(() => said.some((line) => line.includes("organizations is busy")));
  } finally {
    await long.query("commit");
  }
  await deployed;
  const { slowest, writes } = await writer.stop();
  // The lock_timeout is 150 ms; without it, writers would have queued until the commit. The rest is
  // for a machine that is busy otherwise.
  if (Deno.env.has("SHOW")) console.log({ slowest, writes });
  assert(slowest < 1000 && writes > 50, `slowest of ${writes} writes: ${slowest} ms`);
  assertEquals(
    await database.query("select visits from public.organizations where slug = 'clinic-2'"),
    [{ visits: 1 }],
  );
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!condition()) {
    assert(Date.now() < deadline, "the migrations did not give up the lock");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
