import type { SimulatedCall } from "./call-record.ts";

const columns: [string, (call: SimulatedCall) => string | undefined][] = [
  ["From", (call) => call.fromSource === "request" ? call.from : `${call.from} (trunk's own!)`],
  ["To", (call) => call.to],
  ["Room", (call) => call.room],
  ["Trunk", (call) => call.trunkId],
  ["Status", (call) => [call.status, call.sipStatusCode, call.disconnectReason].join(" ")],
  ["Dialed", (call) => call.dialedAt],
  ["Ringing", (call) => call.ringingAt],
  ["Answered", (call) => call.answeredAt],
  ["Ended", (call) => call.endedAt],
];

/** The calls as a small page, newest first. */
export function callsPage(calls: SimulatedCall[]): string {
  const head = columns.map(([title]) => `<th scope="col">${title}</th>`).join("");
  const rows = calls.toReversed()
    .map((call) =>
      `<tr>${columns.map(([, cell]) => `<td>${escape(cell(call))}</td>`).join("")}</tr>`
    )
    .join("\n");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>LiveKit simulator: calls</title>
<style>
  body { font: 14px system-ui, sans-serif; margin: 2rem; }
  table { border-collapse: collapse; }
  th, td { border-bottom: 1px solid #ddd; padding: .4rem .8rem; text-align: left; }
</style>
<h1>LiveKit simulator: ${calls.length} calls</h1>
<p>No phone rang: this is a simulator.</p>
<table><thead><tr>${head}</tr></thead><tbody>
${rows}
</tbody></table>
</html>
`;
}

function escape(text = ""): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
