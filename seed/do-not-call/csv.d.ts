/** Types of what is used of deno-std/csv: its npm mirror ships JavaScript only. */
export function parse(text: string): string[][];
