/** EDIFACT between buyer and seller: orders, answers, changes, despatch advices, invoices, remittance advices. */
import {
  decimals,
  finance,
  type LineAmount,
  logistics,
  payments,
  procurement,
  sales,
} from "../../contracts/canon/index.ts";
import { edifactMessages } from "../formats/segments.ts";
import * as kinds from "../kinds.ts";
import { textOf } from "../place.ts";
import { byPartner, cancelled, controlNumber, DOCUMENT_CURRENCY, ourOrder, shares, told } from "../rows.ts";
import { each, field, given, type Kind, type Row, repeats, type Scope, text } from "../table.ts";
import * as pieces from "./pieces.ts";
import {
  day,
  type EdifactSheet,
  end,
  instant,
  item,
  line,
  linesOf,
  money,
  quantity,
  toldLines,
  written,
  writtenFormat,
} from "./pieces.ts";

const FUNCTION = "BGM.3";
const number = (path: string): Row => field("BGM.2.1", path);

export const order: EdifactSheet = {
  format: edifactMessages,
  document: "ORDERS",
  title: "Purchase order",
  translations: [
    {
      contract: sales.OrderCaptured,
      way: "both",
      needs: ["issueDate"],
      when: [[FUNCTION, "9", "6", "7", ""]],
      rows: [
        repeats("BGM.1", "220", "220, an order"),
        number("customerReference"),
        ourOrder,
        byPartner("customer"),
        given("channel", "edi", () => "edi"),
        given("payment", "against an invoice", () => ({ method: "invoice" })),
        controlNumber,
        day("137", "issueDate"),
        day("2", "requestedDate"),
        ...pieces.address("DP|ST|BY", "shipTo"),
        ...pieces.currency("currency", "9"),
        each("LIN", "lines", [line, item(), ...pieces.description, quantity("21"), pieces.price]),
        repeats("UNS.1", "S"),
        money("86", "total"),
      ],
      foot: end(linesOf).slice(1),
    },
    cancelled("BGM.2.1", [[FUNCTION, "1"]]),
    {
      contract: procurement.PurchaseOrderIssued,
      way: "out",
      when: [[FUNCTION, "9"]],
      rows: [
        repeats("BGM.1", "220", "220, an order"),
        number("purchaseOrderId"),
        byPartner("supplier"),
        written,
        writtenFormat,
        day("2", "needBy"),
        field("RFF+AGO.1.2", "requisitionId"),
        field("RFF+CO.1.2", "salesOrderId"),
        field("NAD+DP.2.1", "plant"),
        ...pieces.currency("currency", "9"),
        each("LIN", "lines", [line, item(), ...pieces.description, quantity("21"), pieces.price]),
      ],
      foot: end(linesOf),
    },
  ],
  tolerated: [
    "QTY without a unit is in pieces in EANCOM, and elsewhere in the unit agreed on; without one it is refused.",
    "An item by the seller's own number (SA, VN, VP, MF), else by that of GS1, else by any.",
    "CUX without qualifier 2.",
  ],
  notCarried: { "LIN/PRI+AAB": "gross prices; the net price counts", FTX: "texts of orders are for people" },
};

/** A line that is deleted orders nothing. */
const deleted: Kind = {
  name: "2, deleted, is 0",
  read(found, scope) {
    const [action, uom] = (found as unknown[]).map(textOf);
    if (action !== "2") return undefined;
    return pieces.inUnits.read(["0", uom || undefined], scope) ?? kinds.none(uom, scope);
  },
  write: () => undefined,
};
const isNothing = ({ item: one }: Scope): boolean =>
  one.quantity !== undefined && decimals.isZero((one.quantity as { value: string }).value);
const quantityAsChanged = pieces.inUnits;
/** What a line of a change orders. */
const changedLine: readonly Row[] = [
  line,
  repeats("2", (scope) => (isNothing(scope) ? "2" : "3"), "3, changed, or 2, deleted"),
  item(),
  field(["2", "QTY+21.1.3"], "quantity", deleted),
  field(["QTY+21.1.2", "QTY+21.1.3"], "quantity", {
    ...quantityAsChanged,
    read: (found, scope) => (scope.text("2") === "2" ? undefined : quantityAsChanged.read(found, scope)),
  }),
];

const changeNumber: Kind = {
  name: "the last digits of its number",
  // Some senders give the change the order's own number.
  read: (found, scope) =>
    [scope.text("RFF+ON.1.2"), ""].includes(textOf(found)) ? undefined : kinds.lastDigits.read(found, scope),
  write: (value, { data }) => `${String(data.customerReference ?? data.purchaseOrderId)}-C${String(value)}`,
};

/** The head of a change of the order that `reference` names. */
const change = (reference: string, sequence: Kind): readonly Row[] => [
  repeats("BGM.1", "230", "230, a change of an order"),
  field("BGM.2.1", "sequenceNumberId", sequence),
  repeats(
    "BGM.2.1",
    ({ data }) => (data.sequenceNumberId === undefined ? String(data[reference]) : undefined),
    "the order's number",
  ),
  written,
  writtenFormat,
  repeats("FTX.1", "AAI", "AAI, general information"),
  field("FTX.4", "reason", kinds.joined(70, 5), { otherwise: () => "The customer changed the order." }),
  field("RFF+ON.1.2 or BGM.2.1", reference),
];

export const orderChange: EdifactSheet = {
  format: edifactMessages,
  document: "ORDCHG",
  title: "Purchase order change",
  translations: [
    {
      contract: sales.OrderChanged,
      way: "both",
      needs: ["customerReference"],
      when: [[FUNCTION, "4", "5", "9", ""]],
      rows: [
        ...change("customerReference", changeNumber),
        ourOrder,
        controlNumber,
        each("LIN", "lines", [
          ...changedLine,
          field(
            ["PRI+AAA.1.2", "PRI+AAA.1.5", "PRI+AAA.1.6"],
            "price",
            kinds.withoutCurrency(kinds.priceWithBase()),
          ),
        ]),
      ],
      foot: end(linesOf),
    },
    cancelled("RFF+ON.1.2 or BGM.2.1", [[FUNCTION, "1"]]),
    {
      contract: procurement.PurchaseOrderChanged,
      way: "out",
      when: [[FUNCTION, "4"]],
      rows: [
        ...change("purchaseOrderId", { ...changeNumber, read: kinds.lastDigits.read }),
        byPartner("supplier"),
        each("LIN", "lines", [...changedLine, day("2", "needBy")]),
      ],
      foot: end(linesOf),
    },
  ],
};

/** BGM 1225 and LIN 1229 for each of our answers. */
const ANSWER = kinds.codes({ "29": "accepted", "4": "changed", "27": "rejected" }, "answer");
const LINE_ANSWER: Readonly<Record<string, string>> = { accepted: "5", changed: "3", rejected: "7" };
const SUPPLIER_ANSWER = kinds.codes(
  { "5": "confirmed", "3": "changed", "6": "changed", "7": "refused", "10": "refused", "2": "refused" },
  "answer to a line",
);

/** `ON` is the customer's number of the order with its date, `VN` ours. */
const references: readonly Row[] = [
  field("RFF+ON.1.2", "document.customerReference"),
  day("171", "document.orderDate", "RFF+ON/"),
  field("RFF+VN.1.2", "salesOrderId"),
];

export const orderResponse: EdifactSheet = {
  format: edifactMessages,
  document: "ORDRSP",
  title: "Purchase order response",
  translations: [
    {
      ...told("order-acknowledgement"),
      way: "out",
      rows: [
        ...told("order-acknowledgement").rows,
        repeats("BGM.1", "231", "231, an answer to an order"),
        repeats("BGM.2.1", ({ data }) => data.salesOrderId as string, "our number of the order"),
        field(FUNCTION, "document.status", ANSWER),
        written,
        writtenFormat,
        each("FTX[1=AAO]", "document.reasons", [field("4", "", kinds.joined(70, 5))]),
        ...references,
        ...pieces.currency("document.currency", "9"),
        each("LIN", "document.lines", [
          repeats(
            "2",
            ({ data }) => LINE_ANSWER[String((data.document as { status: string }).status)],
            "as BGM",
          ),
          line,
          item(),
          ...pieces.description,
          quantity("21"),
          field(
            ["PRI+AAA.1.2", "PRI+AAA.1.5", "PRI+AAA.1.6"],
            "price",
            kinds.priceWithBase("quantity.uom", "document.currency"),
          ),
        ]),
      ],
      foot: end(toldLines),
    },
    {
      contract: procurement.PurchaseOrderConfirmed,
      way: "in",
      rows: [
        field("RFF+ON.1.2", "purchaseOrderId"),
        byPartner("supplier"),
        number("confirmationId"),
        each("FTX", "deviations", [field("4", "", kinds.joined(70, 5))]),
        each("LIN", "supplierCommitments", [
          line,
          item(),
          quantity("113|21|12", "confirmedQuantity"),
          field("DTM+69|67|2.1 or SCC/QTY/DTM+69|67|2.1 or ^DTM+69|67|2.1", "promisedDate", pieces.dtmDay),
          field("2", "status", SUPPLIER_ANSWER),
        ]),
      ],
      foot: end(({ data }) => data.supplierCommitments),
    },
  ],
  tolerated: ["A line without a day of its own is promised for the day of the header."],
};

export const despatchAdvice: EdifactSheet = {
  format: edifactMessages,
  document: "DESADV",
  title: "Despatch advice",
  translations: [
    {
      ...told("despatch-advice"),
      way: "out",
      rows: [
        ...told("despatch-advice").rows,
        repeats("BGM.1", "351", "351, a despatch advice"),
        number("document.shipmentId"),
        repeats(FUNCTION, "9"),
        written,
        writtenFormat,
        instant("11", "document.dispatchedAt"),
        ...references,
        field("RFF+CN.1.2", "document.trackingNumber"),
        ...pieces.address("DP", "document.shipTo"),
        repeats("TDT.1", ({ data }) =>
          (data.document as { carrier?: string }).carrier === undefined ? undefined : "20",
        ),
        field("TDT.5.4", "document.carrier", kinds.cut(128)),
        // Which goods are in which of several units we are not told, so the lines stand in the consignment as a whole.
        repeats("CPS.1", "1"),
        repeats("CPS/PAC.1", ({ data }) => {
          const { handlingUnits } = data.document as { handlingUnits: unknown[] };
          return handlingUnits.length === 0 ? undefined : String(handlingUnits.length);
        }),
        repeats("CPS/PAC/PCI.1", ({ data }) =>
          (data.document as { handlingUnits: unknown[] }).handlingUnits.length === 0 ? undefined : "33E",
        ),
        each("CPS/PAC/PCI/GIN[1=BJ]", "document.handlingUnits", [field("2.1", "sscc")]),
        each("CPS/LIN", "document.lines", [
          line,
          item(),
          quantity("12"),
          repeats(
            "RFF+ON.1.2",
            ({ data }) => (data.document as { customerReference: string }).customerReference,
          ),
          repeats("RFF+ON.1.3", ({ item: one }) => one.line as string),
        ]),
      ],
      foot: end(toldLines).slice(1),
    },
    {
      contract: logistics.ShipmentDispatched,
      way: "in",
      from: "warehouse",
      rows: [
        repeats("BGM.1", "351", "351, a despatch advice"),
        number("shipmentId"),
        // A warehouse ships our orders under our numbers.
        field("RFF+ON.1.2 or **LIN/RFF+ON.1.2", "salesOrderId"),
        instant("11|137", "dispatchedAt"),
        field("RFF+CN|AAS|BM.1.2 or TDT.2", "trackingNumber"),
        field("TDT.5.4 or TDT.5.1", "carrier"),
        each("**GIN+BJ|AW", "handlingUnits", [field("2.1", "sscc")]),
        each("**LIN", "lines", [
          field("RFF+ON.1.3 or 1", "line", text, pieces.numbered),
          item(),
          quantity("12|21"),
        ]),
      ],
      foot: end(linesOf),
    },
    {
      contract: procurement.ShipmentNotified,
      way: "in",
      from: "supplier",
      rows: [
        repeats("BGM.1", "351", "351, a despatch advice"),
        number("despatchAdviceId"),
        field("RFF+ON.1.2 or **LIN/RFF+ON.1.2", "purchaseOrderId"),
        byPartner("supplier"),
        instant("11|137", "notifiedAt"),
        day("17|132|358|2", "arrivalDate"),
        field("TDT.5.4 or TDT.5.1", "carrier"),
        each("**GIN+BJ|AW", "sscc", [field("2.1", "")]),
        each("**LIN", "lines", [
          field("RFF+ON.1.3 or 1", "line", text, pieces.numbered),
          item(),
          quantity("12|21"),
        ]),
      ],
      foot: end(linesOf),
    },
  ],
  tolerated: ["SSCC as BJ or AW.", "A quantity 21 (ordered) where a sender has no 12 (despatched)."],
  notCarried: {
    "CPS/PAC": "kinds and numbers of packages",
    "CPS/LIN/GIN": "serial numbers are kept by the warehouse",
  },
};

const dueDate = (path: string): readonly Row[] => [
  repeats("PAT.1", ({ data }) => (kinds.at(data, path) === undefined ? undefined : "3"), "3, a fixed date"),
  day("13", path, "PAT/"),
];

/** An invoice or credit note, whoever sends it: `at` is where its fields stand in the message. */
const billed = (at: string, referenceRows: readonly Row[], lines: (scope: Scope) => unknown, due = true) => {
  const total = `${at}taxInclusiveAmount`;
  const currency = `${total}.currency`;
  const inDocument = (scope: Scope): string => kinds.currencyOf(scope, currency);
  const priceOf: Row = repeats(
    "PRI+AAA.1.2",
    ({ item: one }) => {
      const { quantity: count, amount } = one as Partial<LineAmount>;
      return count === undefined || amount === undefined || decimals.isZero(count.value)
        ? undefined
        : decimals.divide(amount.amount, count.value, 6);
    },
    "the amount of one unit, to six places",
  );
  return {
    rows: [
      day("137", `${at}issueDate`),
      ...referenceRows,
      repeats("CUX+2.1.3", "4", "4, the currency of the invoice"),
      field("CUX+2.1.2 or CUX.1.2", currency, text, DOCUMENT_CURRENCY),
      ...(due ? dueDate(`${at}dueDate`) : []),
      each("LIN", `${at}lines`, [
        line,
        item(),
        quantity("47"),
        field(["MOA+203.1.2", "MOA+203.1.3"], "amount", inCurrencyOf(currency), {
          otherwise: (scope) => priced(scope, inDocument(scope)),
        }),
        priceOf,
      ]),
      repeats("UNS.1", "S"),
    ] as readonly Row[],
    foot: [
      ...end(lines).slice(1),
      field(["MOA+77|86|9.1.2", "MOA+77|86|9.1.3"], total, inCurrencyOf(currency)),
      field(["MOA+125|79.1.2", "MOA+125|79.1.3"], `${at}taxExclusiveAmount`, inCurrencyOf(currency), {
        otherwise: ({ data }) => kinds.at(data, total),
      }),
      field(["MOA+124|176.1.2", "MOA+124|176.1.3"], `${at}taxAmount`, inCurrencyOf(currency), {
        otherwise: ({ data }) => kinds.less(data, total, `${at}taxExclusiveAmount`),
      }),
    ] as readonly Row[],
  };
};

/** Money that may say its currency; that of the document otherwise. */
const inCurrencyOf = (currency: string): Kind => ({
  ...kinds.moneyWith,
  read: (found, scope) => {
    const [amount, stated] = found as unknown[];
    return kinds.moneyWith.read([amount, stated ?? kinds.currencyOf(scope, currency)], scope);
  },
});

function priced({ item: one, text: at }: Scope, currency: string): unknown {
  const { quantity: count } = one as Partial<LineAmount>;
  const amount = at("PRI+AAA.1.2");
  if (count === undefined || amount === "") return undefined;
  const per = { value: at("PRI+AAA.1.5") || "1", uom: at("PRI+AAA.1.6") || count.uom };
  return decimals.priceOf(count, { amount, currency, per });
}

const ours = billed("document.", [...references, field("RFF+DQ.1.2", "document.shipmentId")], toldLines);
const theirs = billed("", [field("RFF+ON.1.2", "purchaseOrderId")], linesOf);
const credited = billed(
  "",
  [field("RFF+VN.1.2", "salesOrderId"), field("RFF+IV.1.2", "billingReference")],
  linesOf,
  false,
);

export const invoice: EdifactSheet = {
  format: edifactMessages,
  document: "INVOIC",
  title: "Invoice and credit note",
  translations: [
    {
      ...told("invoice"),
      way: "out",
      rows: [
        ...told("invoice").rows,
        repeats("BGM.1", "380", "380, a commercial invoice"),
        number("document.invoiceId"),
        repeats(FUNCTION, "9"),
        ...ours.rows,
      ],
      foot: ours.foot,
    },
    {
      contract: finance.CreditNoteIssued,
      way: "out",
      rows: [
        repeats("BGM.1", "381", "381, a credit note"),
        number("creditNoteId"),
        repeats(FUNCTION, "9"),
        ...credited.rows.slice(0, 1),
        repeats("FTX.1", "AAI", "AAI, general information"),
        field("FTX.4", "reason", kinds.joined(70, 5)),
        ...credited.rows.slice(1),
      ],
      foot: credited.foot,
    },
    {
      contract: procurement.SupplierInvoiceReceived,
      way: "in",
      when: [["BGM.1", "380"]],
      rows: [number("supplierInvoiceId"), byPartner("supplier"), ...theirs.rows],
      foot: theirs.foot,
    },
  ],
  tolerated: [
    "Totals as 77, 86 or 9; the amount without tax as 125 or 79; tax as 124 or 176.",
    "A line without MOA 203 comes to its price times its quantity.",
  ],
  notCarried: {
    ALC: "charges of the header have no line to be matched with",
    TAX: "rates; the amounts count",
  },
};

export const remittance: EdifactSheet = {
  format: edifactMessages,
  document: "REMADV",
  title: "Remittance advice",
  translations: [
    {
      contract: payments.RemittanceAdvised,
      way: "both",
      rows: [
        repeats("BGM.1", "481", "481, a remittance advice"),
        number("adviceId"),
        byPartner("customer"),
        controlNumber,
        written,
        writtenFormat,
        day("138|203|137", "paymentDate"),
        repeats("CUX+2.1.3", "11", "11, the currency paid"),
        field("CUX+2.1.2 or CUX.1.2", "amount.currency", text, DOCUMENT_CURRENCY),
        each("DOC+380", "invoices", [
          field("2.1", "invoiceId"),
          field(["MOA+12|11|9.1.2", "MOA+12|11|9.1.3"], "amount", inCurrencyOf("amount.currency")),
        ]),
        repeats("UNS.1", "S"),
      ],
      foot: [
        field(["MOA+12|9|11.1.2", "MOA+12|9|11.1.3"], "amount", inCurrencyOf("amount.currency")),
        shares,
      ],
    },
  ],
  tolerated: [
    "An only document without an amount was paid by all of it; of several without, the advice is refused.",
  ],
  notCarried: { "DOC+380/AJT": "why less was paid is settled with the entry on the bank statement" },
};
