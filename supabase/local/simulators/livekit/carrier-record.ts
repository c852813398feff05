import { dialogAttributes, type SimulatedCall } from "./call-record.ts";

/**
 * Gives the carrier's simulator the record that the carrier would write of a call: its Call-ID is
 * the one that LiveKit tells. Sent once; without the other simulator there is no record.
 */
export async function sendRecord(url: string, call: SimulatedCall): Promise<void> {
  const { answeredAt, endedAt } = call;
  const answer = await fetch(url, {
    method: "POST",
    body: JSON.stringify({
      cli: call.from,
      cld: call.to,
      started_at: call.dialedAt,
      sip_call_id: dialogAttributes(call)["sip.callIDFull"],
      ...(answeredAt && endedAt &&
        { call_sec: (Date.parse(endedAt) - Date.parse(answeredAt)) / 1000 }),
    }),
  }).catch(() => undefined);
  await answer?.body?.cancel();
}
