import pg from "pg";

/**
 * Calls `reload` when the schema changed, as PostgREST does: on `notify pgrst`, which the platform's
 * event trigger sends after every DDL statement.
 */
export async function watchSchema(databaseUrl: string, reload: () => Promise<unknown>) {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: "gateway" });
  client.on("error", (error) => {
    console.error(`The gateway lost the database: ${error.message}`);
    Deno.exit(1);
  });
  client.on("notification", oneAtATime(reload));
  await client.connect();
  await client.query("listen pgrst");
}

// Many statements change a schema in a row; one more reload after the last of them is enough.
function oneAtATime(work: () => Promise<unknown>): () => Promise<void> {
  let running = false;
  let again = false;
  return async () => {
    again = true;
    if (running) return;
    running = true;
    while (again) {
      again = false;
      await work().catch((error) => console.error(error));
    }
    running = false;
  };
}
