/** EDIFACT of what follows an order between buyer and seller: despatch advices, invoices, remittance advices. */
import {
  decimals,
  finance,
  type LineAmount,
  logistics,
  payments,
  procurement,
} from "../../contracts/canon/index.ts";
import { edifactMessages } from "../formats/segments.ts";
import * as kinds from "../kinds.ts";
import { byPartner, controlNumber, DOCUMENT_CURRENCY, shares, told } from "../rows.ts";
import { each, field, type Kind, type Row, repeats, type Scope, text } from "../table.ts";
import * as pieces from "./pieces.ts";
import {
  day,
  type EdifactSheet,
  end,
  FUNCTION,
  instant,
  item,
  line,
  linesOf,
  number,
  quantity,
  references,
  toldLines,
  written,
  writtenFormat,
} from "./pieces.ts";

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
