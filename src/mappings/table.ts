/**
 * The table that stands for a mapping: which place of a document is which field of a contract.
 *
 * It is data. Reading, writing, the page of documentation and the proof that nothing is dropped all follow from the same rows
 * (`read.ts`, `write.ts`, `page.ts`), so they cannot disagree. A table never waits, asks or remembers; what the partners agreed
 * on comes in as `Around`.
 */
import type { Contract } from "../contracts/contract.ts";
import type { ContractBroken } from "../std/errors.ts";
import type { Tree } from "./place.ts";

export interface Account {
  readonly iban: string;
  readonly bic?: string;
  readonly mandateId?: string;
  /** What a creditor of direct debits is known by. */
  readonly creditorId?: string;
}

export type Role = "customer" | "supplier" | "warehouse" | "carrier";

/** What was agreed with whoever sends or gets the document, and what its envelope says. */
export interface Around {
  /** What the partner is to us, where one document means different things from different partners. */
  readonly role?: Role;
  /** Our number of the partner: a customer, supplier, carrier, warehouse or bank. */
  readonly partner: string;
  /** ISO 4217; of documents that name none. Agreed, so it is no guess. */
  readonly currency?: string;
  /** The unit of quantities that name none, where no standard says it. Agreed, so it is no guess. */
  readonly unit?: string;
  /** The number of the interchange it came in. */
  readonly controlNumber?: string;
  /** Our number of an order the partner names by its own. */
  readonly orderNumber?: (reference: string) => string;
  /** The order one of our own documents was about, by its control number or by its own number. */
  readonly orderOf?: (reference: string) => string | null;
  /** What the partner's status codes stand for, where no standard says it: an unknown one is refused. */
  readonly codes?: Readonly<Record<string, string>>;
  /** Accounts payments go from and to: IBAN, BIC, and the mandate of a direct debit. */
  readonly ourAccount?: Account;
  readonly partnerAccount?: Account;
  readonly plant?: string;
  readonly warehouse?: string;
  /** How we and the partner name ourselves in documents that need names. */
  readonly ourName?: string;
  readonly partnerName?: string;
  /** A GLN or another electronic address of ours, with the scheme it is of, e.g. `0088`. */
  readonly ourEndpoint?: { readonly id: string; readonly scheme: string };
  /** RFC 3339: when the document is written, or was received. */
  readonly at?: string;
}

/** What a row may look at beside its own field. */
export interface Scope {
  readonly around: Around;
  /** The message as far as it is read, or whole when it is written. */
  readonly data: Tree;
  /** The line in hand; the message itself outside of lines. */
  readonly item: Tree;
  /** The number of the line in hand, from 0. */
  readonly index: number;
  /** The numbers of the parts around it, from the outside in. */
  readonly within: readonly number[];
  /** Text at a place of the document, of the line in hand first; "" where there is none. Reading only. */
  readonly text: (place: string) => string;
  /** Writing only: says that part of the value in hand has no place. */
  readonly lose: (what: string) => void;
}

/** How a field is written in a document: a name for people, and the two ways. */
export interface Kind {
  readonly name: string;
  /** It reads all that stand at its places, as one list. */
  readonly all?: boolean;
  /** Undefined: it cannot be carried, and is listed. @throws {ContractBroken} when it can mean nothing */
  readonly read: (found: unknown, scope: Scope) => unknown;
  readonly write: (value: unknown, scope: Scope) => unknown;
  /** What of the text that was read is not carried, such as the time behind a day. */
  readonly rest?: (found: unknown) => string;
}

export interface FieldRow {
  readonly row: "field";
  /** Several places are one value together, such as a date and its time. */
  readonly places: readonly string[];
  readonly path: string;
  readonly kind: Kind;
  /** What an absent field stands for. */
  readonly otherwise?: (scope: Scope) => unknown;
  /** Read, but written by another row. */
  readonly onlyRead?: boolean;
}
export interface EachRow {
  readonly row: "each";
  readonly place: string;
  readonly path: string;
  readonly rows: readonly Row[];
  /** Where a new one is written, when that is not `place`. */
  readonly written?: string | ((scope: Scope) => string);
  /** No line at all leaves the field out instead of an empty list. */
  readonly optional?: boolean;
}
export interface RepeatsRow {
  readonly row: "repeats";
  readonly place: string;
  readonly says: string;
  readonly value: (scope: Scope) => string | undefined;
  /** A document that says otherwise is refused, with this sentence. */
  readonly refuse?: string;
}
export interface GivenRow {
  readonly row: "given";
  readonly path: string;
  readonly says: string;
  readonly value: (scope: Scope) => unknown;
}
export type Row = FieldRow | EachRow | RepeatsRow | GivenRow;

interface FieldOptions {
  readonly otherwise?: (scope: Scope) => unknown;
  readonly onlyRead?: boolean;
}

/** Text as it stands. */
export const text: Kind = {
  name: "text",
  read: (found) => (typeof found === "object" ? undefined : String(found)),
  write: (value) => (value === undefined || value === null ? undefined : String(value)),
};

/** One field of the document is one field of the message. */
export const field = (
  place: string | readonly string[],
  path: string,
  kind: Kind = text,
  options: FieldOptions = {},
): FieldRow => ({
  row: "field",
  places: typeof place === "string" ? [place] : place,
  path,
  kind,
  ...options,
});

/** Each of several is an entry of a list, by the same rows. */
export const each = (
  place: string,
  path: string,
  rows: readonly Row[],
  options: Pick<EachRow, "written" | "optional"> = {},
): EachRow => ({ row: "each", place, path, rows, ...options });

/** The document says again what is known: a count, a constant, our own number. One that differs is listed or refused. */
export const repeats = (
  place: string,
  value: string | ((scope: Scope) => string | undefined),
  says = typeof value === "string" ? `always ${value}` : "follows from other fields",
  refuse?: string,
): RepeatsRow => ({
  row: "repeats",
  place,
  says,
  value: typeof value === "string" ? () => value : value,
  ...(refuse === undefined ? {} : { refuse }),
});

/** The message holds what no field of the document says: it was agreed, or follows from other fields. */
export const given = (path: string, says: string, value: (scope: Scope) => unknown): GivenRow => ({
  row: "given",
  path,
  says,
  value,
});

/** One step of a document that says several things: for each of these, one message. */
export interface Part {
  readonly place: string;
  /** False: it says nothing that counts. An error: it is refused, alone. */
  readonly keep?: (scope: Scope, part: Tree) => boolean | ContractBroken;
}

/** One document, one contract. */
export interface Translation {
  // biome-ignore lint/suspicious/noExplicitAny: a list of translations to contracts of different shapes.
  readonly contract: Contract<any>;
  /** Which documents it stands for, by a field and its values; the first value is written. */
  readonly when?: readonly (readonly [place: string, ...values: string[]])[];
  /** Who must have sent it; anybody where absent. */
  readonly from?: Role;
  /** Which messages it can be written from, where several kinds have the same contract. */
  readonly of?: (data: Tree) => boolean;
  /** Fields a contract may leave out and the document may not. */
  readonly needs?: readonly string[];
  readonly parts?: readonly Part[];
  readonly rows: readonly Row[];
  /** What is written behind everything else. */
  readonly foot?: readonly Row[];
  /** Which way it is used: `both` is held to the round trip. */
  readonly way: "in" | "out" | "both";
}

/** How trees of a format are made and unmade. `Document` is what its codec gives, `Draft` what it takes. */
export interface Format<Document, Draft = Document> {
  readonly name: string;
  readonly treeOf: (document: Document) => Tree;
  readonly draftOf: (tree: Tree, type: string) => Draft;
  readonly isList: (name: string) => boolean;
  /** How people name a place. */
  readonly placeOf: (id: string, tree: Tree) => string;
  /** Names the reader keeps books by, such as line numbers: they are no values of the document. */
  readonly bookkeeping?: ReadonlySet<string>;
  /** Values that say nothing of their own, such as the qualifier of a segment that is listed. */
  readonly silent?: (id: string, tree: Tree, isCarried: (id: string) => boolean) => boolean;
}

/** A business document: what it may mean, and what is known about what it cannot carry. */
export interface Sheet<Document = unknown, Draft = Document> {
  readonly format: Format<Document, Draft>;
  /** As the standard calls it: `850`, `DESADV`, `Invoice`, `camt.053`. */
  readonly document: string;
  readonly title: string;
  readonly translations: readonly Translation[];
  /** Departures that are read all the same, each with its reason. */
  readonly tolerated?: readonly string[];
  /** Why known places have no field, by their beginning. */
  readonly notCarried?: Readonly<Record<string, string>>;
}
