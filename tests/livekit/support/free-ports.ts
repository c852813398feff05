import { createSocket } from "node:dgram";
import { isFree } from "../../../supabase/local/stack/free-port.ts";

// Below what Linux and macOS give to outgoing connections (from 32768 and 49152), so that no socket
// of another test takes the port between the look and the use.
const FIRST = 20_000;
const LAST = 27_999;

/** The ports of 127.0.0.1 that livekit-sip takes for media, passing by those that are taken. */
export const BRIDGE_MEDIA = { first: 28_000, last: 31_999 };

/** A port of 127.0.0.1 that is free for TCP and UDP, and so are the next ones up to `count`. */
export async function freePorts(count = 1): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const first = FIRST + Math.floor(Math.random() * (LAST - FIRST - count));
    const ports = Array.from({ length: count }, (_, index) => first + index);
    const free = await Promise.all(
      ports.map(async (port) => isFree(port) && await isFreeForUdp(port)),
    );
    if (free.every(Boolean)) return first;
  }
  throw new Error(`no free port between ${FIRST} and ${LAST}`);
}

/** Whether nobody has the UDP port of 127.0.0.1. */
export function isFreeForUdp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", () => resolve(false));
    socket.bind(port, "127.0.0.1", () => socket.close(() => resolve(true)));
  });
}
