/** X12 between buyer and seller: orders, answers, changes, ship notices, invoices, remittances. */

import type { SetDraft, X12Set } from "../../codecs/x12/codec.ts";
import { decimals, type LineAmount, payments, procurement, sales } from "../../contracts/canon/index.ts";
import { ContractBroken } from "../../std/errors.ts";
import { x12Sets } from "../formats/segments.ts";
import * as kinds from "../kinds.ts";
import { textOf } from "../place.ts";
import { byPartner, cancelled, controlNumber, DOCUMENT_CURRENCY, ourOrder, shares, told } from "../rows.ts";
import {
  type EachRow,
  each,
  type FieldRow,
  field,
  given,
  type Kind,
  type Row,
  repeats,
  type Scope,
  type Sheet,
  text,
} from "../table.ts";

export type X12Sheet = Sheet<X12Set, SetDraft>;

/** The seller's number of an item by the qualifiers senders use for it, the plainest first; the first is written. */
export const ITEM = "VN|VP|VC|SK|UP|UK|EN|UA|MG|ST|BP|IN|CB|PI|IB";
/** The item of a line, in pairs from this element on, or in a LIN below as grocery and automotive senders write it. */
export const item = (from: number, path = "item"): FieldRow =>
  field(`${from}(${ITEM}) or LIN.2(${ITEM})`, path);

/** X12 keeps some marks for itself. */
export const words = (most: number): Kind => kinds.cut(most, (text) => text.replace(/[*~>^\r\n]/g, " "));

export const address = (roles: string, path: string, inside = ""): readonly Row[] => {
  const n1 = `${inside}N1+${roles}`;
  return [
    field(`${n1}.2 or ${n1}.4`, `${path}.name`, words(60)),
    field([`${n1}/N3.1`, `${n1}/N3.2`], `${path}.street`, kinds.twoLines(55)),
    field(`${n1}/N4.1`, `${path}.city`, words(30)),
    field(`${n1}/N4.3`, `${path}.postalCode`),
    field(`${n1}/N4.4`, `${path}.country`, kinds.country),
  ];
};

/** Where a thing is by our number of the place: N104, or as agreed. */
export const place = (
  role: string,
  path: string,
  agreed: (scope: Scope) => string | undefined,
  up = "",
): readonly Row[] => [
  field(`${up}N1+${role}.4`, path, text, { otherwise: agreed }),
  repeats(`${up}N1+${role}.3`, "92", "92, our number"),
];

export const count = (place: string, list: (scope: Scope) => unknown): Row =>
  repeats(
    place,
    (scope) => String((list(scope) as unknown[] | undefined)?.length ?? 0),
    "the number of lines",
  );

export const day = (place: string, path: string): FieldRow => field(place, path, kinds.digitsDay);

const lines = ({ data }: Scope) => data.lines;
const toldLines = ({ data }: Scope) => (data.document as { lines: unknown }).lines;
const writtenOn = ({ around }: Scope): string | undefined => around.at?.slice(0, 10).replaceAll("-", "");

/** A line as 850, 855 and 860 share it: number, quantity, unit, item, description, price. */
const orderLine = (currency = "currency"): readonly Row[] => [
  field("1", "line", text, { otherwise: ({ index }) => String(index + 1) }),
  field(["2", "3"], "quantity", kinds.quantity()),
  field("4", "price", kinds.priceEach("quantity.uom", currency)),
  item(6),
  field("PID+F.5 or PID+*.5", "description", words(80)),
];

const order = (lines_: EachRow, more: readonly Row[] = []): readonly Row[] => [
  field("BEG.3", "customerReference"),
  repeats("BEG.2", "NE", "NE, a new order"),
  ...more,
  lines_,
];

export const purchaseOrder: X12Sheet = {
  format: x12Sets,
  document: "850",
  title: "Purchase order",
  translations: [
    {
      contract: sales.OrderCaptured,
      way: "both",
      needs: ["issueDate"],
      when: [["BEG.1", "00", "06", "07", ""]],
      rows: order(each("PO1", "lines", orderLine()), [
        ourOrder,
        byPartner("customer"),
        given("channel", "edi", () => "edi"),
        given("payment", "against an invoice", () => ({ method: "invoice" })),
        controlNumber,
        day("BEG.5", "issueDate"),
        repeats("CUR.1", "BY"),
        field("CUR.2", "currency", text, DOCUMENT_CURRENCY),
        day("DTM+002|106|067.2", "requestedDate"),
        ...address("ST|BY", "shipTo"),
      ]),
      foot: [count("CTT.1", lines), field("CTT/AMT+TT|1.2 or AMT+TT|1.2", "total", kinds.money())],
    },
    cancelled("BEG.3", [["BEG.1", "01"]]),
    {
      contract: procurement.PurchaseOrderIssued,
      way: "out",
      when: [["BEG.1", "00"]],
      rows: [
        repeats("BEG.2", "NE", "NE, a new order"),
        field("BEG.3", "purchaseOrderId"),
        byPartner("supplier"),
        repeats("BEG.5", writtenOn, "the day it is written"),
        repeats("CUR.1", "BY"),
        field("CUR.2", "currency"),
        field("REF+RQ.2", "requisitionId"),
        field("REF+CO.2", "salesOrderId"),
        day("DTM+002.2", "needBy"),
        ...place("ST", "plant", ({ around }) => around.plant),
        each("PO1", "lines", orderLine()),
      ],
      foot: [count("CTT.1", lines)],
    },
  ],
  tolerated: [
    "PO101 left out: lines are numbered as they stand.",
    "A quantity without a unit is in the unit agreed on; without one it is refused.",
    "CTT01 that is not the number of lines is listed, not refused: SE01 already tells a set that lost segments.",
    "The item in a LIN below the line, as grocery and automotive senders write it.",
  ],
  notCarried: {
    "PO1/SDQ": "one line for several stores is one line for us",
    SAC: "charges are ours to state, with the invoice",
    PER: "people are met by name in the customer's own records",
  },
};

/** POC02 of a line that shall be as it stands here, whichever way it differs. */
const CHANGED = new Set("AI CA CE CF CG CH CI CT MU NC OA PC PQ PR QD QI RA RE RM RQ RS RZ TI".split(" "));
/** A line that is deleted orders nothing. */
const deleted: Kind = {
  name: "DI, deleted, is 0",
  read(found, scope) {
    const [code, uom] = (found as unknown[]).map(textOf);
    if (code === "DI") return kinds.none(uom, scope);
    if (CHANGED.has(code ?? "")) return undefined;
    throw new ContractBroken(`The change ${code} of a line is none we know.`, {
      facts: { place: "POC.2", expected: ["DI", ...CHANGED].join(", "), found: code ?? "" },
    });
  },
  write: () => undefined,
};
const changedQuantity: Kind = {
  name: "quantity and unit",
  read(found, scope) {
    const [, value, uom] = found as unknown[];
    return value === undefined || scope.text("2") === "DI"
      ? undefined
      : kinds.quantity().read([value, uom], scope);
  },
  write(value) {
    const { value: number, uom } = value as { value: string; uom: string };
    return [decimals.isZero(number) ? "DI" : "CA", number, uom];
  },
};
/** What a line of a change orders. */
const changedLine: readonly Row[] = [
  field("1", "line", text, { otherwise: ({ index }) => String(index + 1) }),
  repeats(
    "2",
    ({ item: line }) => (line.quantity === undefined ? "CA" : undefined),
    "CA, other than the quantity",
  ),
  field(["2", "5"], "quantity", deleted),
  field(["2", "3", "5"], "quantity", changedQuantity),
  repeats(
    "3",
    ({ item: line }) => (line.quantity as { value: string } | undefined)?.value,
    "0 of what is deleted",
  ),
  item(8),
];

/** A price alone may change; its unit is then that of the price. */
const changedPrice: Kind = {
  name: "price of one unit",
  read: (found, scope) => {
    const [amount, uom] = found as unknown[];
    return kinds.priceWithBase().read([amount, undefined, uom], scope);
  },
  write(value, scope) {
    const { uom } = (value as { per: { uom: string } }).per;
    const item = { ...scope.item, quantity: scope.item.quantity ?? { uom } };
    return [kinds.priceEach().write(value, { ...scope, item }) as string, uom];
  },
};

export const purchaseOrderChange: X12Sheet = {
  format: x12Sets,
  document: "860",
  title: "Purchase order change",
  translations: [
    {
      contract: sales.OrderChanged,
      way: "both",
      needs: ["customerReference"],
      when: [["BCH.1", "04", ""]],
      rows: [
        repeats("BCH.2", "NE", "NE, a new order"),
        field("BCH.3", "customerReference"),
        ourOrder,
        controlNumber,
        field("BCH.5", "sequenceNumberId", kinds.lastDigits),
        repeats("BCH.6", writtenOn, "the day it is written"),
        repeats("N9+ZZ.2", ({ data }) => (data.reason === undefined ? undefined : "NOTES")),
        field(
          "N9/MSG[].1 or NTE[].2 or MSG[].1",
          "reason",
          { ...kinds.texts(264), write: words(264).write },
          {
            otherwise: () => "The customer changed the order.",
          },
        ),
        each("POC", "lines", [
          ...changedLine,
          field(["6", "5"], "price", kinds.withoutCurrency(changedPrice)),
        ]),
      ],
      foot: [count("CTT.1", lines)],
    },
    cancelled("BCH.3", [["BCH.1", "01"]]),
    {
      contract: procurement.PurchaseOrderChanged,
      way: "out",
      when: [["BCH.1", "04"]],
      rows: [
        repeats("BCH.2", "NE", "NE, a new order"),
        field("BCH.3", "purchaseOrderId"),
        byPartner("supplier"),
        field("BCH.5", "sequenceNumberId", kinds.whole),
        repeats("BCH.6", writtenOn, "the day it is written"),
        repeats("N9+ZZ.2", () => "NOTES"),
        field("N9/MSG.1", "reason", words(264)),
        each("POC", "lines", [...changedLine, day("DTM+002.2", "needBy")]),
      ],
      foot: [count("CTT.1", lines)],
    },
  ],
};

/** BAK02 and ACK01 for each of our answers. */
const ANSWER = kinds.codes({ AD: "accepted", AC: "changed", RD: "rejected" }, "answer");
const LINE_ANSWER: Readonly<Record<string, string>> = { accepted: "IA", changed: "IC", rejected: "IR" };
const SUPPLIER_ANSWER = kinds.codes(
  {
    ...{
      IA: "confirmed",
      AC: "confirmed",
      IC: "changed",
      IQ: "changed",
      IP: "changed",
      DR: "changed",
      IB: "changed",
    },
    ...{ IR: "refused", R1: "refused", R2: "refused", R3: "refused", R4: "refused", ID: "refused" },
  },
  "answer to a line",
);

export const acknowledgement: X12Sheet = {
  format: x12Sets,
  document: "855",
  title: "Purchase order acknowledgement",
  translations: [
    {
      ...told("order-acknowledgement"),
      way: "out",
      rows: [
        ...told("order-acknowledgement").rows,
        repeats("BAK.1", "00"),
        field("BAK.2", "document.status", ANSWER),
        field("BAK.3", "document.customerReference"),
        day("BAK.4", "document.orderDate"),
        field("BAK.8", "salesOrderId"),
        repeats(
          "BAK.9",
          ({ data }) => String(data.writtenAt).slice(0, 10).replaceAll("-", ""),
          "the day it is written",
        ),
        repeats("CUR.1", "SE"),
        field("CUR.2", "document.currency"),
        repeats("N9+ZZ.2", ({ data }) =>
          (data.document as { reasons: unknown[] }).reasons.length > 0 ? "NOTES" : undefined,
        ),
        each("N9[1=ZZ]/MSG", "document.reasons", [field("1", "", words(264))]),
        each("PO1", "document.lines", [
          ...orderLine("document.currency"),
          repeats(
            "ACK.1",
            ({ data }) => LINE_ANSWER[String((data.document as { status: string }).status)],
            "as BAK02",
          ),
          repeats(
            "ACK.2",
            ({ item: line }) => (line.quantity as { value: string } | undefined)?.value,
            "as PO102",
          ),
          repeats(
            "ACK.3",
            ({ item: line }) => (line.quantity as { uom: string } | undefined)?.uom,
            "as PO103",
          ),
        ]),
      ],
      foot: [count("CTT.1", toldLines)],
    },
    {
      contract: procurement.PurchaseOrderConfirmed,
      way: "in",
      rows: [
        field("BAK.3", "purchaseOrderId"),
        byPartner("supplier"),
        field("BAK.8", "confirmationId", text, {
          otherwise: ({ around, data }) => `${String(data.purchaseOrderId)}/${around.controlNumber ?? ""}`,
        }),
        each("N9/MSG", "deviations", [field("1", "")]),
        each("PO1", "supplierCommitments", [
          field("1", "line", text, { otherwise: ({ index }) => String(index + 1) }),
          item(6),
          field(["ACK.2 or 2", "ACK.3 or 3"], "confirmedQuantity", kinds.quantity()),
          field(
            "ACK.5 or ACK/DTM+067|068.2 or DTM+067|068|002.2 or ^DTM+067|068|002.2",
            "promisedDate",
            kinds.digitsDay,
          ),
          field("ACK.1", "status", SUPPLIER_ANSWER),
        ]),
      ],
    },
  ],
  tolerated: ["A line without ACK05 is promised for the day its DTM or that of the header says."],
};

const SSCC: Kind = {
  name: "SSCC, behind 00",
  read: (found) => {
    const number = textOf(found)
      .replace(/^\(00\)/, "00")
      .trim();
    return /^00\d{18}$/.test(number) ? number.slice(2) : number;
  },
  write: (value) => (/^\d{18}$/.test(String(value)) ? `00${String(value)}` : String(value)),
};
export const sscc = SSCC;

const shippedLine: readonly Row[] = [
  field("LIN.1 or SN1.1", "line", text, { otherwise: ({ index }) => String(index + 1) }),
  field(`LIN.2(${ITEM})`, "item"),
  repeats("SN1.1", ({ item: line }) => line.line as string | undefined, "as LIN01"),
  field(["SN1.2", "SN1.3"], "quantity", kinds.quantity()),
];

export const shipNotice: X12Sheet = {
  format: x12Sets,
  document: "856",
  title: "Ship notice",
  translations: [
    {
      ...told("despatch-advice"),
      way: "out",
      rows: [
        ...told("despatch-advice").rows,
        repeats("BSN.1", "00"),
        field("BSN.2", "document.shipmentId"),
        field(["BSN.3", "BSN.4"], "document.dispatchedAt", kinds.digitsInstant),
        repeats("BSN.5", ({ data }) =>
          (data.document as { handlingUnits: unknown[] }).handlingUnits.length > 0 ? "0001" : "0004",
        ),
        field("HL[3=S]/TD5.5", "document.carrier", words(35)),
        field("HL[3=S]/REF+CN.2", "document.trackingNumber"),
        repeats(
          "HL[3=S]/DTM+011.2",
          ({ data }) =>
            String((data.document as { dispatchedAt: string }).dispatchedAt)
              .slice(0, 10)
              .replaceAll("-", ""),
          "as BSN03",
        ),
        ...address("ST", "document.shipTo", "HL[3=S]/"),
        field("HL[3=S]/HL[3=O]/PRF.1", "document.customerReference"),
        day("HL[3=S]/HL[3=O]/PRF.4", "document.orderDate"),
        field("HL[3=S]/HL[3=O]/PRF.6", "salesOrderId"),
        // Which goods are in which of several units we are not told, so nothing is said about it.
        each("**HL[3=P]", "document.handlingUnits", [field("MAN+GM.2", "sscc", SSCC)], {
          written: "HL[3=S]/HL[3=O]/HL[3=P]",
        }),
        each("**HL[3=I]", "document.lines", shippedLine, {
          written: ({ data }) =>
            (data.document as { handlingUnits: unknown[] }).handlingUnits.length === 1
              ? "HL[3=S]/HL[3=O]/HL[3=P]/HL[3=I]"
              : "HL[3=S]/HL[3=O]/HL[3=I]",
        }),
      ],
      foot: [
        repeats(
          "CTT.1",
          ({ data }) => {
            const { handlingUnits, lines: all } = data.document as {
              handlingUnits: unknown[];
              lines: unknown[];
            };
            return String(2 + handlingUnits.length + all.length);
          },
          "the number of levels",
        ),
      ],
    },
    {
      contract: procurement.ShipmentNotified,
      way: "in",
      rows: [
        field("**HL[3=O|I]/PRF.1", "purchaseOrderId"),
        byPartner("supplier"),
        field("BSN.2", "despatchAdviceId"),
        field(["BSN.3", "BSN.4"], "notifiedAt", kinds.digitsInstant),
        field("HL[3=S]/TD5.5 or HL[3=S]/TD5.3", "carrier"),
        day("HL[3=S]/DTM+017|067.2", "arrivalDate"),
        each("**HL[3=T|P]/MAN+GM|AA", "sscc", [field("2", "", SSCC)]),
        each("**HL[3=I]", "lines", shippedLine),
      ],
    },
  ],
  tolerated: ["SSCC with or without the identifier 00 before it, in MAN GM or MAN AA, at tares and packs."],
  notCarried: { "HL/HL/HL": "which goods lie in which unit is no field of a despatch" },
};

const amountsOf = (total: string) => ({
  /** What the line comes to where the document states only a price. */
  line: ({ item: line, text: at, data }: Scope): unknown => {
    const { quantity } = line as { quantity?: LineAmount["quantity"] };
    const price = at("4");
    const currency = kinds.at(data, `${total}.currency`);
    if (quantity === undefined || price === "" || typeof currency !== "string") return undefined;
    return decimals.priceOf(quantity, { amount: price, currency, per: { value: "1", uom: quantity.uom } });
  },
});

/** An invoice, whoever sends it: `at` is where its fields stand in the message. */
const invoice = (
  at: string,
  of: (scope: Scope) => unknown,
  references: readonly Row[],
): { rows: readonly Row[]; foot: readonly Row[] } => {
  const total = `${at}taxInclusiveAmount`;
  const money = `${total}.currency`;
  return {
    rows: [
      day("BIG.1", `${at}issueDate`),
      repeats("BIG.7", "DI", "DI, a debit invoice"),
      repeats("CUR.1", "SE"),
      field("CUR.2", money, text, DOCUMENT_CURRENCY),
      ...references,
      repeats("ITD.1", ({ data }) => (kinds.at(data, `${at}dueDate`) === undefined ? undefined : "01")),
      day("ITD.6", `${at}dueDate`),
      each("IT1", `${at}lines`, [
        field("1", "line", text, { otherwise: ({ index }) => String(index + 1) }),
        field(["2", "3"], "quantity", kinds.quantity()),
        repeats("4", priceOfLine, "the amount of one unit, to six places"),
        item(6),
        repeats("PAM[4=1].4", "1"),
        field("PAM[4=1].5", "amount", kinds.money(money), { otherwise: amountsOf(total).line }),
      ]),
    ],
    foot: [
      field("TDS.1", total, kinds.impliedMoney(money)),
      repeats("TXI.1", "VA"),
      field("TXI.2", `${at}taxAmount`, kinds.money(money), {
        otherwise: ({ data }) => decimals.money("0", currency(data, money)),
      }),
      field("TXI.8", `${at}taxExclusiveAmount`, kinds.money(money), {
        otherwise: ({ data }) => kinds.less(data, total, `${at}taxAmount`),
      }),
      count("CTT.1", of),
    ],
  };
};

const currency = (data: Scope["data"], path: string): string => String(kinds.at(data, path));

function priceOfLine({ item: line }: Scope): string | undefined {
  const { quantity, amount } = line as Partial<LineAmount>;
  return quantity === undefined || amount === undefined || decimals.isZero(quantity.value)
    ? undefined
    : decimals.divide(amount.amount, quantity.value, 6);
}

const ours = invoice("document.", toldLines, [
  field("REF+VN.2", "salesOrderId"),
  field("REF+SI.2", "document.shipmentId"),
]);
const theirs = invoice("", lines, []);

export const invoices: X12Sheet = {
  format: x12Sets,
  document: "810",
  title: "Invoice",
  translations: [
    {
      ...told("invoice"),
      way: "out",
      rows: [
        ...told("invoice").rows,
        field("BIG.2", "document.invoiceId"),
        day("BIG.3", "document.orderDate"),
        field("BIG.4", "document.customerReference"),
        ...ours.rows,
      ],
      foot: ours.foot,
    },
    {
      contract: procurement.SupplierInvoiceReceived,
      way: "in",
      rows: [
        field("BIG.2", "supplierInvoiceId"),
        field("BIG.4", "purchaseOrderId"),
        byPartner("supplier"),
        ...theirs.rows,
      ],
      foot: theirs.foot,
    },
  ],
  tolerated: [
    "An invoice without TXI has no tax; one without the amount taxed has its total less the tax.",
    "A line without PAM comes to its price times its quantity.",
  ],
  notCarried: { SAC: "charges of the header have no line to be matched with" },
};

export const remittance: X12Sheet = {
  format: x12Sets,
  document: "820",
  title: "Remittance advice",
  translations: [
    {
      contract: payments.RemittanceAdvised,
      way: "both",
      rows: [
        repeats("BPR.1", "I", "I, remittance only"),
        repeats("BPR.3", "C", "C, a credit"),
        repeats("BPR.4", "NON", "NON, no payment is ordered by it"),
        repeats("TRN.1", "1"),
        field("TRN.2", "adviceId", text, {
          otherwise: ({ around, text: at }) => `${around.controlNumber ?? ""}/${at("ST.2") || "1"}`,
        }),
        repeats("CUR.1", "PR"),
        field("CUR.2", "amount.currency", text, DOCUMENT_CURRENCY),
        field("BPR.2", "amount", kinds.money("amount.currency")),
        day("BPR.16", "paymentDate"),
        byPartner("customer"),
        controlNumber,
        repeats("ENT.1", ({ data }) => ((data.invoices as unknown[] | undefined)?.length ? "1" : undefined)),
        each(
          "**RMR+IV",
          "invoices",
          [field("2", "invoiceId"), field("4", "amount", kinds.money("amount.currency"))],
          { written: "ENT/RMR+IV" },
        ),
        shares,
      ],
    },
  ],
  tolerated: [
    "Open items (RMR) at whatever depth a guide puts them.",
    "An only item without an amount was paid by all of it; of several without, the advice is refused.",
  ],
  notCarried: { "RMR+": "an item that is no invoice (IV) pays none of ours" },
};
