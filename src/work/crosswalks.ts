/**
 * Code lists that come with a configuration: what another system calls something of ours. Rows of `cross_reference` with
 * `confirmed_by = 'configuration'` are written here; what a person confirmed is never overwritten.
 */
import type { Pool } from "pg";
import { columns } from "../std/columns.ts";

/** One row of a code list. */
export interface Crosswalk {
  /** What kind of thing: `customer`, `unit`. */
  readonly entity: string;
  /** The system whose word it is: a connection's name. */
  readonly system: string;
  readonly external: string;
  readonly canonical: string;
}

const Rows = columns({ entity: "text", system: "text", external: "text", canonical: "text" });

/** By primary key; a row that says the same already is left alone, so a start writes nothing the second time. */
const KEEP = `
  insert into cross_reference (entity, system, external, canonical, confirmed_by)
  select entity, system, external, canonical, 'configuration'
    from ${Rows.from(1, "given")}
  on conflict (entity, system, external) do update
     set canonical = excluded.canonical, valid_from = clock_timestamp()
   where cross_reference.confirmed_by = 'configuration' and cross_reference.canonical <> excluded.canonical`;

/** Keeps the rows and returns how many were new or changed. */
export async function keepCrosswalks(pool: Pool, rows: readonly Crosswalk[]): Promise<number> {
  if (rows.length === 0) return 0;
  return (await pool.query(KEEP, Rows.values(rows))).rowCount ?? 0;
}
