/**
 * Set tables made ready for reading: the words of `tables/sets.ts` as a tree of rows.
 *
 * A mistake in a table is a defect of ours and stops the program when the table is first used, not a document.
 */
import { ensure } from "../../std/errors.ts";
import { SETS, type SetRecord } from "./tables/sets.ts";

/** One place in a set or loop: a segment, or the loop a segment opens. */
export interface Row {
  readonly id: string;
  readonly mandatory: boolean;
  readonly most: number;
  /** 0 header, 1 detail, 2 summary. Rows of a loop stand in the area of the loop. */
  readonly area: number;
  readonly index: number;
  /** The rows of the loop this segment opens; undefined for a plain segment. */
  readonly rows: Rows | undefined;
}

export interface Rows {
  readonly list: readonly Row[];
  readonly byId: ReadonlyMap<string, readonly Row[]>;
  readonly mandatory: readonly Row[];
}

export interface SetTable {
  readonly type: string;
  readonly functionalId: string;
  readonly name: string;
  readonly rows: Rows;
  /** Every segment that stands anywhere in the table, and whether the structure rests on it: it is mandatory, or opens a loop of detail. */
  readonly structural: ReadonlyMap<string, boolean>;
}

const records = new Map(SETS.map((record) => [record.type, record]));
const tables = new Map<string, SetTable>();

/** The table of a set, or undefined for a type no table is known for. */
export function tableOf(type: string): SetTable | undefined {
  const known = tables.get(type);
  if (known) return known;
  const record = records.get(type);
  if (!record) return undefined;
  const table = compile(record);
  tables.set(type, table);
  return table;
}

/** The types of all sets with a table. */
export const knownSets = (): string[] => [...records.keys()].sort();

function compile(record: SetRecord): SetTable {
  const structural = new Map<string, boolean>();
  const list: Row[] = [];
  for (const [area, words] of record.areas.entries()) {
    if (words !== undefined) list.push(...parse(words, area, list.length, structural, record.type));
  }
  return {
    type: record.type,
    functionalId: record.functionalId,
    name: record.name,
    rows: indexed(list),
    structural,
  };
}

const WORD = /\s*(?:([A-Z][A-Z0-9]{1,2})(!?)(?:\*(\d*))?(\{)?|(\}))\s*/y;

function parse(
  words: string,
  area: number,
  first: number,
  structural: Map<string, boolean>,
  type: string,
): Row[] {
  const open: Row[][] = [[]];
  const heads: Omit<Row, "rows">[] = [];
  let at = 0;
  while (at < words.length) {
    WORD.lastIndex = at;
    const word = WORD.exec(words);
    ensure(word, `table ${type} reads on at "${words.slice(at, at + 20)}"`);
    at = WORD.lastIndex;
    const rows = open[open.length - 1]!;
    if (word[5] !== undefined) {
      const head = heads.pop();
      ensure(head, `table ${type} closes only loops it opened`);
      open.pop();
      open[open.length - 1]!.push({ ...head, rows: indexed(rows) });
      continue;
    }
    const most = word[3] === undefined ? 1 : word[3] === "" ? Number.POSITIVE_INFINITY : Number(word[3]);
    const id = word[1]!;
    const head = {
      id,
      mandatory: word[2] === "!",
      most,
      area,
      index: rows.length + (open.length === 1 ? first : 0),
    };
    const opensDetail = word[4] !== undefined && open.length === 1 && area > 0;
    structural.set(id, (structural.get(id) ?? false) || head.mandatory || opensDetail);
    if (word[4] === undefined) {
      rows.push({ ...head, rows: undefined });
      continue;
    }
    // The place of the loop is taken now, so that the rows after it are numbered after it.
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
  return { list, byId, mandatory: list.filter(({ mandatory }) => mandatory) };
}
