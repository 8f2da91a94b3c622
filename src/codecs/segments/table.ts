/**
 * Tables of sets and messages made ready for reading: the words of a table as a tree of rows.
 *
 * A word is a segment identifier, `!` behind it where it is mandatory (`~` where the standard demands it and real senders
 * leave it out), `*n` how often it may come (`*` alone: any number), `+D` what its first element says there, and `{ … }` around what stands in the loop it opens.
 * A mistake in a table is a defect of ours and stops the program when the table is first used, not a document.
 */
import { ensure } from "../../std/errors.ts";

/** One place in a set or loop: a segment, or the loop a segment opens. */
export interface Row {
  readonly id: string;
  /** `must`: its absence refuses the document. `should`: it is noted. */
  readonly need: "must" | "should" | "may";
  readonly most: number;
  /** 0 header, 1 detail, 2 summary. Rows of a loop stand in the area of the loop. */
  readonly area: number;
  readonly index: number;
  /** The rows of the loop this segment opens; undefined for a plain segment. */
  readonly rows: Rows | undefined;
  /** What the first element of the segment says in this place, where the same segment has another place too. */
  readonly says?: string;
}

export interface Rows {
  readonly list: readonly Row[];
  readonly byId: ReadonlyMap<string, readonly Row[]>;
  /** Those whose absence is told. */
  readonly needed: readonly Row[];
}

export interface Table {
  readonly type: string;
  readonly rows: Rows;
  /** Every segment that stands anywhere in the table, and whether it is spine: mandatory, or opening a loop of detail. */
  readonly spine: ReadonlyMap<string, boolean>;
}

/** @param areas header, detail and summary in words */
export function compileTable(type: string, areas: readonly (string | undefined)[]): Table {
  const spine = new Map<string, boolean>();
  const list: Row[] = [];
  for (const [area, words] of areas.entries()) {
    if (words !== undefined) list.push(...parse(words, area, list.length, spine, type));
  }
  return { type, rows: indexed(list), spine };
}

const WORD = /\s*(?:([A-Z][A-Z0-9]{1,2})(?:\+(\w+))?([!~]?)(?:\*(\d*))?(\{)?|(\}))\s*/y;

function parse(words: string, area: number, first: number, spine: Map<string, boolean>, type: string): Row[] {
  const open: Row[][] = [[]];
  const heads: Omit<Row, "rows">[] = [];
  let at = 0;
  while (at < words.length) {
    WORD.lastIndex = at;
    const word = WORD.exec(words);
    ensure(word, `table ${type} reads on at "${words.slice(at, at + 20)}"`);
    at = WORD.lastIndex;
    const rows = open[open.length - 1]!;
    if (word[6] !== undefined) {
      const head = heads.pop();
      ensure(head, `table ${type} closes only loops it opened`);
      open.pop();
      open[open.length - 1]!.push({ ...head, rows: indexed(rows) });
      continue;
    }
    const id = word[1]!;
    const head: Omit<Row, "rows"> = {
      id,
      need: word[3] === "!" ? "must" : word[3] === "~" ? "should" : "may",
      most: word[4] === undefined ? 1 : word[4] === "" ? Number.POSITIVE_INFINITY : Number(word[4]),
      area,
      index: rows.length + (open.length === 1 ? first : 0),
      ...(word[2] === undefined ? {} : { says: word[2] }),
    };
    const opensDetail = word[5] !== undefined && open.length === 1 && area > 0;
    spine.set(id, (spine.get(id) ?? false) || head.need === "must" || opensDetail);
    if (word[5] === undefined) {
      rows.push({ ...head, rows: undefined });
      continue;
    }
    // The place of the loop is taken when it closes: nothing else is pushed to these rows until then.
    heads.push(head);
    open.push([]);
  }
  ensure(open.length === 1, `table ${type} closes every loop`);
  return open[0]!;
}

function indexed(list: readonly Row[]): Rows {
  const byId = new Map<string, Row[]>();
  for (const row of list) {
    const rows = byId.get(row.id) ?? [];
    rows.push(row);
    byId.set(row.id, rows);
  }
  return { list, byId, needed: list.filter(({ need }) => need !== "may") };
}
