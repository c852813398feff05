import type { Schedule } from "./schedule.ts";
import type { Verdict } from "./judge.ts";

interface Row {
  runs: number;
  duplicates: number;
  orphans: number;
  lost: number;
}

/** Counts runs by the faults that they had. */
export class Report {
  private readonly rows = new Map<string, Row>();
  readonly failures: { seed: number; problems: string[] }[] = [];
  private runs = 0;
  private numbers = 0;
  private orders = 0;

  add(schedule: Schedule, verdict: Verdict) {
    this.runs += 1;
    this.numbers += verdict.numbers;
    this.orders += verdict.orders;
    const names = schedule.phases.flatMap(({ faults, accident }) => [
      ...faults,
      ...accident ? [accident] : [],
    ]).concat(schedule.service.faults, "idle in transaction");
    for (const name of new Set(names)) {
      const row = this.rows.get(name) ?? { runs: 0, duplicates: 0, orphans: 0, lost: 0 };
      row.runs += 1;
      row.duplicates += verdict.duplicates.length;
      row.orphans += verdict.orphans.length;
      row.lost += verdict.lost.length;
      this.rows.set(name, row);
    }
    const problems = [
      ...verdict.duplicates,
      ...verdict.orphans,
      ...verdict.lost,
      ...verdict.other,
    ];
    if (problems.length > 0) this.failures.push({ seed: schedule.seed, problems });
  }

  /** fault × runs × duplicates × orphans × lost */
  toString(): string {
    const lines = [...this.rows].toSorted(([a], [b]) => a.localeCompare(b))
      .map((
        [name, { runs, duplicates, orphans, lost }],
      ) => [name, runs, duplicates, orphans, lost]);
    const table = [["fault", "runs", "duplicates", "orphans", "lost"], ...lines]
      .map(([name, ...counts]) =>
        String(name).padEnd(32) + counts.map((count) => String(count).padStart(12)).join("")
      );
    const failed = this.failures.map(({ seed, problems }) =>
      `FAILED seed ${seed}: npm run faults -- --seed ${seed} --runs 1\n  ${problems.join("\n  ")}`
    );
    return [
      ...table,
      `${this.runs} runs, ${this.orders} orders sent, ${this.numbers} numbers bought, ` +
      `${this.failures.length} runs failed`,
      ...failed,
    ].join("\n");
  }
}
