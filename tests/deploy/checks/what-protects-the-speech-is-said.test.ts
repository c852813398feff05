import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { createProject, type Project } from "../support/project.ts";
import { checkTransport } from "../../../supabase/deploy/checks/line.ts";
import { SIPOutboundTrunkInfo, SIPTransport } from "@livekit/protocol";

const WARNINGS: Record<string, [change: (project: Project) => unknown, says: string]> = {
  "no SRTP at Telnyx": [
    ({ carriers }) => carriers.account.encrypted_media = null,
    "! encrypted speech at Telnyx: off",
  ],
  "recording": [
    ({ carriers }) => carriers.account.recording = "all",
    "! recording at Telnyx: the outbound voice profile records calls (all)",
  ],
  "a trunk that speaks by TCP": [
    ({ carriers }) => carriers.trunk.transport = "tcp",
    "! trunk transport: TCP: numbers and the keys",
  ],
  "a trunk that speaks by UDP": [
    ({ carriers }) => carriers.trunk.transport = "udp",
    "! trunk transport: UDP: numbers travel in clear; with the trunk's password",
  ],
};

Deno.test("what does not protect the speech is said, and does not stop the deployment", async (t) => {
  await using project = await createProject();
  const { account, trunk } = project.carriers;
  for (const [what, [change, says]] of Object.entries(WARNINGS)) {
    await t.step(what, async () => {
      const before = { account: { ...account }, trunk: { ...trunk } };
      change(project);
      project.said.length = 0;
      const succeeded = await project.check();
      Object.assign(account, before.account);
      Object.assign(trunk, before.trunk);
      const said = project.said.join("\n");
      assert(succeeded, said);
      assertStringIncludes(said, says);
    });
  }
  await t.step("all of it as it should be", async () => {
    project.said.length = 0;
    assert(await project.check());
    const said = project.said.join("\n");
    for (const right of ["call parking: off", "Telnyx: SRTP", "recording at Telnyx: off", "TLS"]) {
      assertStringIncludes(said, right);
    }
  });
});

Deno.test("encryption that is required and cannot be sent stops it", () => {
  const by = (transport: SIPTransport, authUsername: string) =>
    checkTransport(new SIPOutboundTrunkInfo({ transport, authUsername }), "require").result;
  const { SIP_TRANSPORT_AUTO, SIP_TRANSPORT_UDP, SIP_TRANSPORT_TCP, SIP_TRANSPORT_TLS } =
    SIPTransport;
  assertEquals(by(SIP_TRANSPORT_AUTO, "clinics"), "fail");
  assertEquals(by(SIP_TRANSPORT_UDP, "clinics"), "fail");
  assertEquals(by(SIP_TRANSPORT_UDP, ""), "warn");
  assertEquals(by(SIP_TRANSPORT_TCP, "clinics"), "warn");
  assertEquals(by(SIP_TRANSPORT_TLS, "clinics"), "ok");
});
