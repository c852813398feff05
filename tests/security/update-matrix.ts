// Writes down what the catalogue says now: deno run -A tests/security/update-matrix.ts
import { createTestDatabase } from "../support/database.ts";
import { DEFINERS_FILE, MATRIX_FILE } from "./support/files.ts";
import { definerList, rightsMatrix } from "./support/matrix.ts";

const db = await createTestDatabase();
await Deno.writeTextFile(MATRIX_FILE, await rightsMatrix(db));
await Deno.writeTextFile(DEFINERS_FILE, await definerList(db));
await db.drop();
Deno.exit(0);
