import type { ImportReport } from "./import-file.ts";

/** What an import command says at its end, and its exit code: 0 when every line is in. */
export interface Told {
  summary: string;
  /** One for each bad line. */
  problems: string[];
  exit: number;
}

/** @param words what is said of an outcome, such as "into the pool" */
export function tell({ outcomes, bad }: ImportReport, words: Record<string, string>): Told {
  const count = (outcome: string) => outcomes.get(outcome) ?? 0;
  const parts = Object.entries(words).map(([outcome, text]) => `${count(outcome)} ${text}`);
  return {
    summary: [...parts, `${bad.length} lines not`].join(", "),
    problems: bad.map(({ line, problem }) => `line ${line}: ${problem}`),
    exit: bad.length === 0 ? 0 : 1,
  };
}
