/** Values in the shape that PostgREST gives them. */
export const VALUE_TYPES = {
  // lite hands over objects as JSON text already; encoded again they would arrive as strings.
  json: { to: 114, from: [114], serialize: toJson, parse: (text: string) => JSON.parse(text) },
  jsonb: { to: 3802, from: [3802], serialize: toJson, parse: (text: string) => JSON.parse(text) },
  numeric: { to: 1700, from: [1700], serialize: String, parse: Number },
  timestamptz: { to: 1184, from: [1184], serialize: String, parse: isoTime },
  timestamp: { to: 1114, from: [1114], serialize: String, parse: isoTime },
};

function isoTime(text: string): string {
  return text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00");
}

function toJson(value: unknown): string {
  return typeof value === "string" && isJson(value) ? value : JSON.stringify(value);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
