// Writes down the client's types of the schema: deno run -A tests/schema/update-client-types.ts
import { createTestDatabase } from "../support/database.ts";
import { clientTypes, TYPES_FILE } from "./client-types.ts";

const db = await createTestDatabase();
await Deno.writeTextFile(TYPES_FILE, await clientTypes(db));
await db.drop();
Deno.exit(0);
