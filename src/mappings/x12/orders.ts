/** X12 orders between buyer and seller: orders, changes, answers. */

import { decimals, procurement, sales } from "../../contracts/canon/index.ts";
import { ContractBroken } from "../../std/errors.ts";
import { x12Sets } from "../formats/segments.ts";
import * as kinds from "../kinds.ts";
import { textOf } from "../place.ts";
import { byPartner, cancelled, controlNumber, DOCUMENT_CURRENCY, ourOrder, told } from "../rows.ts";
import { type EachRow, each, field, given, type Kind, type Row, repeats, text } from "../table.ts";

import {
  address,
  count,
  day,
  item,
  lines,
  place,
  toldLines,
  words,
  writtenOn,
  type X12Sheet,
} from "./pieces.ts";

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
    IA: "confirmed",
    AC: "confirmed",
    IC: "changed",
    IQ: "changed",
    IP: "changed",
    DR: "changed",
    IB: "changed",
    IR: "refused",
    R1: "refused",
    R2: "refused",
    R3: "refused",
    R4: "refused",
    ID: "refused",
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
