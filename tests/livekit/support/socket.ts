/** A WebSocket URL of the server whose HTTP URL is given. */
export function socketUrl(server: string, path: string, query: Record<string, string>): string {
  const url = new URL(path, server.replace(/^http/, "ws"));
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

/** Returns when the socket is open, with binary messages as ArrayBuffer. */
export async function opened(socket: WebSocket): Promise<void> {
  socket.binaryType = "arraybuffer";
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve(), { once: true });
    socket.addEventListener("error", () => reject(new Error("the server refused the socket")), {
      once: true,
    });
  });
}
