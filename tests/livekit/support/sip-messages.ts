/** A SIP message as SIPp logged it (-trace_msg). */
export interface SipMessage {
  /** Milliseconds since 1970. */
  at: number;
  direction: "received" | "sent";
  /** Request line or status line. */
  startLine: string;
  /** The method of a request, undefined for a response. */
  method?: string;
  /** The status of a response, undefined for a request. */
  status?: number;
  headers: Map<string, string>;
  body: string;
}

const SEPARATOR = /^-{20,} (\d{4}-\d\d-\d\d)[ T\t]+(\d\d:\d\d:\d\d\.\d{3})\d*.*$/m;
const COMPACT: Record<string, string> = {
  f: "from",
  t: "to",
  i: "call-id",
  m: "contact",
  v: "via",
};

/** All whole messages of a log. SIPp must have run with TZ=UTC. */
export function parseMessages(log: string): SipMessage[] {
  const [, ...pieces] = log.split(SEPARATOR);
  const messages: SipMessage[] = [];
  for (let index = 0; index + 2 < pieces.length; index += 3) {
    const [date, time, text] = pieces.slice(index, index + 3);
    const message = parseMessage(Date.parse(`${date}T${time}Z`), text ?? "");
    if (message) messages.push(message);
  }
  return messages;
}

function parseMessage(at: number, text: string): SipMessage | undefined {
  const found = text.match(/message (received|sent)[^\n]*:\s*\n\s*([\s\S]*)$/);
  if (!found) return undefined;
  const direction = found[1] === "received" ? "received" : "sent";
  const [head = "", ...rest] = (found[2] ?? "").replace(/\r/g, "").split("\n\n");
  const [startLine = "", ...lines] = head.split("\n");
  const status = startLine.match(/^SIP\/2\.0 (\d{3})/)?.[1];
  const method = startLine.match(/^([A-Z]+) \S+ SIP\/2\.0$/)?.[1];
  if (!status && !method) return undefined;
  return {
    at,
    direction,
    startLine,
    method,
    status: status === undefined ? undefined : Number(status),
    headers: new Map(lines.map(parseHeader)),
    body: rest.join("\n\n"),
  };
}

function parseHeader(line: string): [string, string] {
  const colon = line.indexOf(":");
  const name = line.slice(0, colon).trim().toLowerCase();
  return [COMPACT[name] ?? name, line.slice(colon + 1).trim()];
}
