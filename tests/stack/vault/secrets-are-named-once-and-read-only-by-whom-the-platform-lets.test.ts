import { assertEquals, assertNotEquals, assertRejects } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";

Deno.test("secrets are named once and read only by whom the platform lets", async (test) => {
  await using database = await createTestDatabase({ bare: true });
  const read = "select name, description, decrypted_secret from vault.decrypted_secrets";

  await test.step("created, read, changed", async () => {
    const [created] = await database.query(
      "select vault.create_secret('s3cr3t', 'key', 'why') as id",
    );
    assertEquals(await database.query(read), [
      { name: "key", description: "why", decrypted_secret: "s3cr3t" },
    ]);
    await database.query("select vault.update_secret($1, 'néw')", [created?.id]);
    assertEquals(await database.query(read), [
      { name: "key", description: "why", decrypted_secret: "néw" },
    ]);
  });
  await test.step("the column secret is not the secret", async () => {
    const [row] = await database.query("select secret from vault.secrets");
    assertNotEquals(row?.secret, "néw");
  });
  await test.step("a name is taken once", async () => {
    await assertRejects(
      () => database.query("select vault.create_secret('other', 'key')"),
      Error,
      "duplicate key value",
    );
  });
  await test.step("nobody writes past the functions", async () => {
    await assertRejects(
      () => database.query("insert into vault.secrets (secret) values ('plain')"),
      Error,
      "permission denied",
    );
  });
  await test.step("service_role reads, anon and authenticated do not", async () => {
    const service = await database.connect("service_role");
    assertEquals((await service.query(read)).rowCount, 1);
    for (const role of ["anon", "authenticated"] as const) {
      const client = await database.connect(role);
      await assertRejects(() => client.query(read), Error, "permission denied");
      await assertRejects(
        () => client.query("select vault.create_secret('x')"),
        Error,
        "permission denied",
      );
    }
  });
});
