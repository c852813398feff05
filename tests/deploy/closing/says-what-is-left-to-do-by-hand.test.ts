import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { serve } from "../support/carriers.ts";
import { createProject } from "../support/project.ts";

Deno.test("addresses to enter, events seen, who is told of alerts, and the whole price", async (t) => {
  await using project = await createProject();
  const told: string[] = [];
  let status = 200;
  const slack = serve(async (request) => {
    told.push(await request.text());
    return new Response("ok", { status });
  });
  const url = project.variables.PHONE_POOL_FUNCTIONS_URL;
  const deploy = async () => {
    project.said.length = 0;
    assert(await project.deploy(), project.said.join("\n"));
    return project.said.join("\n");
  };

  await t.step("nothing set, nothing seen: told in the plan and at the end", async () => {
    delete project.variables.LIVEKIT_AGENT_NAME;
    const said = await deploy();
    const warnings = (text: RegExp) => said.match(text)?.length;
    assertEquals(warnings(/! LIVEKIT_AGENT_NAME is not set/g), 2, said);
    assertEquals(warnings(/! PHONE_POOL_ALERT_WEBHOOK_URL is not set/g), 2, said);
    assertStringIncludes(said, `Telnyx: ${url}/telnyx-webhook`);
    assertStringIncludes(said, `LiveKit: ${url}/livekit-webhook`);
    assertEquals(warnings(/! no event has arrived yet/g), 2, said);
    assert(
      /buy 6 numbers at Telnyx: about \$6\.00 a month and \$[1-9]\d*\.\d\d once/.test(said),
      said,
    );
  });

  await t.step("an event is seen, and the other one is not", async () => {
    await project.database.query(
      "select phone_pool_worker.record_webhook_event('telnyx', 'E1', 'number_order.complete', '{}')",
    );
    const said = await deploy();
    assertStringIncludes(said, "✓ an event has arrived, the latest 0 min ago");
    assertEquals(said.match(/! no event has arrived yet/g)?.length, 1, said);
  });

  await t.step("an alert webhook is set, and tried", async () => {
    project.variables.PHONE_POOL_ALERT_WEBHOOK_URL = `${slack.url}/services/secret-of-the-hook`;
    project.variables.LIVEKIT_AGENT_NAME = "intake-agent";
    const said = await deploy();
    assertStringIncludes(said, "a test alert has arrived");
    assert(told.some((text) => text.includes("*test: ")), told.join("\n"));
    assertEquals(said.includes("is not set"), false, said);
    assertEquals(said.includes("secret-of-the-hook"), false, "its address is a secret");
    const before = told.length;
    assertStringIncludes(await deploy(), "✓ settings: nothing to do");
    assertEquals(told.filter((text) => text.includes("*test: ")).length > before, false);
  });

  await t.step("one that refuses is said to", async () => {
    status = 404;
    project.variables.PHONE_POOL_ALERT_WEBHOOK_URL = `${slack.url}/services/another`;
    assertStringIncludes(await deploy(), "! a test alert was refused: HTTP 404");
  });
  await slack.stop();
});
