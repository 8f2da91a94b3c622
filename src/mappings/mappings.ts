/** Tables as a solution uses them: by the name of the document, with the two ways. */
import { type Mapped, read } from "./read.ts";
import type { Around, Sheet } from "./table.ts";
import { type Written, write } from "./write.ts";

/** A document and the canonical contracts it stands for. */
export interface Mapping<Document, Draft> {
  readonly sheet: Sheet<Document, Draft>;
  /** What a document means, and what of it no field carries. @throws {ContractBroken} naming the place */
  read(document: Document, around: Around): Mapped;
  /** A message as this document, and what of it has no place there. @throws {ContractBroken} */
  write(message: { readonly contract: string; readonly data: unknown }, around: Around): Written<Draft>;
}

export type Mappings<Names extends string, Document, Draft> = {
  readonly [Name in Names]: Mapping<Document, Draft>;
};

export const mapping = <Document, Draft>(sheet: Sheet<Document, Draft>): Mapping<Document, Draft> => ({
  sheet,
  read: (document, around) => read(sheet as Sheet<Document, never>, document, around),
  write: (message, around) => write(sheet as Sheet<never, Draft>, message, around),
});

/** All tables of a format. */
export const mappings = <Names extends string, Document, Draft>(
  sheets: Readonly<Record<Names, Sheet<Document, Draft>>>,
): Mappings<Names, Document, Draft> =>
  Object.fromEntries(
    Object.entries<Sheet<Document, Draft>>(sheets).map(([name, sheet]) => [name, mapping(sheet)]),
  ) as Mappings<Names, Document, Draft>;
