/**
 * What left the database for the archive: which files there are, and in which of them a document's lines stand.
 *
 * The files themselves are read by `runtime/archive-file.ts`; here is only what the database remembers of them.
 */
import { type Db, type Instant, iso } from "./rows.ts";

/** Where lines of a document are now. */
export interface Archived {
  readonly number: number;
  /** What left: messages of the journal, the bytes that arrived, or deliveries and what systems said. */
  readonly of: "event" | "arrival" | "work";
  readonly file: string;
  readonly folder: string;
  readonly host: string;
  readonly lines: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly archivedAt: string;
}

/** Index: the primary keys of archived_document and archive. */
export const ARCHIVED_OF = `
  select d.correlation, a.number, a.manifest::json->>'of' as of, a.file, a.folder, a.host, d.lines, d.first_at, d.last_at, a.archived_at
    from archived_document d join archive a on a.number = d.archive
   where d.correlation = any($1) order by a.number`;

/** The files that hold lines of these documents, oldest first. */
export async function archivedOf(
  db: Db,
  correlations: readonly string[],
): Promise<(Archived & { readonly correlation: string })[]> {
  const { rows } = await db.query<
    Omit<Archived, "firstAt" | "lastAt" | "archivedAt"> & {
      correlation: string;
      first_at: Instant;
      last_at: Instant;
      archived_at: Instant;
    }
  >(ARCHIVED_OF, [correlations]);
  return rows.map(({ first_at, last_at, archived_at, ...row }) => ({
    ...row,
    firstAt: iso(first_at),
    lastAt: iso(last_at),
    archivedAt: iso(archived_at),
  }));
}

/** A file of the archive, as the database knows it. */
export interface ArchiveFile {
  readonly number: number;
  readonly folder: string;
  /** As it stands beside the file: JSON. */
  readonly manifest: string;
}

/** All files, oldest first. */
export async function archives(db: Db): Promise<ArchiveFile[]> {
  const { rows } = await db.query<ArchiveFile>(
    "select number, folder, manifest from archive order by number",
    [],
  );
  return rows;
}
