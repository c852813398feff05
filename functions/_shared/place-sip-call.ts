import { CreateSIPParticipantRequest, SIPParticipantInfo } from "@livekit/protocol";
import { AccessToken, ServerError, SipCallError } from "livekit-server-sdk";
import { z } from "zod";
import { sendOnce } from "./send-once.ts";

export interface LiveKitProject {
  LIVEKIT_URL: string;
  LIVEKIT_API_KEY: string;
  LIVEKIT_API_SECRET: string;
}

/**
 * SipClient.createSipParticipant of livekit-server-sdk 2.19, but sent once: the SDK uses the global
 * fetch, which in Deno sends a request again when a kept-alive connection breaks, and a second
 * CreateSIPParticipant calls the patient a second time. Message and token are LiveKit's own.
 * @param seconds for the whole request; a request that was cut off may still ring
 * @throws {ServerError} what LiveKit answered; SipCallError when a SIP status came with it
 */
export async function placeSipCall(
  project: LiveKitProject,
  request: CreateSIPParticipantRequest,
  seconds: number,
): Promise<SIPParticipantInfo> {
  const token = new AccessToken(project.LIVEKIT_API_KEY, project.LIVEKIT_API_SECRET, { ttl: 60 });
  token.addSIPGrant({ call: true });
  const origin = project.LIVEKIT_URL.replace(/^ws/, "http");
  const response = await sendOnce(new URL("/twirp/livekit.SIP/CreateSIPParticipant", origin), {
    method: "POST",
    headers: {
      "Authorization": `Bearer ${await token.toJwt()}`,
      "Content-Type": "application/json",
    },
    body: request.toJsonString(),
    signal: AbortSignal.timeout(seconds * 1000),
  });
  if (!response.ok) throw await toError(response);
  return SIPParticipantInfo.fromJson(await response.json(), { ignoreUnknownFields: true });
}

async function toError(response: Response): Promise<ServerError> {
  const text = await response.text();
  const { code, msg, meta } = parse(text);
  const error = new ServerError(response.statusText, msg ?? text, response.status, code, meta);
  return meta?.sip_status_code ? SipCallError.fromServerError(error) : error;
}

const twirpError = z.object({
  code: z.string().optional(),
  msg: z.string().optional(),
  meta: z.record(z.string(), z.string()).optional(),
});

function parse(text: string): z.output<typeof twirpError> {
  try {
    return twirpError.parse(JSON.parse(text));
  } catch {
    return {};
  }
}
