/** X12 of what follows an order between buyer and seller: ship notices, invoices, remittances. */

import { decimals, type LineAmount, payments, procurement } from "../../contracts/canon/index.ts";
import { x12Sets } from "../formats/segments.ts";
import * as kinds from "../kinds.ts";
import { byPartner, controlNumber, DOCUMENT_CURRENCY, shares, told } from "../rows.ts";
import { each, field, type Row, repeats, type Scope, text } from "../table.ts";

import { address, count, day, ITEM, item, lines, sscc, toldLines, words, type X12Sheet } from "./pieces.ts";

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
        each("**HL[3=P]", "document.handlingUnits", [field("MAN+GM.2", "sscc", sscc)], {
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
        each("**HL[3=T|P]/MAN+GM|AA", "sscc", [field("2", "", sscc)]),
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
