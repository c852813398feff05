import { z } from "zod";

/** Called for each entry of a reply that is not used, or not in full, with why. */
export type Skip = (reason: string) => void;

/** A list as Telnyx sends it, each entry unread; none: an empty list. */
export const entries = z.array(z.unknown()).nullish().transform((list) => list ?? []);

/** Ids are digits beyond 2^53: as a number of JSON such an id is not the one that was sent. */
export const carrierId = z.union([z.string().min(1), z.int()])
  .transform(String).pipe(z.string().regex(/^[A-Za-z0-9-]+$/));

/** A text that may be missing; what is no text counts as missing. */
export const optionalText = z.union([z.string(), z.int().transform(String)]).nullish().catch(null)
  .transform((text) => text || null);

/**
 * Reads each entry of a list by itself: one that is not as documented is skipped, and the others
 * are read.
 */
export function readEntries<Schema extends z.ZodType>(
  list: unknown[],
  schema: Schema,
  skip: Skip,
): z.output<Schema>[] {
  return list.flatMap((entry) => {
    const read = schema.safeParse(entry);
    if (read.success) return [read.data];
    skip(`unreadable ${read.error.issues[0]?.path.join(".") || "entry"}`);
    return [];
  });
}
