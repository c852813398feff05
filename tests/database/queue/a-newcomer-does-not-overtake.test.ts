import { assertEquals } from "../../support/assert.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addNumbers, type Organization, phonesOf, planNow, register } from "../../support/pool.ts";

/** One number arrives unnoticed (a registration rolled back, say) while somebody waits. */
const CASES: { name: string; waits: Organization; comes: Organization }[] = [
  { name: "both want any number", waits: {}, comes: {} },
  { name: "the newcomer wants its area code", waits: {}, comes: { areaCode: "907" } },
  { name: "who waits wants its area code", waits: { areaCode: "907" }, comes: {} },
  { name: "both want the same", waits: { areaCode: "907" }, comes: { areaCode: "907" } },
];

for (const { name, waits, comes } of CASES) {
  Deno.test(`the free number is for who waits, not for a newcomer: ${name}`, async () => {
    await using db = await createTestDatabase();
    const first = await register(db, 1, waits);
    const [number] = await addNumbers(db, 1, { areaCode: "907" });
    const second = await register(db, 1, comes);
    assertEquals(await phonesOf(db, [...first, ...second]), [null, null], "it serves nobody");
    await planNow(db);
    assertEquals(await phonesOf(db, [...first, ...second]), [number ?? null, null]);
  });
}
