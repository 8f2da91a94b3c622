/**
 * IDocs in business words: orders and their answers, deliveries, invoices, materials, customers.
 *
 * Numbers, dates and quantities stay text, blanks trimmed; SAP's trailing minus is put in front. Every filled field that
 * no word here stands for is listed in `notCarried`, so a mapping can say what it leaves.
 */
import { brokenIn } from "./place.ts";
import type { Idoc, IdocSegment } from "./segments.ts";
import { Teller, type Told } from "./teller.ts";

export interface IdocPartner {
  /** `AG` sold-to, `WE` ship-to, `RE` bill-to, `RG` payer, `LF` supplier, `SP` carrier. */
  readonly role: string;
  /** PARTN: the number in the receiver's books. */
  readonly id?: string;
  /** LIFNR: the number in the sender's books. */
  readonly senderId?: string;
  readonly names: readonly string[];
  readonly street?: string;
  readonly city?: string;
  readonly postalCode?: string;
  readonly country?: string;
}

export interface IdocReference {
  readonly qualifier: string;
  readonly number?: string;
  readonly line?: string;
  readonly date?: string;
}

export interface IdocLine {
  readonly number: string;
  /** ACTION: `001` new, `002` changed, `003` deleted. */
  readonly action?: string;
  readonly quantity?: string;
  readonly uom?: string;
  readonly price?: string;
  /** What quantity the price is for; 1 where absent. */
  readonly priceBase?: string;
  readonly priceUom?: string;
  readonly netValue?: string;
  readonly plant?: string;
  readonly rejectedBecause?: string;
  /** E1EDP19 by qualifier: `001` the customer's material, `002` the supplier's, `003` the GTIN. */
  readonly materials: readonly { readonly qualifier: string; readonly id?: string; readonly text?: string }[];
  readonly schedule: readonly {
    readonly ordered?: string;
    readonly confirmed?: string;
    readonly date?: string;
  }[];
  readonly references: readonly IdocReference[];
  readonly conditions: readonly IdocCondition[];
  readonly taxes: readonly IdocTax[];
  /** E1EDP26 by qualifier: `003` net, `011` gross … */
  readonly amounts: readonly { readonly qualifier: string; readonly amount?: string }[];
  readonly texts: readonly string[];
}

export interface IdocCondition {
  readonly charge: boolean;
  readonly type?: string;
  readonly text?: string;
  readonly amount?: string;
  readonly percent?: string;
}

export interface IdocTax {
  readonly code?: string;
  readonly rate?: string;
  readonly amount?: string;
}

/** ORDERS, ORDRSP, ORDCHG and INVOIC share their segments and so their words. */
export interface IdocTrade extends Told {
  readonly messageType: string;
  readonly number?: string;
  readonly documentType?: string;
  readonly action?: string;
  readonly currency?: string;
  readonly paymentTerms?: string;
  readonly references: readonly IdocReference[];
  /** E1EDK03 by qualifier: `002` wanted delivery, `012` document date, `022` order date, `026` invoice date. */
  readonly dates: readonly { readonly qualifier: string; readonly date?: string; readonly time?: string }[];
  readonly partners: readonly IdocPartner[];
  readonly conditions: readonly IdocCondition[];
  readonly taxes: readonly IdocTax[];
  /** E1EDS01 by qualifier: `002` net value, `005` tax, `010` net, `011` gross. */
  readonly totals: readonly {
    readonly qualifier: string;
    readonly amount?: string;
    readonly currency?: string;
  }[];
  readonly texts: readonly string[];
  readonly lines: readonly IdocLine[];
}
/** An order (ORDERS), its answer (ORDRSP) or its change (ORDCHG). @throws {ContractBroken} with `line` and `segment` */
export const readIdocOrder = (idoc: Idoc): IdocTrade => trade(idoc);

/** An invoice or credit memo (INVOIC). */
export const readIdocInvoice = (idoc: Idoc): IdocTrade => trade(idoc);

function trade(idoc: Idoc): IdocTrade {
  const say = new Teller(idoc);
  const top = idoc.segments;
  const head = say.one(top, "E1EDK01");
  return {
    messageType: idoc.control.MESTYP ?? "",
    ...say.text(head, "BELNR", "number"),
    ...say.text(head, "BSART", "documentType"),
    ...say.text(head, "ACTION", "action"),
    ...say.text(head, "CURCY", "currency"),
    ...say.text(head, "ZTERM", "paymentTerms"),
    references: say.of(top, "E1EDK02").map((one) => ({
      qualifier: say.value(one, "QUALF"),
      ...say.text(one, "BELNR", "number"),
      ...say.text(one, "POSNR", "line"),
      ...say.date(one, "DATUM", "date"),
    })),
    dates: say.of(top, "E1EDK03").map((one) => ({
      qualifier: say.value(one, "IDDAT"),
      ...say.date(one, "DATUM", "date"),
      ...say.text(one, "UZEIT", "time"),
    })),
    partners: say.of(top, "E1EDKA1").map((one) => partner(say, one)),
    conditions: say.of(top, "E1EDK05").map((one) => condition(say, one)),
    taxes: say.of(top, "E1EDK04").map((one) => tax(say, one)),
    totals: say.of(top, "E1EDS01").map((one) => ({
      qualifier: say.value(one, "SUMID"),
      ...say.decimal(one, "SUMME", "amount"),
      ...say.text(one, "WAERQ", "currency"),
    })),
    texts: say.of(top, "E1EDKT1").flatMap((one) => textLines(say, one, "E1EDKT2")),
    lines: say.of(top, "E1EDP01").map((one) => line(say, one)),
    notCarried: say.notCarried(),
  };
}

function line(say: Teller, one: IdocSegment): IdocLine {
  const inside = one.children;
  const number = say.value(one, "POSEX");
  if (number === "") throw brokenIn(one.line, one.type, "the number of the line in POSEX", "nothing");
  return {
    number,
    ...say.text(one, "ACTION", "action"),
    ...say.decimal(one, "MENGE", "quantity"),
    ...say.text(one, "MENEE", "uom"),
    ...say.decimal(one, "VPREI", "price"),
    ...say.decimal(one, "PEINH", "priceBase"),
    ...say.text(one, "PMENE", "priceUom"),
    ...say.decimal(one, "NETWR", "netValue"),
    ...say.text(one, "WERKS", "plant"),
    ...say.text(one, "ABGRU", "rejectedBecause"),
    materials: say.of(inside, "E1EDP19").map((each) => ({
      qualifier: say.value(each, "QUALF"),
      ...say.text(each, "IDTNR", "id"),
      ...say.text(each, "KTEXT", "text"),
    })),
    schedule: say.of(inside, "E1EDP20").map((each) => ({
      ...say.decimal(each, "WMENG", "ordered"),
      ...say.decimal(each, "AMENG", "confirmed"),
      ...say.date(each, "EDATU", "date"),
    })),
    references: say.of(inside, "E1EDP02").map((each) => ({
      qualifier: say.value(each, "QUALF"),
      ...say.text(each, "BELNR", "number"),
      ...say.text(each, "ZEILE", "line"),
      ...say.date(each, "DATUM", "date"),
    })),
    conditions: say.of(inside, "E1EDP05").map((each) => condition(say, each)),
    taxes: say.of(inside, "E1EDP04").map((each) => tax(say, each)),
    amounts: say.of(inside, "E1EDP26").map((each) => ({
      qualifier: say.value(each, "QUALF"),
      ...say.decimal(each, "BETRG", "amount"),
    })),
    texts: say.of(inside, "E1EDPT1").flatMap((each) => textLines(say, each, "E1EDPT2")),
  };
}

const partner = (say: Teller, one: IdocSegment): IdocPartner => ({
  role: say.value(one, "PARVW"),
  ...say.text(one, "PARTN", "id"),
  ...say.text(one, "LIFNR", "senderId"),
  names: ["NAME1", "NAME2", "NAME3", "NAME4"]
    .map((field) => say.value(one, field))
    .filter((name) => name !== ""),
  ...say.text(one, "STRAS", "street"),
  ...say.text(one, "ORT01", "city"),
  ...say.text(one, "PSTLZ", "postalCode"),
  ...say.text(one, "LAND1", "country"),
});

const condition = (say: Teller, one: IdocSegment): IdocCondition => ({
  charge: say.value(one, "ALCKZ").includes("+"),
  ...say.text(one, "KSCHL", "type"),
  ...say.text(one, "KOTXT", "text"),
  ...say.decimal(one, "BETRG", "amount"),
  ...say.decimal(one, "KPERC", "percent"),
});

const tax = (say: Teller, one: IdocSegment): IdocTax => ({
  ...say.text(one, "MWSKZ", "code"),
  ...say.decimal(one, "MSATZ", "rate"),
  ...say.decimal(one, "MWSBT", "amount"),
});

function textLines(say: Teller, head: IdocSegment, type: string): string[] {
  return say.of(head.children, type).map((one) => say.value(one, "TDLINE"));
}

export interface IdocDelivery extends Told {
  readonly number: string;
  readonly shippingPoint?: string;
  readonly netWeight?: string;
  readonly grossWeight?: string;
  readonly weightUnit?: string;
  readonly billOfLading?: string;
  readonly incoterms?: string;
  readonly partners: readonly IdocPartner[];
  /** E1EDT13 by qualifier: `006` goods issue, `007` delivery. */
  readonly dates: readonly { readonly qualifier: string; readonly date?: string; readonly actual?: string }[];
  readonly lines: readonly {
    readonly number: string;
    readonly material?: string;
    readonly customerMaterial?: string;
    readonly text?: string;
    readonly lot?: string;
    readonly quantity?: string;
    readonly uom?: string;
    readonly references: readonly IdocReference[];
  }[];
  /** E1EDL37: pallets and parcels with what lies in them. */
  readonly handlingUnits: readonly {
    readonly sscc?: string;
    readonly contents: readonly {
      readonly line?: string;
      readonly quantity?: string;
      readonly uom?: string;
    }[];
  }[];
}

/** A delivery (DELVRY: DESADV, SHPCON, WHSCON). */
export function readIdocDelivery(idoc: Idoc): IdocDelivery {
  const say = new Teller(idoc);
  const head = say.one(idoc.segments, "E1EDL20");
  const inside = head.children;
  const number = say.value(head, "VBELN");
  if (number === "") throw brokenIn(head.line, head.type, "the number of the delivery in VBELN", "nothing");
  return {
    number,
    ...say.text(head, "VSTEL", "shippingPoint"),
    ...say.decimal(head, "NTGEW", "netWeight"),
    ...say.decimal(head, "BTGEW", "grossWeight"),
    ...say.text(head, "GEWEI", "weightUnit"),
    ...say.text(head, "BOLNR", "billOfLading"),
    ...say.text(head, "INCO1", "incoterms"),
    partners: say.of(inside, "E1ADRM1").map((one) => ({
      role: say.value(one, "PARTNER_Q"),
      ...say.text(one, "PARTNER_ID", "id"),
      names: ["NAME1", "NAME2", "NAME3", "NAME4"]
        .map((name) => say.value(one, name))
        .filter((name) => name !== ""),
      ...say.text(one, "STREET1", "street"),
      ...say.text(one, "CITY1", "city"),
      ...say.text(one, "POSTL_COD1", "postalCode"),
      ...say.text(one, "COUNTRY1", "country"),
    })),
    dates: say.of(inside, "E1EDT13").map((one) => ({
      qualifier: say.value(one, "QUALF"),
      ...say.date(one, "NTANF", "date"),
      ...say.date(one, "ISDD", "actual"),
    })),
    lines: say.of(inside, "E1EDL24").map((one) => ({
      number: say.value(one, "POSNR"),
      ...say.text(one, "MATNR", "material"),
      ...say.text(one, "KDMAT", "customerMaterial"),
      ...say.text(one, "ARKTX", "text"),
      ...say.text(one, "CHARG", "lot"),
      ...say.decimal(one, "LFIMG", "quantity"),
      ...say.text(one, "VRKME", "uom"),
      references: [
        ...say.of(one.children, "E1EDL43").map((each) => ({
          qualifier: say.value(each, "QUALF"),
          ...say.text(each, "BELNR", "number"),
          ...say.text(each, "POSNR", "line"),
          ...say.date(each, "DATUM", "date"),
        })),
        ...say.of(one.children, "E1EDL41").map((each) => ({
          qualifier: say.value(each, "QUALI"),
          ...say.text(each, "BSTNR", "number"),
          ...say.text(each, "POSEX", "line"),
          ...say.date(each, "BSTDT", "date"),
        })),
      ],
    })),
    handlingUnits: say.of(inside, "E1EDL37").map((one) => ({
      ...say.text(one, "EXIDV", "sscc"),
      contents: say.of(one.children, "E1EDL44").map((each) => ({
        ...say.text(each, "POSNR", "line"),
        ...say.decimal(each, "VEMNG", "quantity"),
        ...say.text(each, "VEMEH", "uom"),
      })),
    })),
    notCarried: say.notCarried(),
  };
}
