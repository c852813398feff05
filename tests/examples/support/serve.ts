import { callBody, clinicWith, placeCall, type Scene } from "../../support/calls.ts";

/** Serves a handler as the platform does: `url` is what SUPABASE_URL would be. */
export function serve(
  handler: (request: Request) => Promise<Response>,
): { url: string } & AsyncDisposable {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, handler);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

export interface PlacedCall {
  id: string;
  organization: string;
  roomName: string;
}

/** A clinic's call whose phone rings; its agent has it in its hands from here. */
export async function ringingCall(scene: Scene): Promise<PlacedCall> {
  const organization = await clinicWith(scene.db, "+19712656795");
  const placed = await placeCall(
    scene,
    callBody(organization, { intake_id: "intake-1", metadata: { questions: ["allergies"] } }),
  );
  const roomName = String(placed.body.room_name);
  return { id: roomName.replace("call-", ""), organization, roomName };
}

/** What an agent has in its environment. */
export function agentVariables({ simulator }: Scene, url: string) {
  const { apiKey, apiSecret } = simulator.settings;
  return {
    SUPABASE_URL: url,
    LIVEKIT_URL: simulator.url,
    LIVEKIT_API_KEY: apiKey,
    LIVEKIT_API_SECRET: apiSecret,
  };
}
