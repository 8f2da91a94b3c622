/** EDIFACT orders between buyer and seller: orders, changes, answers. */
import { decimals, procurement, sales } from "../../contracts/canon/index.ts";
import { edifactMessages } from "../formats/segments.ts";
import * as kinds from "../kinds.ts";
import { textOf } from "../place.ts";
import { byPartner, cancelled, controlNumber, ourOrder, told } from "../rows.ts";
import { each, field, given, type Kind, type Row, repeats, type Scope } from "../table.ts";
import * as pieces from "./pieces.ts";
import {
  day,
  type EdifactSheet,
  end,
  FUNCTION,
  item,
  line,
  linesOf,
  money,
  number,
  quantity,
  references,
  toldLines,
  written,
  writtenFormat,
} from "./pieces.ts";

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
