import { SIPTransport } from "@livekit/protocol";
import type { SIPOutboundTrunkInfo } from "livekit-server-sdk";
import { z } from "zod";
import { isInstalled } from "../pool-state.ts";
import type { Database } from "../database.ts";
import { type Finding, finding } from "../context.ts";

/** What a connection of Telnyx does with the speech and with the calls themselves. */
export const lineShape = {
  encrypted_media: z.string().nullish(),
  webhook_event_url: z.string().nullish(),
  webhook_api_version: z.string().nullish(),
};

interface Line {
  encrypted_media?: string | null;
  webhook_event_url?: string | null;
  webhook_api_version?: string | null;
  outbound?: { call_parking_enabled?: boolean | null } | null;
}

export type MediaEncryption = "require" | "allow" | "disable";

/** The setting; what it will be, before the migrations. */
export async function readMediaEncryption(database: Database): Promise<MediaEncryption> {
  if (!await isInstalled(database)) return "allow";
  const { encryption } = await database.row(
    z.object({ encryption: z.enum(["require", "allow", "disable"]).nullable() }),
    // Null: an older version, whose row has no such column.
    "select to_jsonb(s) ->> 'media_encryption' as encryption from phone_pool.settings s",
  );
  return encryption ?? "allow";
}

export function checkLine(line: Line, encryption: MediaEncryption): Finding[] {
  return [checkParking(line), checkEncryption(line, encryption), checkWebhooks(line)];
}

function checkParking({ outbound }: Line): Finding {
  return outbound?.call_parking_enabled
    ? finding(
      "T20",
      "fail",
      "Telnyx answers each call itself and calls nobody: no phone would ever ring",
      "turn call_parking_enabled off (Voice → SIP Connections → Outbound)",
    )
    : finding("T20", "ok", "off");
}

function checkEncryption({ encrypted_media }: Line, encryption: MediaEncryption): Finding {
  if (encrypted_media === "SRTP") return finding("T21", "ok", "SRTP");
  return finding(
    "T21",
    "warn",
    encryption === "disable"
      ? "off, as settings.media_encryption: what patients say crosses the network in clear"
      : "off: what patients say crosses the network in clear, or Telnyx refuses calls that offer " +
        "SRTP (488)",
    "set Encrypted Media of the connection to SRTP, place a call, and then " +
      "settings.media_encryption to require; or to disable, if it must be off",
  );
}

function checkWebhooks({ webhook_event_url, webhook_api_version }: Line): Finding {
  if (!webhook_event_url || webhook_api_version === "2") {
    return finding("T22", "ok", webhook_api_version ?? "not used");
  }
  return finding(
    "T22",
    "fail",
    `the connection sends version ${webhook_api_version ?? 1}, whose signature differs: ` +
      "telnyx-webhook would turn all of it away",
    "set the connection's webhook API version to 2",
  );
}

/** That calls are not recorded where nobody asked the patient. */
export function checkRecording(type: string | null | undefined): Finding {
  return !type || type === "none" ? finding("T23", "ok", "off") : finding(
    "T23",
    "warn",
    `the outbound voice profile records calls (${type}): what patients say is kept at Telnyx`,
    "turn call recording off, or see that patients are told and that your contract covers it",
  );
}

/** How LiveKit speaks to Telnyx. */
export function checkTransport(
  { transport, authUsername }: SIPOutboundTrunkInfo,
  encryption: MediaEncryption,
): Finding {
  if (transport === SIPTransport.SIP_TRANSPORT_TLS) return finding("L11", "ok", "TLS");
  const help = "set the trunk's transport to TLS (sip.telnyx.com:5061)";
  if (transport === SIPTransport.SIP_TRANSPORT_TCP) {
    const clear = "TCP: numbers and the keys of encrypted speech travel in clear";
    return finding("L11", "warn", clear, help);
  }
  if (encryption === "require" && authUsername !== "") {
    return finding(
      "L11",
      "fail",
      "UDP: a call with the keys for encrypted speech and the trunk's password is larger than " +
        "LiveKit sends in a packet, so each one fails",
      `${help} or TCP, or settings.media_encryption to allow`,
    );
  }
  const speech = authUsername === "" || encryption === "disable"
    ? ""
    : "; with the trunk's password speech is not encrypted either, whatever the setting";
  return finding("L11", "warn", `UDP: numbers travel in clear${speech}`, help);
}
