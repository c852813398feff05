import { assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { runCommand } from "../support.ts";

const CASES = [
  { variable: "PHONE_POOL_API_PORT", part: "gateway" },
  { variable: "PHONE_POOL_DB_PORT", part: "postgres" },
  { variable: "PHONE_POOL_TELNYX_PORT", part: "telnyx-simulator" },
  { variable: "PHONE_POOL_LIVEKIT_PORT", part: "livekit-simulator" },
];

Deno.test("a taken port is named with its part", async (test) => {
  const directory = await Deno.makeTempDir({ prefix: "phone-pool-command-" });
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = String(taken.addr.port);
  for (const { variable, part } of CASES) {
    await test.step(part, async () => {
      const { code, output } = await runCommand("start", directory, [], { [variable]: port });
      assertEquals(code, 1);
      assertStringIncludes(output, `${part}: port ${port} is taken`);
      assertStringIncludes(output, variable);
    });
  }
  await Deno.remove(directory, { recursive: true });
});
