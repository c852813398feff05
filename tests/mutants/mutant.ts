/** One small change that makes the code wrong. */
export interface Mutant {
  /** From the repository's root. */
  file: string;
  /** Stands in the file once. */
  from: string;
  to: string;
  /** The folders or files of tests that must notice. */
  tests: string[];
}

/** Changes of one file: what stands there once, what instead, and the tests under tests/. */
export const inFile = (file: string, changes: [from: string, to: string, ...tests: string[]][]) =>
  changes.map(([from, to, ...tests]): Mutant => ({
    file,
    from,
    to,
    tests: tests.map((test) => `tests/${test}`),
  }));

export const describe = ({ file, from, to }: Mutant): string =>
  `${file}: ${oneLine(from)} → ${oneLine(to) || "nothing"}`;

export const oneLine = (text: string): string => text.trim().replace(/\s+/g, " ");
