import { assertEquals } from "../../support/assert.ts";
import type { Scenario } from "../support/carrier.ts";
import { until } from "../support/until.ts";
import { wireTest } from "../support/wire.ts";

interface Case {
  setting: "require" | "allow" | "disable";
  by: "tcp" | "udp";
  scenario: Scenario;
  /** Of the INVITE's SDP. */
  offered: "RTP/AVP" | "RTP/SAVP";
  end: [status: string, reason: string | null];
}

const [AVP, SAVP] = ["RTP/AVP", "RTP/SAVP"] as const;
const REFUSED: Case["end"] = ["failed", "media_refused"];
const TALKED: Case["end"] = ["completed", null];

const CASES: Case[] = [
  { setting: "require", by: "tcp", scenario: "requires-encryption", offered: SAVP, end: TALKED },
  { setting: "allow", by: "tcp", scenario: "requires-encryption", offered: SAVP, end: TALKED },
  { setting: "disable", by: "tcp", scenario: "requires-encryption", offered: AVP, end: REFUSED },
  // A carrier that answers in clear.
  { setting: "require", by: "tcp", scenario: "answers-and-stays", offered: SAVP, end: REFUSED },
  { setting: "allow", by: "tcp", scenario: "answers-and-stays", offered: SAVP, end: TALKED },
  // One that asks for the trunk's password, which does not fit into a packet with the keys.
  { setting: "allow", by: "tcp", scenario: "challenges", offered: SAVP, end: TALKED },
  { setting: "allow", by: "udp", scenario: "challenges", offered: AVP, end: TALKED },
  { setting: "require", by: "udp", scenario: "challenges", offered: SAVP, end: REFUSED },
  { setting: "require", by: "udp", scenario: "requires-encryption", offered: SAVP, end: TALKED },
];

for (const { setting, by, scenario, offered, end } of CASES) {
  const name = `speech is encrypted as the setting says: ${setting}, ${by}, ${scenario}`;
  wireTest(name, async (wire) => {
    await using _trunk = by === "tcp" ? await wire.trunkByTcp() : undefined;
    await wire.query("update phone_pool.settings set media_encryption = $1", [setting]);
    await using carrier = await wire.startCarrier(scenario, { transport: by });
    await using _agent = await wire.startAgent({
      onCallStatus: async ({ status, room }) => {
        if (status === "active") await wire.rooms.deleteRoom(room);
      },
    });
    const [clinic] = await wire.clinics(1);
    const patient = wire.nextPatient();
    const answer = await wire.application.call(clinic!, patient);
    // LiveKit may have had a call that fails for too short a time to be seen to have it.
    if (answer.status !== 202) assertEquals([answer.status, answer.body.code], [502, end[1]]);
    const row = await until("the end", async () => {
      const [row] = await wire.query(
        `select status, reason from phone_pool.intake_calls
         where callee = $1 and left_at is not null
           and (dial_answered_at is not null or dial_failed_at is not null)`,
        [patient],
      );
      return row;
    });
    assertEquals([row.status, row.reason], end);
    const { invites } = await carrier.call(patient, "an INVITE", () => true);
    assertEquals(invites[0]?.body.match(/^m=audio \d+ (\S+)/m)?.[1], offered);
    assertEquals(/^a=crypto:/m.test(invites[0]?.body ?? ""), offered === "RTP/SAVP");
    await wire.query("update phone_pool.settings set media_encryption = 'allow'");
  });
}
