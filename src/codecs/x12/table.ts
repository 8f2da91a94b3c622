/** The tables of transaction sets, made ready for reading when they are first needed. */
import { compileTable, type Table } from "../segments/table.ts";
import { SETS, type SetRecord } from "./tables/sets.ts";

export interface SetTable extends Table {
  readonly functionalId: string;
  readonly name: string;
}

const records = new Map<string, SetRecord[]>();
for (const record of SETS) records.set(record.type, [...(records.get(record.type) ?? []), record]);
const tables = new Map<SetRecord, SetTable>();

/**
 * The table of a set, or undefined for a type no table is known for.
 *
 * @param version GS08; without one, the layout of today
 */
export function tableOf(type: string, version = ""): SetTable | undefined {
  const ofType = records.get(type);
  const old = ofType?.find(
    ({ before }) => before !== undefined && /^\d{6}/.test(version) && version < before,
  );
  const record = old ?? ofType?.find(({ before }) => before === undefined);
  if (!record) return undefined;
  const known = tables.get(record);
  if (known) return known;
  const { functionalId, name } = record;
  const table = { ...compileTable(type, record.areas), functionalId, name };
  tables.set(record, table);
  return table;
}

/** The types of all sets with a table. */
export const knownSets = (): string[] => [...records.keys()].sort();
