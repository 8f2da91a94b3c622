/**
 * SAP IDocs: ORDERS05, ORDRSP, DELVRY03, INVOIC02, MATMAS05, DEBMAS and any other type, flat and XML.
 *
 * Both ways of writing give the same tree of segments. `readIdocOrder`, `readIdocDelivery`, `readIdocInvoice`,
 * `readIdocMaterials` and `readIdocCustomers` turn a tree into business words and list what they do not carry.
 */
import { type Bytes, toBytes } from "../../std/bytes.ts";
import type { Codec } from "../codec.ts";
import type { Records } from "../records.ts";
import { firstElement } from "../xml/start.ts";
import { XML_LIMITS } from "../xml/tree.ts";
import { type FlatLimits, readFlat, writeFlat } from "./flat.ts";
import { REQUIRED, SEGMENTS, type SegmentLayout } from "./layouts.ts";
import { brokenIn } from "./place.ts";
import { recordsBy } from "./records.ts";
import type { Idoc, IdocFile } from "./segments.ts";
import { readIdocXml, writeIdocXml } from "./xml.ts";

export interface IdocSettings {
  /** Fields of a customer's own segments by type, or more fields of a known one. */
  readonly segments?: Readonly<Record<string, SegmentLayout>>;
  readonly limits?: Partial<FlatLimits>;
}

/** 50 MB and 200,000 records. */
export const IDOC_LIMITS: FlatLimits = { bytes: XML_LIMITS.bytes, records: 200_000 };

/** The IDoc codec. @example idoc({ segments: { Z1PUMP: [["COLOUR", 10]] } }).decode(bytes).idocs */
export function idoc(settings: IdocSettings = {}): Codec<IdocFile> {
  const layouts = { ...SEGMENTS, ...settings.segments };
  const limits = { ...IDOC_LIMITS, ...settings.limits };
  return {
    name: "idoc",
    mediaType: "text/plain",
    decode(body) {
      const file = isXml(body) ? readIdocXml(body, { bytes: limits.bytes }) : readFlat(body, layouts, limits);
      for (const one of file.idocs) checkRequired(one);
      return file;
    },
    encode({ form, idocs }) {
      if (idocs.length === 0) throw brokenIn(undefined, "file", "at least one IDoc", "none");
      for (const one of idocs) checkRequired(one);
      if (form.syntax === "xml") return toBytes(writeIdocXml(idocs));
      const text = writeFlat(idocs, form, layouts);
      if (form.encoding === undefined) return toBytes(text);
      const wide = Buffer.from(`\ufeff${text}`, "utf16le");
      return form.encoding === "utf-16be" ? wide.swap16() : wide;
    },
  };
}

/**
 * The IDocs of a file as records, flat with a record a line or in XML.
 *
 * @example flow("materials").from(mailbox).records(idocRecords()).map(itemOf)
 */
export const idocRecords = (settings: IdocSettings = {}): Records<Idoc> => recordsBy(idoc(settings));

/** `ORDERS05` and `ORDERS04` are releases of one type. */
export const baseTypeOf = ({ control }: Idoc): string =>
  (control.IDOCTYP ?? control.DOCTYP ?? "").replace(/\d+$/, "");

function checkRequired(one: Idoc): void {
  const required = REQUIRED[baseTypeOf(one)];
  if (required !== undefined && !one.segments.some(({ type }) => type === required)) {
    const [first] = one.segments;
    throw brokenIn(first?.line, first?.type ?? "IDOC", `the segment ${required}`, "none");
  }
}

const isXml = (body: Bytes): boolean => firstElement(body.subarray(0, 8_192)).name !== "";

export * from "./business.ts";
export type { SegmentLayout } from "./layouts.ts";
export * from "./masters.ts";
export { type Idoc, type IdocFile, type IdocForm, type IdocSegment, segment } from "./segments.ts";
export type { IdocNotCarried } from "./teller.ts";
