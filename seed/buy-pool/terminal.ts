/** Where the command speaks. */
export interface Terminal {
  line(text: string): void;
  /** How far it is: one line that is drawn over on a terminal, a line a change elsewhere. */
  progress(done: number, of: number, note: string): void;
  /** Asks; null: nobody is there to answer. */
  confirm(question: string): boolean | null;
}

const WIDTH = 30;

export function createTerminal(isTerminal: boolean, write: (text: string) => void): Terminal {
  let isDrawn = false;
  let last = "";
  return {
    line(text) {
      write(`${isDrawn ? "\n" : ""}${text}\n`);
      isDrawn = false;
    },
    progress(done, of, note) {
      const text = `${done} of ${of}${note ? ` · ${note}` : ""}`;
      if (text === last) return;
      last = text;
      if (!isTerminal) return write(`${text}\n`);
      const filled = of === 0 ? WIDTH : Math.round(WIDTH * done / of);
      const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
      // Cut at the right edge, or a long note would scroll.
      write(`\r\x1b[2K${`${bar} ${text}`.slice(0, 79)}`);
      isDrawn = true;
    },
    confirm: (question) => isTerminal ? confirm(question) : null,
  };
}
