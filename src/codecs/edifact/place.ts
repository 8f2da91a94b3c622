/**
 * Puts the segments of one message into its table.
 *
 * Each segment finds the nearest place that fits: in the group just being read, in the groups around it, further down the
 * message. A segment that came too late within its own group is put there all the same and noted (senders order details
 * as their guide does); one that breaks the structure — unknown to the standard, or belonging to a group that is not open
 * — refuses the message. Whatever is found wrong, no segment is lost.
 */
import { ensure } from "../../std/errors.ts";
import type { Node, Segment } from "./document.ts";
import { isStandard } from "./elements.ts";
import type { MessageTable, Row, Rows } from "./table.ts";

/** What is wrong with the place of a segment, in the codes of data element 0085. */
export interface PlaceFinding {
  readonly code: string;
  readonly severity: "error" | "note";
  readonly segment: string;
  readonly at: Segment;
  readonly group: string;
  readonly expected: string;
  readonly found: string;
}

interface Frame {
  readonly group: string;
  readonly rows: Rows;
  /** How often each row was used. */
  readonly used: Int32Array;
  /** The row of the last segment in order. */
  at: number;
  readonly children: Node[];
}

export class Placer {
  readonly body: Node[];
  readonly #table: MessageTable;
  readonly #report: (finding: PlaceFinding) => void;
  readonly #frames: Frame[];
  // The place found by #fit; fields instead of an object, because this runs once for every segment.
  #depth = 0;
  #late = false;

  /** `opening` is UNH: it stands before the table and outside it. */
  constructor(table: MessageTable, opening: Segment, report: (finding: PlaceFinding) => void) {
    this.#table = table;
    this.#report = report;
    this.body = [opening];
    this.#frames = [frame("", table.rows, this.body)];
  }

  add(segment: Segment): void {
    const row = this.#fit(segment.id);
    if (row === undefined) {
      this.#misplaced(segment);
      return;
    }
    const late = this.#late;
    while (this.#frames.length - 1 > this.#depth) this.#close(segment);
    const inside = this.#frames[this.#depth]!;
    const used = inside.used[row.index]! + 1;
    inside.used[row.index] = used;
    if (used > row.most) this.#tooOften(segment, inside, row, used);
    if (late) {
      this.#report({
        code: "15",
        severity: "note",
        segment: segment.id,
        at: segment,
        group: inside.group,
        expected: `${segment.id} before ${inside.rows.list[inside.at]?.id ?? "what follows it"}`,
        found: `${segment.id} after it`,
      });
    } else inside.at = row.index;
    if (row.rows === undefined) {
      inside.children.push(segment);
      return;
    }
    const opened = frame(row.id, row.rows, [segment]);
    inside.children.push({ trigger: row.id, children: opened.children });
    this.#frames.push(opened);
  }

  /** Ends the message at this segment: groups close, and what they lack is told. */
  end(closing: Segment): void {
    while (this.#frames.length > 0) this.#close(closing);
  }

  #fit(id: string): Row | undefined {
    let late: Row | undefined;
    let lateDepth = 0;
    let gap: Row | undefined;
    let gapDepth = 0;
    for (let depth = this.#frames.length - 1; depth >= 0; depth -= 1) {
      const inside = this.#frames[depth]!;
      const rows = inside.rows.byId.get(id);
      if (rows === undefined) continue;
      for (const row of rows) {
        if (row.index < inside.at) {
          if (late === undefined && row.area === inside.rows.list[inside.at]?.area) {
            late = row;
            lateDepth = depth;
          }
        } else if (row.index === inside.at && rows.length > 1 && inside.used[row.index]! >= row.most) {
          // This place is full and the segment has another one further on.
        } else if (skipsNeeded(inside, row)) {
          if (gap === undefined) {
            gap = row;
            gapDepth = depth;
          }
        } else {
          this.#depth = depth;
          this.#late = false;
          return row;
        }
      }
    }
    this.#late = late !== undefined;
    this.#depth = late === undefined ? gapDepth : lateDepth;
    return late ?? gap;
  }

  #misplaced(segment: Segment): void {
    const inside = this.#frames[this.#frames.length - 1]!;
    const ours = this.#table.segments.has(segment.id);
    const standard = ours || isStandard(segment.id);
    this.#report({
      code: ours ? "15" : "16",
      // What the standard has and this message has not is carried along; what nobody knows, or hangs in the air, is not.
      severity: standard && !ours ? "note" : "error",
      segment: segment.id,
      at: segment,
      group: inside.group,
      expected: ours
        ? `${segment.id} at its place in the ${this.#table.type}`
        : standard
          ? `a segment of the ${this.#table.type}`
          : "a segment of the standard",
      found: segment.id,
    });
    inside.children.push(segment);
  }

  #tooOften(segment: Segment, inside: Frame, row: Row, used: number): void {
    // A second BGM means that two documents ran into each other; a 100th NAD means a generous sender.
    const head = row.need !== "may" && row.most === 1 && row.rows === undefined;
    this.#report({
      code: row.rows === undefined ? "35" : "36",
      severity: head ? "error" : "note",
      segment: segment.id,
      at: segment,
      group: inside.group,
      expected: `at most ${row.most} ${segment.id}`,
      found: String(used),
    });
  }

  #close(at: Segment): void {
    const closed = this.#frames.pop();
    if (!closed) return;
    for (const row of closed.rows.needed) {
      if (closed.used[row.index]! > 0) continue;
      this.#report({
        code: "13",
        severity: row.need === "must" ? "error" : "note",
        segment: row.id,
        at,
        group: closed.group,
        expected: `the mandatory segment ${row.id}`,
        found: `${at.id} without it`,
      });
    }
    put(closed.used, closed.rows.list.length);
  }
}

/** Counters of closed groups, to be used again: a message opens a group for every line. */
const spare: Int32Array[] = [];
const SPARE_MAX = 64;
const ROWS_MAX = 128;

function frame(group: string, rows: Rows, children: Node[]): Frame {
  ensure(rows.list.length <= ROWS_MAX, "a table level has no more rows than are counted");
  return { group, rows, used: spare.pop() ?? new Int32Array(ROWS_MAX), at: 0, children };
}

function put(used: Int32Array, rows: number): void {
  used.fill(0, 0, rows);
  if (spare.length < SPARE_MAX) spare.push(used);
}

/** Whether going to this row would leave out one the standard demands on the way, such as UNS before the summary. */
function skipsNeeded(inside: Frame, to: Row): boolean {
  for (const row of inside.rows.needed) {
    if (row.index >= inside.at && row.index < to.index && inside.used[row.index]! === 0) return true;
  }
  return false;
}
