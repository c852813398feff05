import { createServer, type Socket } from "node:net";
import { sendOnce } from "../../../../functions/_shared/send-once.ts";
import { assertEquals } from "../../../support/assert.ts";

Deno.test("a POST is sent once when a kept-alive connection breaks before its answer", async () => {
  assertEquals(await countPosts(sendOnce), 1);
});

Deno.test("Deno's own fetch sends it again: the reason for sendOnce", async () => {
  assertEquals(await countPosts(fetch), 2);
});

/** A GET that keeps the connection, then a POST whose connection breaks when it has been read. */
async function countPosts(send: typeof fetch): Promise<number> {
  let posts = 0;
  const server = createServer((socket) => {
    let text = "";
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      text += chunk.toString();
      if (text.startsWith("GET") && text.includes("\r\n\r\n")) {
        text = "";
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
      } else if (text.startsWith("POST") && text.includes("{}")) {
        posts++;
        socket.destroy();
      }
    });
  });
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  const port = await new Promise<number>((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    })
  );
  const url = `http://127.0.0.1:${port}/`;
  await (await send(url)).text();
  await send(url, { method: "POST", body: "{}" }).then(
    (response) => response.text(),
    () => undefined,
  );
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  return posts;
}
