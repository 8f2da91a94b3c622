/** Files of many UBL documents under one root: each document is cut, read and refused on its own. */
import type { Records } from "../records.ts";
import { inAnyWidth } from "../wide.ts";
import { xmlRecords } from "../xml/records.ts";
import { brokenAt, firstNamed, parseXml, type XmlLimits } from "../xml/tree.ts";
import { DOCUMENTS, type UblMessage } from "./documents.ts";
import { readUblAt } from "./read.ts";

const KINDS: ReadonlySet<string> = new Set(Object.keys(DOCUMENTS));

/**
 * The documents of a file as records, under whatever root the sender chose; a file of one document has one record.
 *
 * @example flow("invoices-of-the-month").from(mailbox).records(ublRecords()).map(invoiceOf)
 */
export const ublRecords = (limits: Partial<XmlLimits> = {}): Records<UblMessage> =>
  inAnyWidth(
    xmlRecords({
      name: "ubl documents",
      parts: KINDS,
      read(file) {
        const root = parseXml(file, limits);
        const document = firstNamed(root, KINDS);
        if (document === undefined) throw brokenAt(root, `one of ${[...KINDS].join(", ")}`, root.name);
        return readUblAt(document);
      },
    }),
  );
