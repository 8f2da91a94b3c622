/** Account messages as files of many entries: each is cut, read and refused on its own. */
import type { Records } from "../records.ts";
import { inAnyWidth } from "../wide.ts";
import { xmlRecords } from "../xml/records.ts";
import { brokenAt, firstNamed, parseXml, type XmlLimits } from "../xml/tree.ts";
import { openDocument } from "./envelope.ts";
import { entryOf, KINDS, placeOf } from "./read-account.ts";
import type { BankEntry } from "./statement.ts";
import type { EntryPlace } from "./stream.ts";

/** An entry, and the account and statement it stands in. */
export interface BankEntryRecord {
  readonly entry: BankEntry;
  readonly of: EntryPlace;
}

const ENTRIES: ReadonlySet<string> = new Set(["Ntry"]);

/**
 * The entries of a camt.052, 053 or 054 message as records. What stands behind the entries of a statement is not read.
 *
 * @example flow("statements").from(mailbox).records(bankEntryRecords()).map(paymentOf)
 */
export const bankEntryRecords = (limits: Partial<XmlLimits> = {}): Records<BankEntryRecord> =>
  inAnyWidth(
    xmlRecords({
      name: "bank entries",
      parts: ENTRIES,
      read(document) {
        const root = parseXml(document, limits);
        openDocument(root, Object.values(KINDS));
        const entry = firstNamed(root, ENTRIES);
        if (entry?.parent === undefined) throw brokenAt(root, "an entry Ntry", "none");
        return { entry: entryOf(entry), of: placeOf(entry.parent) };
      },
    }),
  );
