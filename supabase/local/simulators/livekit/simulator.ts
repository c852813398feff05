import { serveBreakable } from "../http-server.ts";
import { Agents } from "./agents.ts";
import { agentDispatchService } from "./agent-dispatch-service.ts";
import { Calls } from "./calls.ts";
import { createControl, createControlHandler, type LiveKitControl } from "./control.ts";
import { createFaults } from "./faults.ts";
import { createTwirpHandler, type RequestRecord } from "./handler.ts";
import { defaultSettings, type LiveKitSimulatorOptions } from "./options.ts";
import { createOutcomeBook } from "./outcomes.ts";
import { sendRecord } from "./carrier-record.ts";
import { roomService } from "./room-service.ts";
import { Rooms } from "./rooms.ts";
import { rpcService } from "./rpc-service.ts";
import { sipService } from "./sip-service.ts";
import { createSnapshot, type LiveKitState } from "./state.ts";
import { createTimers } from "./timers.ts";
import { newEvent, Webhooks } from "./webhooks.ts";

export interface LiveKitSimulator {
  /** Answers any request: Twirp, control and the calls page. */
  handler(request: Request): Promise<Response>;
  /** Everything it holds at this moment, as plain data. */
  state(): LiveKitState;
  control: LiveKitControl;
  /** Ends timers, hanging requests and webhooks under way. */
  stop(): Promise<void>;
}

const keptRequests = 1000;

function keep(requests: RequestRecord[], request: RequestRecord): void {
  requests.push(request);
  if (requests.length > keptRequests) requests.shift();
}

/** A LiveKit server that lives in this process: rooms, agents, phone calls and webhooks. */
export function createLiveKitSimulator(options: LiveKitSimulatorOptions = {}): LiveKitSimulator {
  const { webhookUrl, recordsUrl, ...chosen } = options;
  const settings = { ...defaultSettings, ...chosen };
  const timers = createTimers();
  const faults = createFaults(timers);
  const outcomes = createOutcomeBook();
  const webhooks = new Webhooks(settings, timers, webhookUrl);
  const requests: RequestRecord[] = [];
  const rooms = new Rooms({
    settings,
    timers,
    emit: (event, details) => void webhooks.send(newEvent(event, details)),
    onOpened: (entry, request) => agents.dispatchInto(entry, request.agents),
  });
  const agents = new Agents({ settings, timers, rooms });
  const calls = new Calls({
    settings,
    timers,
    rooms,
    outcomes,
    onEnded: (call) => recordsUrl && void sendRecord(recordsUrl, call),
  });
  const twirp = createTwirpHandler({
    settings,
    faults,
    methods: {
      ...roomService(settings, rooms),
      ...rpcService({ settings, rooms, agents, timers }),
      ...agentDispatchService(rooms, agents),
      ...sipService(settings, calls, timers),
    },
    record: (request) => keep(requests, request),
  });
  const state = createSnapshot({ rooms, calls, requests, webhooks, faults });
  const control = createControl({ faults, outcomes, webhooks, calls, agents });
  const controlHandler = createControlHandler(control, state);

  return {
    state,
    control,
    handler: async (request) => await twirp(request) ?? await controlHandler(request),
    stop: () => (timers.stop(), webhooks.stop()),
  };
}

export interface RunningLiveKitSimulator extends LiveKitSimulator {
  /** Origin without a trailing slash: LIVEKIT_URL. */
  url: string;
  settings: { apiKey: string; apiSecret: string };
}

/** Serves a simulator on 127.0.0.1; port 0, the default, takes a free one. */
export async function startLiveKitSimulator(
  { port = 0, ...options }: LiveKitSimulatorOptions & { port?: number } = {},
): Promise<RunningLiveKitSimulator> {
  const simulator = createLiveKitSimulator(options);
  const server = await serveBreakable(simulator.handler, port);
  const { apiKey, apiSecret } = { ...defaultSettings, ...options };
  return {
    ...simulator,
    url: server.url,
    settings: { apiKey, apiSecret },
    async stop() {
      await simulator.stop();
      await server.stop();
    },
  };
}
