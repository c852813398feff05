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

export const MUTANTS: Mutant[] = [
  {
    file: "migrations/schema/pool/assign.sql",
    from: "for no key update skip locked",
    to: "for no key update",
    tests: ["tests/races/registration"],
  },
];
