// Writes down what the migrations build now: deno run -A tests/schema/update-snapshot.ts
import { createTestDatabase } from "../support/database.ts";
import { schemaSnapshot, SNAPSHOT_FILE } from "./snapshot.ts";

const db = await createTestDatabase();
await Deno.writeTextFile(SNAPSHOT_FILE, await schemaSnapshot(db));
await db.drop();
Deno.exit(0);
