import { assert, assertEquals } from "../../support/assert.ts";
import { callBody, clinicWith, openRooms, type Scene, withCalls } from "../../support/calls.ts";
import type { CallDatabase } from "../../../functions/_shared/database.ts";

/** Does `interfere` right before the database is first asked for `step`. */
function interfereBefore(step: string, interfere: () => Promise<unknown>) {
  let isDone = false;
  return (call: CallDatabase): CallDatabase => async (name, parameters, result) => {
    if (name === step && !isDone) {
      isDone = true;
      await interfere();
    }
    return await call(name, parameters, result);
  };
}

const STEPS = ["open_intake_call", "start_intake_call", "record_intake_call"] as const;
const OLD = "+19712656795";
const NEW = "+19713334444";

const CHANGES: [what: string, statements: string[]][] = [
  ["released", ["select unassign_phone_number($1, 'left')"]],
  ["swapped", [
    "select unassign_phone_number($1, 'swap')",
    // Its own old number would be the first choice.
    `select retire_phone_number('${OLD}', 'swap')`,
    `select import_phone_number('${NEW}', 'new')`,
    "select request_phone_number($1)",
  ]],
];

async function change(scene: Pick<Scene, "db">, statements: string[], clinic: string) {
  for (const statement of statements) {
    await scene.db.query(statement, statement.includes("$1") ? [clinic] : []);
  }
}

for (const [what, statements] of CHANGES) {
  for (const step of STEPS) {
    Deno.test(`${what} right before ${step}`, async () => {
      let interfere: () => Promise<unknown> = () => Promise.resolve();
      await withCalls(async (scene) => {
        const { db, simulator, post } = scene;
        const clinic = await clinicWith(db, OLD);
        interfere = () => change(scene, statements, clinic);
        const answer = await post(callBody(clinic));
        const calls = simulator.state().calls.map(({ from }) => from);
        if (step === "open_intake_call") {
          assertEquals(calls, what === "swapped" ? [NEW] : []);
          assertEquals(answer.status, what === "swapped" ? 202 : 400);
        } else if (step === "start_intake_call") {
          assertEquals([answer.status, answer.body.code], [409, "permit_expired"]);
          assertEquals(calls, []);
          assertEquals(openRooms(scene), []);
        } else {
          // The phone rings already: the number was the clinic's when it began to.
          assertEquals([answer.status, calls], [202, [OLD]]);
          assert(answer.body.caller_id === OLD);
        }
      }, { wrapDatabase: interfereBefore(step, () => interfere()) });
    });
  }
}

Deno.test("a stop recorded while the room is prepared: the phone does not ring", async () => {
  let interfere: () => Promise<unknown> = () => Promise.resolve();
  await withCalls(async (scene) => {
    const clinic = await clinicWith(scene.db, OLD);
    interfere = () => scene.db.query("select add_do_not_call('+12125550123', $1)", [clinic]);
    const answer = await scene.post(callBody(clinic));
    assertEquals([answer.status, answer.body.code], [403, "do_not_call"]);
    assertEquals(scene.simulator.state().calls, []);
    assertEquals(openRooms(scene), []);
  }, { wrapDatabase: interfereBefore("start_intake_call", () => interfere()) });
});
