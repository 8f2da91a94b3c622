/**
 * How far something is: a bar drawn again in place on a terminal, and one line now and then where nobody watches.
 *
 * On a terminal at most ten times a second; elsewhere when ten seconds or a tenth of the work have passed. The rest is
 * estimated only from what was done since this began, and only when something was.
 */
import type { Terminal } from "./terminal.ts";

const REDRAW_MS = 100;
const LINE_MS = 10_000;
const CELLS = 30;

export interface Progress {
  /** `done` of `of`, and the counts in words. */
  show(done: number, of: number, says: string): void;
  /** Leaves the last state standing. */
  end(): void;
}

export function progress({ redraw, note }: Terminal, now: () => number = Date.now): Progress {
  const began = now();
  let first: number | null = null;
  let shownAt = Number.NEGATIVE_INFINITY;
  let tenth = -1;
  let last = "";
  let waits = "";
  return {
    show(done, of, says) {
      const at = now();
      first ??= done;
      const part = of === 0 ? 1 : done / of;
      const line = redraw ? `${barOf(part)}  ${says}  ${left(at - began, done - first, of - done)}` : says;
      if (line.trimEnd() === last) return;
      const due = redraw
        ? at - shownAt >= REDRAW_MS || done === of
        : at - shownAt >= LINE_MS || Math.floor(part * 10) > tenth || done === of;
      if (!due) {
        waits = line;
        return;
      }
      waits = "";
      shownAt = at;
      tenth = Math.floor(part * 10);
      last = line.trimEnd();
      if (redraw) redraw(last);
      else note(last);
    },
    end() {
      if (redraw && waits) redraw(waits);
      if (redraw && (waits || last)) note("");
      else if (waits) note(waits);
    },
  };
}

/** `part` of 1 as a bar of blocks. */
export function barOf(part: number, cells = CELLS): string {
  const full = Math.floor(Math.min(1, part) * cells);
  return `${"█".repeat(full)}${"░".repeat(cells - full)}`;
}

/** "about 0:06 left", when something was done that says how fast it goes. */
function left(elapsedMs: number, done: number, rest: number): string {
  if (done <= 0 || rest <= 0) return "";
  const seconds = Math.ceil((elapsedMs / done) * rest * 0.001);
  return `about ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} left`;
}
