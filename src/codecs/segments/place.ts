/**
 * Puts the segments of one set or message into its table.
 *
 * Each segment finds the nearest place that fits: in the loop just being read, in the loops around it, further down. A
 * segment that came too late within its own loop is put there all the same and noted (senders order details as their guide
 * does); one that breaks the structure — unknown to the standard, in another area, before the loop it belongs to — refuses
 * the document. Whatever is found wrong, no segment is lost.
 */
import type { AnySegment } from "./document.ts";
import type { Row, Rows, Table } from "./table.ts";

/** What is wrong with the place of a segment, in the codes of the standard. */
export interface PlaceFinding<Segment> {
  readonly code: string;
  readonly severity: "error" | "note";
  readonly segment: string;
  readonly at: Segment;
  /** The loop it was found in; `""` outside loops. */
  readonly inside: string;
  readonly expected: string;
  readonly found: string;
}

/** What a standard says differently. */
export interface PlaceRules<Node> {
  readonly codes: {
    readonly late: string;
    /** In the table, but not here. */
    readonly displaced: string;
    /** Of the standard, but not of this table. */
    readonly foreign: string;
    readonly unknown: string;
    readonly segmentTooOften: string;
    readonly loopTooOften: string;
    readonly missing: string;
  };
  /** Whether a displaced segment breaks the structure only where it is spine; the rest is then noted. */
  readonly spineOnly: boolean;
  isStandard(id: string): boolean;
  /** One repetition of a loop. */
  loop(id: string, children: readonly Node[]): Node;
}

/** Who is told. An object and not a function: functions made for each document keep it alive longer than it is read. */
export interface PlaceJudge<Segment> {
  misplaced(finding: PlaceFinding<Segment>): void;
}

interface Frame {
  readonly loop: string;
  readonly rows: Rows;
  /** How often each row was used. */
  readonly used: number[];
  /** The row of the last segment in order. */
  at: number;
  /** Where its children begin among the open nodes. */
  readonly from: number;
}

export class Placer<Segment extends AnySegment & Node, Node> {
  readonly #table: Table;
  readonly #rules: PlaceRules<Node>;
  readonly #judge: PlaceJudge<Segment>;
  readonly #frames: Frame[];
  /** What was read of all open loops. Lists that are kept are cut from it in their size: most loops are short. */
  readonly #nodes: Node[];
  #length = 1;
  // The place found by #fit; fields instead of an object, because this runs once for every segment.
  #depth = 0;
  #late = false;

  /** `opening` is ST or UNH: it stands before the table and outside it. */
  constructor(table: Table, opening: Segment, rules: PlaceRules<Node>, judge: PlaceJudge<Segment>) {
    this.#table = table;
    this.#rules = rules;
    this.#judge = judge;
    this.#nodes = [opening];
    this.#frames = [frame("", table.rows, 0)];
  }

  add(segment: Segment): void {
    const row = this.#fit(segment);
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
      this.#judge.misplaced({
        code: this.#rules.codes.late,
        severity: "note",
        segment: segment.id,
        at: segment,
        inside: inside.loop,
        expected: `${segment.id} before ${inside.rows.list[inside.at]?.id ?? "what follows it"}`,
        found: `${segment.id} after it`,
      });
    } else inside.at = row.index;
    if (row.rows !== undefined) this.#frames.push(frame(row.id, row.rows, this.#length));
    this.#push(segment);
  }

  /** Ends the document at this segment, which is kept where `closes`: loops close, and what they lack is told. */
  end(last: Segment, closes: boolean): readonly Node[] {
    while (this.#frames.length > 0) this.#close(last);
    if (closes) this.#push(last);
    return this.#nodes.slice(0, this.#length);
  }

  #push(node: Node): void {
    this.#nodes[this.#length] = node;
    this.#length += 1;
  }

  #fit({ id, elements }: Segment): Row | undefined {
    let late: Row | undefined;
    let lateDepth = 0;
    let gap: Row | undefined;
    let gapDepth = 0;
    for (let depth = this.#frames.length - 1; depth >= 0; depth -= 1) {
      const inside = this.#frames[depth]!;
      const rows = inside.rows.byId.get(id);
      if (rows === undefined) continue;
      for (const row of rows) {
        if (row.says !== undefined && row.says !== elements[0]) continue;
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
    const { codes, spineOnly, isStandard } = this.#rules;
    const inside = this.#frames[this.#frames.length - 1]!;
    const spine = this.#table.spine.get(segment.id);
    const ours = spine !== undefined;
    const standard = ours || isStandard(segment.id);
    // What the standard has and this table has not is carried along; what nobody knows, or hangs in the air, is not.
    const breaks = !standard || (ours && (spine || !spineOnly));
    this.#judge.misplaced({
      code: ours ? codes.displaced : standard ? codes.foreign : codes.unknown,
      severity: breaks ? "error" : "note",
      segment: segment.id,
      at: segment,
      inside: inside.loop,
      expected: ours
        ? `${segment.id} at its place in the ${this.#table.type}`
        : standard
          ? `a segment of the ${this.#table.type}`
          : "a segment of the standard",
      found: segment.id,
    });
    this.#push(segment);
  }

  #tooOften(segment: Segment, inside: Frame, row: Row, used: number): void {
    // A second BEG or BGM means that two documents ran into each other; a 201st N1 means a generous sender.
    const head = row.need !== "may" && row.most === 1 && row.rows === undefined;
    this.#judge.misplaced({
      code: row.rows === undefined ? this.#rules.codes.segmentTooOften : this.#rules.codes.loopTooOften,
      severity: head ? "error" : "note",
      segment: segment.id,
      at: segment,
      inside: inside.loop,
      expected: `at most ${row.most} ${segment.id}`,
      found: String(used),
    });
  }

  #close(at: Segment): void {
    const closed = this.#frames.pop();
    if (!closed) return;
    for (const row of closed.rows.needed) {
      if (closed.used[row.index]! > 0) continue;
      this.#judge.misplaced({
        code: this.#rules.codes.missing,
        severity: row.need === "must" ? "error" : "note",
        segment: row.id,
        at,
        inside: closed.loop,
        expected: `the mandatory segment ${row.id}`,
        found: `${at.id} without it`,
      });
    }
    if (this.#frames.length === 0) return;
    const children = this.#nodes.slice(closed.from, this.#length);
    this.#length = closed.from;
    this.#push(this.#rules.loop(closed.loop, children));
  }
}

function frame(loop: string, rows: Rows, from: number): Frame {
  const used: number[] = new Array(rows.list.length);
  for (let index = 0; index < used.length; index += 1) used[index] = 0;
  return { loop, rows, used, at: 0, from };
}

/** Whether going to this row would leave out one the standard demands on the way, such as UNS before the summary. */
function skipsNeeded(inside: Frame, to: Row): boolean {
  for (const row of inside.rows.needed) {
    if (row.index >= inside.at && row.index < to.index && inside.used[row.index] === 0) return true;
  }
  return false;
}
