/**
 * Reads account messages of any length: entries one by one, each statement without them at its end.
 *
 * Memory is that of one entry and of the balances.
 */
import type { Bytes } from "../../std/bytes.ts";
import { readXmlParts } from "../xml/stream.ts";
import { brokenAt, type XmlElement, type XmlLimits } from "../xml/tree.ts";
import { left } from "./carried.ts";
import { need } from "./elements.ts";
import { openDocument } from "./envelope.ts";
import { entryOf, headerOf, KINDS, placeOf, statementOf } from "./read-account.ts";
import type { BankDocument, BankEntry, BankStatement } from "./statement.ts";

export type BankEvent =
  | { readonly kind: "entry"; readonly entry: BankEntry; readonly of: EntryPlace }
  /** Without its entries, which were told before. */
  | { readonly kind: "statement"; readonly statement: BankStatement }
  /** What the message says of itself, at its end. */
  | { readonly kind: "message"; readonly message: Omit<BankDocument, "statements"> };

/** What the schema puts before the entries. */
export type EntryPlace = Pick<BankStatement, "id" | "account">;

const KIND_LIST = Object.values(KINDS);
const PARTS: ReadonlySet<string> = new Set(KIND_LIST.map(({ part }) => part));
/** Entries, what they stand in, and at last the root. */
const isPart = (name: string, parent: XmlElement | undefined): boolean =>
  parent === undefined || PARTS.has(name) || (name === "Ntry" && PARTS.has(parent.name));

/**
 * Reads a camt.052, 053 or 054 message.
 *
 * An entry is told before the end of the file is seen. The path in an error counts from the part it stands in.
 *
 * @throws {ContractBroken} where the file breaks; what was told before stands
 */
export async function* readBankEntries(
  chunks: AsyncIterable<Bytes>,
  limits: Partial<Omit<XmlLimits, "bytes">> = {},
): AsyncGenerator<BankEvent, void, undefined> {
  let inside: XmlElement | undefined;
  let of: EntryPlace | undefined;
  let statements = 0;
  for await (const part of readXmlParts(chunks, isPart, limits)) {
    if (part.parent === undefined) {
      const { kind, body, messageType } = openDocument(part, KIND_LIST);
      if (statements === 0) throw brokenAt(body, `at least one ${kind.part}`, "none");
      const header = headerOf(need(body, "GrpHdr"), messageType);
      yield { kind: "message", message: { ...header, ...left(part) } };
    } else if (part.name !== "Ntry") {
      if (statements === 0) openDocument(rootOf(part), KIND_LIST);
      statements += 1;
      yield { kind: "statement", statement: statementOf(part) };
    } else {
      if (statements === 0 && inside === undefined) openDocument(rootOf(part), KIND_LIST);
      if (part.parent !== inside || of === undefined) of = placeOf(part.parent);
      inside = part.parent;
      yield { kind: "entry", entry: entryOf(part), of };
    }
  }
}

function rootOf(element: XmlElement): XmlElement {
  let root = element;
  while (root.parent) root = root.parent;
  return root;
}
