/**
 * fetch that sends a request once.
 *
 * Deno's fetch sends a request again by itself when a kept-alive connection breaks before the
 * answer, a POST as well, even if the server had read it (https://github.com/denoland/deno/issues/32566):
 * a number ordered twice, a patient called twice. A body that is a stream cannot be sent again.
 */
export const sendOnce: typeof fetch = (input, init) => {
  const body = init?.body;
  if (typeof body !== "string") return fetch(input, init);
  // Other runtimes than Deno want to be told that the body is sent before the answer is read.
  const once: RequestInit & { duplex: "half" } = {
    ...init,
    body: new Blob([body]).stream(),
    duplex: "half",
  };
  return fetch(input, once);
};
