import type { Parts } from "./supply.ts";

export type StepName =
  | `carrier.${Exclude<keyof Parts["carrier"], "connectionId">}`
  | `ledger.${keyof Parts["ledger"]}`;

/**
 * The same parts, with `around` called instead of one step; it is given the step itself, to be done
 * or not.
 */
export function around(
  parts: Parts,
  name: StepName,
  instead: (step: () => Promise<unknown>) => Promise<unknown>,
): Parts {
  const [part, method] = name.split(".");
  const wrap = <T extends object>(object: T, wanted: boolean): T => {
    const step: unknown = Object.getOwnPropertyDescriptor(object, method ?? "")?.value;
    if (!wanted || method === undefined || typeof step !== "function") return object;
    return {
      ...object,
      [method]: (...args: unknown[]) => instead(() => Reflect.apply(step, object, args)),
    };
  };
  return {
    carrier: wrap(parts.carrier, part === "carrier"),
    ledger: wrap(parts.ledger, part === "ledger"),
  };
}

/** A worker that is gone before or after a step, as by SIGKILL: it never goes on. */
export function mortal(parts: Parts, name: StepName, when: "before" | "after") {
  const { promise: died, resolve } = Promise.withResolvers<void>();
  const never = new Promise<never>(() => {});
  return {
    died,
    parts: around(parts, name, async (step) => {
      if (when === "after") await step();
      resolve();
      return await never;
    }),
  };
}

/** A worker that stops before or after a step until it is woken. */
export function sleeper(parts: Parts, name: StepName, when: "before" | "after") {
  const { promise: asleep, resolve } = Promise.withResolvers<void>();
  const { promise: woken, resolve: wake } = Promise.withResolvers<void>();
  return {
    asleep,
    wake,
    parts: around(parts, name, async (step) => {
      const result = when === "after" ? await step() : undefined;
      resolve();
      await woken;
      return when === "after" ? result : await step();
    }),
  };
}
