export interface PortReservations {
  /** Holds the port, any free one for 0, until it is released; undefined when it is taken. */
  hold(port: number): number | undefined;
  /** Lets go of it, for the process that is to listen there. */
  release(port: number): void;
  releaseAll(): void;
}

/**
 * A port that was free when it was looked for may be gone seconds later, as the near end of some
 * connection or another stack's. So we listen on it ourselves until its part starts.
 */
export function createPortReservations(): PortReservations {
  const held = new Map<number, Deno.Listener>();
  const release = (port: number) => {
    held.get(port)?.close();
    held.delete(port);
  };
  return {
    hold(wanted) {
      try {
        const listener = Deno.listen({ hostname: "127.0.0.1", port: wanted });
        held.set(listener.addr.port, listener);
        return listener.addr.port;
      } catch (error) {
        if (error instanceof Deno.errors.AddrInUse) return undefined;
        throw error;
      }
    },
    release,
    releaseAll: () => [...held.keys()].forEach(release),
  };
}
