/**
 * Puts the segments of one set into its table.
 *
 * Each segment finds the nearest place that fits: in the loop just being read, in the loops around it, further down the
 * set. A segment that came too late within its own loop is put there all the same and noted (senders order details as
 * their guide does); one that breaks the structure — unknown to the standard, in another area, before the loop it
 * belongs to — refuses the set. Whatever is found wrong, no segment is lost.
 */
import type { Node, Segment } from "./document.ts";
import type { Row, Rows, SetTable } from "./table.ts";
import { OTHER_SEGMENTS, SEGMENTS } from "./tables/segments.ts";

/** What is wrong with the place of a segment, in the codes of AK304. */
export interface PlaceFinding {
  readonly code: "1" | "2" | "3" | "4" | "5" | "6" | "7";
  readonly severity: "error" | "note";
  readonly segment: string;
  readonly at: Segment;
  readonly loop: string;
  readonly expected: string;
  readonly found: string;
}

interface Frame {
  readonly loop: string;
  readonly rows: Rows;
  /** How often each row was used. */
  readonly used: number[];
  /** The row of the last segment in order. */
  at: number;
  readonly children: Node[];
}

interface Fit {
  readonly depth: number;
  readonly row: Row;
  readonly late: boolean;
}

export class Placer {
  readonly body: Node[];
  readonly #table: SetTable;
  readonly #report: (finding: PlaceFinding) => void;
  readonly #frames: Frame[];

  /** `opening` is the ST segment: it stands before the table and outside it. */
  constructor(table: SetTable, opening: Segment, report: (finding: PlaceFinding) => void) {
    this.#table = table;
    this.#report = report;
    this.body = [opening];
    this.#frames = [frame("", table.rows, this.body)];
  }

  add(segment: Segment): void {
    const fit = this.#fit(segment.id);
    if (fit === undefined) {
      this.#misplaced(segment);
      return;
    }
    while (this.#frames.length - 1 > fit.depth) this.#close(segment);
    const inside = this.#frames[fit.depth]!;
    const { row } = fit;
    const used = (inside.used[row.index] ?? 0) + 1;
    inside.used[row.index] = used;
    if (used > row.most) this.#tooOften(segment, inside, row, used);
    if (fit.late) {
      this.#report({
        code: "7",
        severity: "note",
        segment: segment.id,
        at: segment,
        loop: inside.loop,
        expected: `${segment.id} before ${inside.rows.list[inside.at]?.id ?? "what follows it"}`,
        found: `${segment.id} after it`,
      });
    } else inside.at = row.index;
    if (row.rows === undefined) {
      inside.children.push(segment);
      return;
    }
    const opened = frame(row.id, row.rows, [segment]);
    inside.children.push({ loop: row.id, children: opened.children });
    this.#frames.push(opened);
  }

  /** Ends the set at this segment: loops close, and what they lack is told. */
  end(closing: Segment): void {
    while (this.#frames.length > 0) this.#close(closing);
  }

  #fit(id: string): Fit | undefined {
    let late: Fit | undefined;
    let gap: Fit | undefined;
    for (let depth = this.#frames.length - 1; depth >= 0; depth -= 1) {
      const inside = this.#frames[depth]!;
      const rows = inside.rows.byId.get(id);
      if (rows === undefined) continue;
      for (const row of rows) {
        if (row.index < inside.at) {
          const sameArea = row.area === inside.rows.list[inside.at]?.area;
          if (sameArea) late ??= { depth, row, late: true };
        } else if (row.index === inside.at && (inside.used[row.index] ?? 0) >= row.most && rows.length > 1) {
          // This place is full and the segment has another one further on.
        } else if (skipsMandatory(inside, row)) gap ??= { depth, row, late: false };
        else return { depth, row, late: false };
      }
    }
    return late ?? gap;
  }

  #misplaced(segment: Segment): void {
    const structural = this.#table.structural.get(segment.id);
    const inside = this.#frames[this.#frames.length - 1]!;
    const known =
      structural !== undefined || OTHER_SEGMENTS.has(segment.id) || Object.hasOwn(SEGMENTS, segment.id);
    this.#report({
      code: structural !== undefined ? "2" : known ? "6" : "1",
      severity: structural === true || !known ? "error" : "note",
      segment: segment.id,
      at: segment,
      loop: inside.loop,
      expected:
        structural !== undefined
          ? `${segment.id} at its place in the ${this.#table.type}`
          : known
            ? `a segment of the ${this.#table.type}`
            : "a segment of the standard",
      found: segment.id,
    });
    inside.children.push(segment);
  }

  #tooOften(segment: Segment, inside: Frame, row: Row, used: number): void {
    // A second BEG means that two documents ran into each other; a 201st N1 means a generous sender.
    const head = row.mandatory && row.most === 1 && row.rows === undefined;
    this.#report({
      code: row.rows === undefined ? "5" : "4",
      severity: head ? "error" : "note",
      segment: segment.id,
      at: segment,
      loop: inside.loop,
      expected: `at most ${row.most} ${segment.id}`,
      found: String(used),
    });
  }

  #close(at: Segment): void {
    const closed = this.#frames.pop();
    if (!closed) return;
    for (const row of closed.rows.mandatory) {
      if ((closed.used[row.index] ?? 0) > 0) continue;
      this.#report({
        code: "3",
        severity: "error",
        segment: row.id,
        at,
        loop: closed.loop,
        expected: `the mandatory segment ${row.id}`,
        found: `${at.id} without it`,
      });
    }
  }
}

const frame = (loop: string, rows: Rows, children: Node[]): Frame => ({
  loop,
  rows,
  used: [],
  at: 0,
  children,
});

/** Whether going to this row would leave out a mandatory one on the way. */
function skipsMandatory(inside: Frame, to: Row): boolean {
  for (const row of inside.rows.mandatory) {
    if (row.index >= inside.at && row.index < to.index && (inside.used[row.index] ?? 0) === 0) return true;
  }
  return false;
}
