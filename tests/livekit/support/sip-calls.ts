import type { SipMessage } from "./sip-messages.ts";

/** What the carrier saw of one call (one Call-ID). */
export interface SipCall {
  callId: string;
  /** User part of the From header's address: what the patient's phone shows. */
  from: string;
  /** The From header's tag: the sip_call_id that LiveKit answers with. */
  tag: string;
  /** User part of the request URI: who is called. */
  to: string;
  /** INVITEs without repetitions of the same transaction; the answer to a challenge is a second. */
  invites: SipMessage[];
  messages: SipMessage[];
  invitedAt: number;
  ringingAt?: number;
  answeredAt?: number;
  /** The first BYE, either way. */
  hungUpAt?: number;
  hungUpBy?: "livekit" | "patient";
  cancelledAt?: number;
  /** The last final status that the carrier sent to an INVITE. */
  finalStatus?: number;
}

/** The calls of a log, in the order of their INVITEs. */
export function callsOf(messages: SipMessage[]): SipCall[] {
  const byCall = Map.groupBy(messages, ({ headers }) => headers.get("call-id") ?? "");
  return [...byCall].flatMap(([callId, own]) => callOf(callId, own) ?? [])
    .sort((a, b) => a.invitedAt - b.invitedAt);
}

function callOf(callId: string, messages: SipMessage[]): SipCall | undefined {
  const invites = uniqueInvites(messages);
  const [first] = invites;
  if (!first) return undefined;
  const answers = messages.filter(({ direction, headers }) =>
    direction === "sent" && /\bINVITE$/.test(headers.get("cseq") ?? "")
  );
  const answered = (wanted: (status: number) => boolean) =>
    answers.find(({ status }) => status !== undefined && wanted(status));
  const bye = messages.find(({ method }) => method === "BYE");
  const from = first.headers.get("from") ?? "";
  return {
    callId,
    from: from.match(/<sip:([^@>]*)@/)?.[1] ?? "",
    tag: from.match(/;tag=([^;]+)/)?.[1] ?? "",
    to: first.startLine.match(/^INVITE sip:([^@;\s]*)@/)?.[1] ?? "",
    invites,
    messages,
    invitedAt: first.at,
    ringingAt: answered((status) => status > 100 && status < 200)?.at,
    answeredAt: answered((status) => status >= 200 && status < 300)?.at,
    hungUpAt: bye?.at,
    hungUpBy: bye && (bye.direction === "received" ? "livekit" : "patient"),
    cancelledAt: messages.find(({ method }) => method === "CANCEL")?.at,
    finalStatus: answers.findLast(({ status }) => status !== undefined && status >= 200)?.status,
  };
}

/** A repetition over UDP has the same CSeq as the first. */
function uniqueInvites(messages: SipMessage[]): SipMessage[] {
  const invites = messages.filter((message) =>
    message.method === "INVITE" && message.direction === "received"
  );
  return [...Map.groupBy(invites, ({ headers }) => headers.get("cseq")).values()]
    .flatMap(([first]) => first ?? []);
}
