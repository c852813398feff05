/** `npm stop`: ends the stack that `npm start` keeps up. */
import { stopStack } from "./stack/stop-command.ts";

Deno.exit(await stopStack());
