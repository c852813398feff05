import type { SimulatedCall } from "./call-record.ts";
import type { Calls } from "./calls.ts";
import type { Fault, Faults } from "./faults.ts";
import type { RequestRecord } from "./handler.ts";
import type { Rooms } from "./rooms.ts";
import type { Json } from "./twirp.ts";
import type { WebhookRecord, Webhooks } from "./webhooks.ts";

export interface LiveKitState {
  /** Open rooms, participants (with `room`) and dispatches in the proto JSON form of LiveKit. */
  rooms: Json[];
  participants: { room: string; participant: Json }[];
  dispatches: Json[];
  /** Every INVITE ever sent, ended ones included, oldest first. */
  calls: SimulatedCall[];
  requests: RequestRecord[];
  webhooks: WebhookRecord[];
  faults: Fault[];
}

interface Sources {
  rooms: Rooms;
  calls: Calls;
  requests: RequestRecord[];
  webhooks: Webhooks;
  faults: Faults;
}

/** Returns what copies the present state out of the simulator. */
export function createSnapshot({ rooms, calls, requests, webhooks, faults }: Sources) {
  return (): LiveKitState => {
    const entries = rooms.list();
    return {
      rooms: entries.map(({ room }) => room.toJson()),
      participants: entries.flatMap(({ room, participants }) =>
        [...participants.values()].map(({ info }) => ({
          room: room.name,
          participant: info.toJson(),
        }))
      ),
      dispatches: entries.flatMap(({ dispatches }) =>
        [...dispatches.values()].map((dispatch) => dispatch.toJson())
      ),
      calls: calls.list(),
      requests: structuredClone(requests),
      webhooks: webhooks.records(),
      faults: faults.list(),
    };
  };
}
