/** UBL orders between buyer and seller: orders, changes, cancellations, answers. */
import { decimals, procurement, sales } from "../../contracts/canon/index.ts";
import { ublDocuments } from "../formats/plain.ts";
import * as kinds from "../kinds.ts";
import { byPartner, cancelled, ourOrder, told } from "../rows.ts";
import { each, field, given, type Kind, type Row, repeats, type Scope, text } from "../table.ts";
import {
  address,
  amount,
  changedPrice,
  currency,
  day,
  described,
  documentOf,
  item,
  parties,
  price,
  quantity,
  toldOrder,
  type UblSheet,
  writtenOn,
} from "./pieces.ts";

const orderLine = (inCurrency: string): readonly Row[] => [
  field("lineItem.id", "line"),
  quantity("lineItem.quantity"),
  price(inCurrency),
  ...item("lineItem."),
  described("lineItem."),
];

export const order: UblSheet = {
  format: ublDocuments,
  document: "Order",
  title: "Order",
  translations: [
    {
      contract: sales.OrderCaptured,
      way: "both",
      needs: ["issueDate"],
      rows: [
        field("id", "customerReference"),
        ourOrder,
        byPartner("customer"),
        given("channel", "edi", () => "edi"),
        given("payment", "against an invoice", () => ({ method: "invoice" })),
        given(
          "ediControlNumber",
          "the number it came under, where it had one",
          ({ around }) => around.controlNumber,
        ),
        day("issueDate", "issueDate"),
        currency("currency"),
        ...parties("seller", "buyer"),
        day("deliveries[0].requestedPeriod.endDate", "requestedDate"),
        ...address("deliveries[0]", "shipTo", "deliveries[0].party"),
        amount("total.payableAmount", "total", "currency"),
        each("lines", "lines", orderLine("currency")),
      ],
    },
    {
      contract: procurement.PurchaseOrderIssued,
      way: "out",
      rows: [
        field("id", "purchaseOrderId"),
        byPartner("supplier"),
        writtenOn,
        currency("currency"),
        ...parties("buyer", "seller"),
        day("deliveries[0].requestedPeriod.endDate", "needBy"),
        field("deliveries[0].location.id.id", "plant"),
        field("customerReference", "requisitionId"),
        field("originatorDocument.id.id", "salesOrderId"),
        each("lines", "lines", orderLine("currency")),
      ],
    },
  ],
  tolerated: [
    "A price without a base quantity is one of the unit ordered.",
    "A date with a time zone is its day.",
  ],
  notCarried: {
    buyer: "names and contacts are in the customer's record",
    notes: "notes of orders are for people",
  },
};

const changedLine: readonly Row[] = [
  field("lineItem.id", "line"),
  ...item("lineItem."),
  // UNCL 1229: 2 deleted, 3 changed. What is deleted orders nothing.
  field(["lineItem.statusCode", "lineItem.quantity.uom"], "quantity", deletedLine()),
  quantityOfChange(),
  repeats(
    "lineItem.statusCode",
    ({ item: one }) => (isNothing(one) ? "2" : "3"),
    "3, changed, or 2, deleted",
  ),
  repeats(
    "lineItem.quantity.value",
    ({ item: one }) => (isNothing(one) ? "0" : undefined),
    "0 of what is deleted",
  ),
];

function isNothing(line: Record<string, unknown>): boolean {
  return line.quantity !== undefined && decimals.isZero((line.quantity as { value: string }).value);
}

function deletedLine(): Kind {
  return {
    name: "2, deleted, is 0",
    read: (found, scope) => {
      const [status, uom] = found as string[];
      return status === "2" ? kinds.none(uom, scope) : undefined;
    },
    write: () => undefined,
  };
}

function quantityOfChange(): Row {
  const kind = kinds.quantity();
  return field(["lineItem.quantity.value", "lineItem.quantity.uom"], "quantity", {
    ...kind,
    read: (found, scope) => (scope.text("lineItem.statusCode") === "2" ? undefined : kind.read(found, scope)),
  });
}

export const orderChange: UblSheet = {
  format: ublDocuments,
  document: "OrderChange",
  title: "Order change",
  translations: [
    {
      contract: sales.OrderChanged,
      way: "both",
      needs: ["customerReference"],
      rows: [
        field("orderReference.id", "customerReference"),
        repeats(
          "id",
          ({ data }) => changeId(data, data.customerReference),
          "the order and the number of the change",
        ),
        ourOrder,
        given(
          "ediControlNumber",
          "the number it came under, where it had one",
          ({ around }) => around.controlNumber,
        ),
        field("sequenceNumber", "sequenceNumberId", kinds.lastDigits),
        writtenOn,
        repeats("currency", ({ around }) => around.currency, "the currency agreed on"),
        field("notes[0]", "reason", text, { otherwise: () => "The customer changed the order." }),
        ...parties("seller", "buyer"),
        each("lines", "lines", [...changedLine, changedPrice]),
      ],
    },
    {
      contract: procurement.PurchaseOrderChanged,
      way: "out",
      rows: [
        field("orderReference.id", "purchaseOrderId"),
        byPartner("supplier"),
        repeats(
          "id",
          ({ data }) => changeId(data, data.purchaseOrderId),
          "the order and the number of the change",
        ),
        field("sequenceNumber", "sequenceNumberId", kinds.whole),
        writtenOn,
        field("notes[0]", "reason"),
        ...parties("buyer", "seller"),
        each("lines", "lines", [
          ...changedLine,
          day("lineItem.deliveries[0].requestedPeriod.endDate", "needBy"),
        ]),
      ],
    },
  ],
};

const changeId = (data: Scope["data"], reference: unknown): string =>
  `${String(reference)}-C${data.sequenceNumberId === undefined ? "" : String(data.sequenceNumberId)}`;

const [cancelledOrder] = [cancelled("orderReferences[0].id", [])];
export const orderCancellation: UblSheet = {
  format: ublDocuments,
  document: "OrderCancellation",
  title: "Order cancellation",
  translations: [
    {
      ...cancelledOrder!,
      rows: [
        ...cancelledOrder!.rows.filter((row) => !("path" in row && row.path === "reason")),
        field("reasons[]", "reason", kinds.texts(2000)),
      ],
    },
  ],
};

/** UNCL 4343 as PEPPOL uses it, and UNCL 1229 for lines. */
const ANSWER = kinds.codes({ AP: "accepted", CA: "changed", RE: "rejected" }, "answer");
const LINE_ANSWER: Readonly<Record<string, string>> = { accepted: "5", changed: "3", rejected: "7" };
const SUPPLIER_ANSWER = kinds.codes(
  { "5": "confirmed", "3": "changed", "7": "refused", "2": "refused" },
  "answer to a line",
);

export const orderResponse: UblSheet = {
  format: ublDocuments,
  document: "OrderResponse",
  title: "Order response",
  translations: [
    {
      ...told("order-acknowledgement"),
      way: "out",
      rows: [
        ...told("order-acknowledgement").rows,
        repeats("id", ({ data }) => data.salesOrderId as string, "our number of the order"),
        writtenOn,
        field("responseCode", "document.status", ANSWER),
        each("notes", "document.reasons", [field("", "")]),
        field("currency", "document.currency"),
        ...toldOrder("orderReferences[0]"),
        ...parties("seller", "buyer"),
        each("lines", "document.lines", [
          ...orderLine("document.currency"),
          repeats(
            "lineItem.statusCode",
            (scope) => LINE_ANSWER[String(documentOf(scope).status)],
            "as the document's",
          ),
          repeats("orderLineReferences[0].lineId", ({ item: one }) => one.line as string, "the line"),
        ]),
      ],
    },
    {
      contract: procurement.PurchaseOrderConfirmed,
      way: "in",
      rows: [
        field("orderReferences[0].id", "purchaseOrderId"),
        byPartner("supplier"),
        field("id", "confirmationId"),
        each("notes", "deviations", [field("", "")]),
        ...parties("buyer", "seller"),
        each("lines", "supplierCommitments", [
          field("orderLineReferences[0].lineId or lineItem.id", "line"),
          ...item("lineItem."),
          quantity("lineItem.quantity", "confirmedQuantity"),
          day(
            "lineItem.deliveries[0].promisedPeriod.endDate or lineItem.deliveries[0].requestedPeriod.endDate or ^deliveries[0].promisedPeriod.endDate",
            "promisedDate",
          ),
          field("lineItem.statusCode", "status", SUPPLIER_ANSWER),
        ]),
      ],
    },
  ],
};
