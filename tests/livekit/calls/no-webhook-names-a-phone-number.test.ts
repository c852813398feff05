import { readFile } from "node:fs/promises";
import { assert, assertEquals } from "../../support/assert.ts";
import { startReportingAgent } from "../support/reporting-agent.ts";
import { until } from "../support/until.ts";
import { wireTest } from "../support/wire.ts";

// What LiveKit puts into webhooks it also shows in its logs and dashboards.
wireTest("no webhook names a phone number", async (wire) => {
  await using _carrier = await wire.startCarrier("answers-and-hangs-up", { talkMilliseconds: 500 });
  await using _agent = await startReportingAgent(wire);
  const [clinic] = await wire.clinics(1);
  const patient = wire.nextPatient();
  const { room_name } = await wire.call(clinic!, patient);
  await until("the room is closed", async () => {
    return (await wire.webhooks(room_name)).some(({ event }) => event === "room_finished");
  }, 30);
  const lines = (await readFile(wire.info.webhookFile, "utf8")).split("\n")
    .filter((line) => line.includes(room_name));
  assert(lines.some((line) => line.includes("participant_left")));
  for (const number of [patient, clinic!.phone]) {
    assertEquals(lines.filter((line) => line.includes(number.slice(1))), []);
  }
});
