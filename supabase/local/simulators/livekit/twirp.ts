import type { CreateRoomRequest } from "@livekit/protocol";
import type { Claims } from "./access.ts";
import { TwirpFailure } from "./twirp-failure.ts";

export type Json = Parameters<CreateRoomRequest["fromJson"]>[0];

interface Decoder<Request> {
  fromJson(json: Json, options: { ignoreUnknownFields: boolean }): Request;
}

interface Encodable {
  toJson(options: { useProtoFieldName: boolean }): Json;
}

/** Takes a decoded body and the caller's claims; returns the body of the answer. */
export type TwirpMethod = (body: Json, claims: Claims | undefined) => Promise<Json>;

/** By path below /twirp/, e.g. `livekit.RoomService/CreateRoom`. */
export type TwirpMethods = Record<string, TwirpMethod>;

/**
 * A method from its request class and what it does. Unknown fields are dropped in silence and
 * answers use the proto names, as Twirp's generated server does.
 */
export function method<Request>(
  decoder: Decoder<Request>,
  run: (request: Request, claims: Claims | undefined) => Encodable | Promise<Encodable>,
): TwirpMethod {
  return async (body, claims) => {
    const answer = await run(decode(decoder, body), claims);
    return answer.toJson({ useProtoFieldName: true });
  };
}

function decode<Request>(decoder: Decoder<Request>, body: Json): Request {
  try {
    return decoder.fromJson(body, { ignoreUnknownFields: true });
  } catch {
    throw new TwirpFailure("malformed", "the json request could not be decoded");
  }
}

export function parseJson(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw new TwirpFailure("malformed", "the json request could not be decoded");
  }
}
