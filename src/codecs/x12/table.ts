/** The tables of transaction sets, made ready for reading when they are first needed. */
import { compileTable, type Table } from "../segments/table.ts";
import { SETS } from "./tables/sets.ts";

export interface SetTable extends Table {
  readonly functionalId: string;
  readonly name: string;
}

const records = new Map(SETS.map((record) => [record.type, record]));
const tables = new Map<string, SetTable>();

/** The table of a set, or undefined for a type no table is known for. */
export function tableOf(type: string): SetTable | undefined {
  const known = tables.get(type);
  if (known) return known;
  const record = records.get(type);
  if (!record) return undefined;
  const { functionalId, name } = record;
  const table = { ...compileTable(type, record.areas), functionalId, name };
  tables.set(type, table);
  return table;
}

/** The types of all sets with a table. */
export const knownSets = (): string[] => [...records.keys()].sort();
