import { TokenVerifier } from "livekit-server-sdk";

/** The room that a voice agent's token is for; undefined when it is no such token. */
export type KnowAgent = (token: string) => Promise<string | undefined>;

/**
 * Knows an agent by the access token that LiveKit gives it with its job, or one that it signs itself
 * with the project's key: either is good for one room, so an agent speaks for its own call only and
 * needs no key of the database.
 */
export function createKnowAgent(apiKey: string, apiSecret: string): KnowAgent {
  const verifier = new TokenVerifier(apiKey, apiSecret);
  return async (token) => {
    try {
      const { video } = await verifier.verify(token);
      return video?.agent || video?.roomAdmin ? video.room || undefined : undefined;
    } catch {
      return undefined;
    }
  };
}
