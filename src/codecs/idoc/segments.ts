/**
 * What an IDoc is, whichever way it was written: one control record and a tree of segments with named fields.
 *
 * Segments carry the name of their type (`E1EDK01`), as in XML; the flat name (`E2EDK01005`) is the type and the release
 * of its definition. Fields are text as written, blanks at the end dropped. Nothing of a record is lost: what no layout
 * names is kept in `rest`.
 */

export interface IdocSegment {
  /** `E1EDK01`, `Z1PUMP`. */
  readonly type: string;
  /** Three digits of the segment definition, only in flat files: `005`. */
  readonly release?: string;
  readonly fields: Readonly<Record<string, string>>;
  /** What stands in a flat record behind the last field of the layout. */
  readonly rest?: string;
  readonly children: readonly IdocSegment[];
  /** HLEVEL of a flat record where it is not the depth in the tree counted from 2. */
  readonly level?: number;
  /** Where it was read, for errors. */
  readonly line?: number;
}

export interface Idoc {
  /** Fields of EDI_DC40 that are filled: `IDOCTYP`, `MESTYP`, `DOCNUM`, `SNDPRN` … */
  readonly control: Readonly<Record<string, string>>;
  readonly segments: readonly IdocSegment[];
}

/** How a file is written; one that was read is written the same way again. */
export type IdocForm =
  | { readonly syntax: "xml" }
  | {
      readonly syntax: "flat";
      /** The record layout: `40` of release 4.0 and later (EDI_DC40), `3` before (EDI_DC). */
      readonly records: "40" | "3";
      /** Whether records are filled with blanks to their full length. */
      readonly padded: boolean;
      /** Whether segment and parent numbers are written with leading zeros. */
      readonly zeros: boolean;
      /** Whether parents' numbers are written; very old senders leave all of them 0. */
      readonly parents: boolean;
      /** Where it is not UTF-8: systems that work in UTF-16 write their files so. */
      readonly encoding?: "utf-16le" | "utf-16be";
    };

export interface IdocFile {
  readonly form: IdocForm;
  readonly idocs: readonly Idoc[];
}

/** A segment for writing. @example segment("E1EDP19", { QUALF: "002", IDTNR: "PUMP-100" }) */
export const segment = (
  type: string,
  fields: Readonly<Record<string, string>>,
  children: readonly IdocSegment[] = [],
): IdocSegment => ({ type, fields, children });

/** `E2EDK01005` → `E1EDK01`, `005`; `ZE2EDL24_ADD000` → `ZE1EDL24_ADD`, `000`; `E2EDKA1` → `E1EDKA1`. */
export function typeOf(
  flatName: string,
  known: (type: string) => boolean,
): { type: string; release?: string } {
  const type = flatName.replace(/^(Z?[A-Z])2/, "$11");
  // Names may end in digits of their own (E1EDK01), so a known type comes before a suffix.
  if (known(type)) return { type };
  const [, name, release] = /^(.{3,})(\d{3})$/.exec(type) ?? [];
  return name !== undefined && release !== undefined ? { type: name, release } : { type };
}

/** The reverse of `typeOf`. */
export const flatNameOf = ({ type, release }: Pick<IdocSegment, "type" | "release">): string =>
  type.replace(/^(Z?[A-Z])1/, "$12") + (release ?? "");

/** Every segment in the order of the file, with the one it stands in. */
export function* walk(
  segments: readonly IdocSegment[],
  parent?: IdocSegment,
): Generator<{ segment: IdocSegment; parent: IdocSegment | undefined }> {
  for (const one of segments) {
    yield { segment: one, parent };
    yield* walk(one.children, one);
  }
}
