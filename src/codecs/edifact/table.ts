/**
 * Message tables made ready for reading: the words of `tables/messages.ts` as a tree of rows.
 *
 * A mistake in a table is a defect of ours and stops the program when the table is first used, not a document.
 */
import { ensure } from "../../std/errors.ts";
import { MESSAGES, type MessageRecord } from "./tables/messages.ts";

/** One place in a message or group: a segment, or the segment group a segment triggers. */
export interface Row {
  readonly id: string;
  /** `must`: its absence refuses the message. `should`: the standard demands it and real senders leave it out. */
  readonly need: "must" | "should" | "may";
  readonly most: number;
  /** 0 header, 1 detail, 2 summary. Rows of a group stand in the area of the group. */
  readonly area: number;
  readonly index: number;
  /** The rows of the group this segment triggers; undefined for a plain segment. */
  readonly rows: Rows | undefined;
}

export interface Rows {
  readonly list: readonly Row[];
  readonly byId: ReadonlyMap<string, readonly Row[]>;
  readonly needed: readonly Row[];
}

export interface MessageTable {
  readonly type: string;
  readonly name: string;
  readonly rows: Rows;
  /** Every segment that stands anywhere in the table. */
  readonly segments: ReadonlySet<string>;
}

const tables = new Map<MessageRecord, MessageTable>();

/** The table of a message type in a directory such as `D` `96A`, or undefined for a type no table is known for. */
export function tableOf(type: string, release: string): MessageTable | undefined {
  const record = MESSAGES.find(
    (candidate) =>
      candidate.type === type && (candidate.before === undefined || yearOf(release) < candidate.before),
  );
  if (!record) return undefined;
  const known = tables.get(record);
  if (known) return known;
  const table = compile(record);
  tables.set(record, table);
  return table;
}

/** `96A` as 1996.0, `01B` as 2001.1; releases before the directories had years count as 1990. */
function yearOf(release: string): number {
  const parts = /^(\d{2})([A-Z])$/.exec(release);
  if (!parts) return 1990;
  const year = Number(parts[1]);
  return (year < 88 ? 2000 : 1900) + year + (parts[2]!.charCodeAt(0) - 65) / 10;
}

/** The types of all messages with a table. */
export const knownMessages = (): string[] => [...new Set(MESSAGES.map(({ type }) => type))].sort();

function compile(record: MessageRecord): MessageTable {
  const segments = new Set<string>();
  const list: Row[] = [];
  for (const [area, words] of record.areas.entries()) {
    if (words !== undefined) list.push(...parse(words, area, list.length, segments, record.type));
  }
  return { type: record.type, name: record.name, rows: indexed(list), segments };
}

const WORD = /\s*(?:([A-Z][A-Z0-9]{2})([!~]?)(?:\*(\d*))?(\{)?|(\}))\s*/y;

function parse(words: string, area: number, first: number, segments: Set<string>, type: string): Row[] {
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
      ensure(head, `table ${type} closes only groups it opened`);
      open.pop();
      open[open.length - 1]!.push({ ...head, rows: indexed(rows) });
      continue;
    }
    const id = word[1]!;
    segments.add(id);
    const head: Omit<Row, "rows"> = {
      id,
      need: word[2] === "!" ? "must" : word[2] === "~" ? "should" : "may",
      most: word[3] === undefined ? 1 : word[3] === "" ? Number.POSITIVE_INFINITY : Number(word[3]),
      area,
      index: rows.length + (open.length === 1 ? first : 0),
    };
    if (word[4] === undefined) {
      rows.push({ ...head, rows: undefined });
      continue;
    }
    // The place of the group is taken when it closes: nothing else is pushed to these rows until then.
    heads.push(head);
    open.push([]);
  }
  ensure(open.length === 1, `table ${type} closes every group`);
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
