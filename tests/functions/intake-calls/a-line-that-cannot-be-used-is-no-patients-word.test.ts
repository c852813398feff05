import type { Outcome } from "../../../supabase/local/simulators/livekit/outcomes.ts";
import type { SimulatedTrunk } from "../../../supabase/local/simulators/livekit/options.ts";
import { assertEquals, assertNotMatch } from "../../support/assert.ts";
import { callBody, clinicWith, placeCall, TRUNK } from "../../support/calls.ts";
import { untilEnded, withWebhooks } from "../../support/webhooks.ts";

const ENDS: Record<string, [outcome: Outcome, end: [string, string]]> = {
  "the carrier refuses the trunk's password": [
    { kind: "login-refused" },
    ["failed", "trunk_login_refused"],
  ],
  "an answer without a word on media": [
    { kind: "unusable-answer", why: "no-sdp" },
    ["failed", "media_refused"],
  ],
  "an answer in a foreign codec": [
    { kind: "unusable-answer", why: "codec" },
    ["failed", "media_refused"],
  ],
  "an answer in clear, where encryption is required": [
    { kind: "unusable-answer", why: "encryption" },
    ["failed", "media_refused"],
  ],
  "no codec that the carrier takes": [
    { kind: "sip-status", status: 488 },
    ["failed", "media_refused"],
  ],
  "a network that blocks": [
    { kind: "sip-status", status: 603, reason: "Network Blocked" },
    ["blocked", "call_blocked"],
  ],
  "a network that takes it for spam": [
    { kind: "sip-status", status: 608, reason: "Rejected" },
    ["blocked", "call_blocked"],
  ],
  "a patient who has marked the number": [
    { kind: "sip-status", status: 607, reason: "Unwanted" },
    ["blocked", "call_blocked"],
  ],
  "and a patient who declines": [{ kind: "declined" }, ["declined", "callee_declined"]],
};

Deno.test("a line that cannot be used is no patient's word", async (t) => {
  await withWebhooks(async (scene) => {
    const clinic = await clinicWith(scene.db, "+19712656795");
    let k = 1000;
    for (const [what, [outcome, end]] of Object.entries(ENDS)) {
      await t.step(what, async () => {
        const body = callBody(clinic, { phone_number: `+1212555${k++}` });
        const placed = await placeCall(scene, body, outcome);
        await untilEnded(scene, placed.body.sip_call_id);
        await scene.background();
        const [row] = await scene.db.query(
          `select status, reason, left_reason is not null as told
           from phone_pool.intake_calls where sip_call_id = $1`,
          [placed.body.sip_call_id],
        );
        assertEquals(row, { status: end[0], reason: end[1], told: true });
      });
    }
  }, { answerMs: 1, millisecondsPerSecond: 50 });
});

const URL = "https://redress.example.com/calls?id=12345";

Deno.test("where a block can be contested is kept, wherever LiveKit tells it", async (t) => {
  const metas: Record<string, Record<string, string>> = {
    "in the carrier's words": {
      sip_status: "Network Blocked",
      error_details: `v=analytics1;url=${URL};id=1`,
    },
    "in a header of its own": {
      sip_status: "Network Blocked",
      reason: `SIP;cause=603;text="v=analytics1;url=${URL}"`,
    },
  };
  for (const [what, meta] of Object.entries(metas)) {
    await t.step(what, () =>
      withWebhooks(async ({ db, simulator, post, logs }) => {
        simulator.control.setFaults({
          method: "CreateSIPParticipant",
          kind: "error",
          code: "permission_denied",
          message: "sip status 603",
          meta: { sip_status_code: "603", ...meta },
        });
        const answer = await post(callBody(await clinicWith(db, "+19712656795")));
        assertEquals([answer.status, answer.body.code], [502, "call_blocked"]);
        assertEquals(
          await db.query("select status, redress_url, sip_status from public.admin_intake_calls"),
          [{ status: "blocked", redress_url: URL, sip_status: 603 }],
        );
        assertNotMatch(logs.join(), /redress\.example/);
      }));
  }
});

interface Line {
  setting: string;
  trunk: Partial<SimulatedTrunk>;
  asked: string;
}

const LINES: Record<string, Line> = {
  "allow, as it is": { setting: "allow", trunk: {}, asked: "allow" },
  "allow, with a password by UDP: the call matters more": {
    setting: "allow",
    trunk: { authUsername: "clinics" },
    asked: "disable",
  },
  "allow, with a password by TCP": {
    setting: "allow",
    trunk: { authUsername: "clinics", transport: "tcp" },
    asked: "allow",
  },
  "allow, with a password by TLS": {
    setting: "allow",
    trunk: { authUsername: "clinics", transport: "tls" },
    asked: "allow",
  },
  "require": { setting: "require", trunk: { transport: "tls" }, asked: "require" },
  "disable": { setting: "disable", trunk: { transport: "tls" }, asked: "disable" },
  "a carrier that takes nothing else": {
    setting: "require",
    trunk: { transport: "tls", requiresEncryption: true },
    asked: "require",
  },
};

for (const [what, { setting, trunk, asked }] of Object.entries(LINES)) {
  Deno.test(`speech is encrypted as the setting says: ${what}`, () =>
    withWebhooks(async ({ db, simulator, post }) => {
      await db.query("update phone_pool.settings set media_encryption = $1", [setting]);
      simulator.control.setOutcomes({ "*": { kind: "silent" } });
      const answer = await post(callBody(await clinicWith(db, "+19712656795")));
      assertEquals(answer.status, 202);
      const [call] = simulator.state().calls;
      assertEquals([call?.mediaEncryption, call?.status], [asked, "dialing"]);
    }, { trunks: [{ ...TRUNK, ...trunk }] }));
}

Deno.test("encryption that is required and does not fit fails, and says so", () =>
  withWebhooks(async (scene) => {
    await scene.db.query("update phone_pool.settings set media_encryption = 'require'");
    const answer = await scene.post(callBody(await clinicWith(scene.db, "+19712656795")));
    if (answer.status === 202) await scene.background();
    else assertEquals([answer.status, answer.body.code], [502, "media_refused"]);
    assertEquals(
      await scene.db.query("select status, reason from phone_pool.intake_calls"),
      [{ status: "failed", reason: "media_refused" }],
    );
  }, { answerMs: 1, trunks: [{ ...TRUNK, authUsername: "clinics", transport: "udp" }] }));
