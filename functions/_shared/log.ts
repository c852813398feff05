export type Fields = Record<string, string | number | boolean | null | undefined>;

/** Writes one event. `event` is a name such as `purchase_failed`; fields hold ids, never patients. */
export type Log = (event: string, fields?: Fields) => void;

/** Leaves the last four digits of every phone number in a text. */
export function maskPhoneNumbers(text: string): string {
  return text.replace(/\+?\d[\d\s().-]{5,}\d{4}/g, (number) => {
    const digits = number.replace(/\D/g, "");
    return digits.length < 10 || digits.length > 15 ? number : `…${digits.slice(-4)}`;
  });
}

/** A log of one JSON line an event, phone numbers masked. */
export function createLog(
  source: string,
  write: (line: string) => void = console.log,
  context: Fields = {},
): Log {
  return (event, fields = {}) => {
    const entry: Fields = { at: new Date().toISOString(), source, event };
    for (const [name, value] of Object.entries({ ...context, ...fields })) {
      entry[name] = typeof value === "string" && !isId(name) ? maskPhoneNumbers(value) : value;
    }
    write(JSON.stringify(entry));
  };
}

// Ids are digits and dashes too, and an id with its middle cut out finds nothing.
function isId(name: string): boolean {
  return name.endsWith("_id");
}
