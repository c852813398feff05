import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, type Launched } from "../../../supabase/local/stack/process.ts";
import { createReaper } from "../../../supabase/local/stack/reaper.ts";
import { isFree } from "../../../supabase/local/stack/free-port.ts";
import { freePorts, isFreeForUdp } from "./free-ports.ts";
import { callsOf, type SipCall } from "./sip-calls.ts";
import { parseMessages } from "./sip-messages.ts";
import { until } from "./until.ts";

/** A file of scenarios/. */
export type Scenario =
  | "answers-and-hangs-up"
  | "answers-and-stays"
  | "answers-at-once"
  | "answers-in-a-foreign-codec"
  | "answers-without-sdp"
  | "busy"
  | "busy-at-once"
  | "challenges"
  | "declines"
  | "network-blocks"
  | "network-rejects"
  | "never-answers"
  | "not-found"
  | "out-of-service"
  | "patient-marks-as-unwanted"
  | "refuses-caller-id"
  | "refuses-login"
  | "requires-encryption"
  | "rings-for-ever";

export interface CarrierOptions {
  sipp: string;
  /** Of 127.0.0.1, where the trunk leads. */
  port: number;
  /** For logs. */
  folder: string;
  /** How it is spoken to; UDP, if not given. */
  transport?: "udp" | "tcp";
  /** How long a patient talks who hangs up. */
  talkMilliseconds?: number;
}

/** SIPp, standing where the carrier stands, with every call going the same way. */
export interface Carrier extends AsyncDisposable {
  /** All calls so far, in order. */
  calls(): Promise<SipCall[]>;
  /** Waits for the call to this number to be as wanted. */
  call(to: string, what: string, isSo: (call: SipCall) => boolean): Promise<SipCall>;
}

const PATIENCE_SECONDS = 20;

export async function startCarrier(scenario: Scenario, options: CarrierOptions): Promise<Carrier> {
  const folder = await Deno.makeTempDir({ dir: options.folder, prefix: `sipp-${scenario}-` });
  const messageFile = join(folder, "messages.log");
  const reaper = createReaper();
  const process = await startSipp(scenario, options, folder, messageFile, reaper);
  const calls = async () => callsOf(parseMessages(await readFile(messageFile, "utf8").catch(none)));
  return {
    calls,
    call: (to, what, isSo) =>
      until(
        `the carrier: ${what}`,
        async () => (await calls()).find((call) => call.to === to && isSo(call)),
        PATIENCE_SECONDS,
      ),
    async [Symbol.asyncDispose]() {
      // What it leaves unanswered, LiveKit would repeat to the carrier that comes next.
      const isAnswered = ({ finalStatus }: SipCall) => finalStatus !== undefined;
      await until("all is answered", async () => (await calls()).every(isAnswered), 1).catch(none);
      await process.stop("SIGTERM", 500);
      await reaper.close();
    },
  };
}

async function startSipp(
  scenario: Scenario,
  options: CarrierOptions,
  folder: string,
  messageFile: string,
  reaper: ReturnType<typeof createReaper>,
): Promise<Launched> {
  const logFile = join(folder, "sipp.log");
  for (let attempt = 1;; attempt++) {
    const process = launch({
      command: options.sipp,
      args: await commandLine(scenario, options, folder, messageFile),
      logFile,
      env: { TZ: "UTC", TERM: "dumb" },
    });
    reaper.watch(process);
    // SIPp takes its port last.
    const outcome = await until("SIPp listens", async () => {
      if (!process.isRunning()) return "ended";
      const isFreePort = options.transport === "tcp" ? isFree : isFreeForUdp;
      return await isFreePort(options.port) ? undefined : "listens";
    }, PATIENCE_SECONDS);
    if (outcome === "listens") return process;
    // Looking takes the port for a moment: SIPp may have come in that one.
    if (attempt === 5) throw new Error(`SIPp ended while starting: ${logFile}`);
  }
}

async function commandLine(
  scenario: Scenario,
  { port, talkMilliseconds = 2000, transport = "udp" }: CarrierOptions,
  folder: string,
  messageFile: string,
): Promise<string[]> {
  const file = fileURLToPath(new URL(`../scenarios/${scenario}.xml`, import.meta.url));
  // For audio and for video, each with one for RTCP.
  const media = await freePorts(4);
  const paths = ["-trace_err", "-error_file", join(folder, "errors.log")];
  const screen = ["-nostdin", "-f", "3600"];
  return [
    "-t",
    transport === "tcp" ? "t1" : "u1",
    "-sf",
    file,
    "-i",
    "127.0.0.1",
    "-p",
    String(port),
    "-mi",
    "127.0.0.1",
  ]
    .concat("-mp", String(media), "-d", String(talkMilliseconds), ...screen)
    .concat("-trace_msg", "-message_file", messageFile, ...paths);
}

const none = () => "";
