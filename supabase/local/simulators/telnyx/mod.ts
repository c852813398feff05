export { type Control, ControlError } from "./control.ts";
export { type Fault, type FaultRequest } from "./fault-kinds.ts";
export { type Operation, operations } from "./operations.ts";
export { simulatedApiKey, simulatedConnectionId, type TelnyxSimulatorOptions } from "./options.ts";
export { type RunningTelnyxSimulator, startTelnyxSimulator } from "./serve.ts";
export { createTelnyxSimulator, type TelnyxSimulator } from "./simulator.ts";
export { type Snapshot } from "./snapshot.ts";
export { type StockLevels } from "./stock.ts";
export { type Call } from "./webhooks.ts";
