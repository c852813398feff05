import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import process from "node:process";

/** How the command speaks with whoever runs it. */
export interface Dialogue {
  say(line: string): void;
  /** Undefined when nobody can be asked. */
  askFor(question: string, options?: { secret?: boolean }): Promise<string | undefined>;
  /** True when the answer is yes, and always when nobody is asked. */
  confirm(question: string): Promise<boolean>;
}

export interface DialogueOptions {
  /** Ask nothing. */
  yes: boolean;
  write?: (line: string) => void;
}

/** The terminal; lines pass through `redact` on their way out. */
export function createDialogue(options: DialogueOptions): Dialogue & { hide: Hide } {
  const hidden = new Set<string>();
  const write = options.write ?? console.log;
  const redact = (line: string) => redactAll(line, hidden);
  const isInteractive = !options.yes && process.stdin.isTTY;
  return {
    hide: (values) => values.forEach((value) => hidden.add(value)),
    say: (line) => write(redact(line)),
    async askFor(question, { secret } = {}) {
      if (!isInteractive) return undefined;
      return (await readLine(`${question}: `, secret)).trim() || undefined;
    },
    async confirm(question) {
      if (options.yes) return true;
      if (!isInteractive) {
        throw new Error(`Cannot ask "${question}" here: run it in a terminal, or with --yes`);
      }
      return /^y(es)?$/i.test((await readLine(`${question} [y/N] `)).trim());
    },
  };
}

/** Values that no line may show from now on. */
export type Hide = (values: string[]) => void;

/** Short values would turn half the text into stars, and are no secrets. */
export function redactAll(text: string, hidden: Iterable<string>): string {
  return [...hidden].filter((value) => value.length >= 8)
    .sort((a, b) => b.length - a.length)
    .reduce((shown, value) => shown.replaceAll(value, "********"), text);
}

async function readLine(prompt: string, secret = false): Promise<string> {
  // Nothing typed is echoed for a secret: readline writes to a stream that swallows it.
  const output = secret
    ? new Writable({ write: (_chunk, _encoding, done) => done() })
    : process.stdout;
  if (secret) process.stdout.write(prompt);
  const line = createInterface({ input: process.stdin, output, terminal: true });
  try {
    return await line.question(secret ? "" : prompt);
  } finally {
    line.close();
    if (secret) process.stdout.write("\n");
  }
}
