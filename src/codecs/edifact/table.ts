/** The tables of messages, made ready for reading when they are first needed. */
import { compileTable, type Table } from "../segments/table.ts";
import { MESSAGES, type MessageRecord } from "./tables/messages.ts";

const tables = new Map<MessageRecord, Table>();

/** The table of a message type in a directory such as `D` `96A`, or undefined for a type no table is known for. */
export function tableOf(type: string, release: string): Table | undefined {
  const record = MESSAGES.find(
    (candidate) =>
      candidate.type === type && (candidate.before === undefined || yearOf(release) < candidate.before),
  );
  if (!record) return undefined;
  const known = tables.get(record);
  if (known) return known;
  const table = compileTable(record.type, record.areas);
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
