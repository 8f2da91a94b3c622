/** UBL between buyer and seller: orders and their answers, despatch, receipt, invoices, credit notes. */
import {
  decimals,
  finance,
  type LineAmount,
  logistics,
  procurement,
  sales,
  stock,
} from "../../contracts/canon/index.ts";
import { ublDocuments } from "../formats/plain.ts";
import * as kinds from "../kinds.ts";
import { byPartner, cancelled, DOCUMENT_CURRENCY, ourOrder, told } from "../rows.ts";
import { each, field, given, type Kind, type Row, repeats, type Scope, text } from "../table.ts";
import {
  address,
  amount,
  amountAgain,
  changedPrice,
  day,
  described,
  instant,
  item,
  parties,
  price,
  quantity,
  type UblSheet,
} from "./pieces.ts";

const currency = (path: string): Row => field("currency", path, text, DOCUMENT_CURRENCY);
const documentOf = ({ data }: Scope) => data.document as Record<string, unknown>;
const writtenOn: Row = repeats("issueDate", ({ around }) => around.at?.slice(0, 10), "the day it is written");

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

/** The customer's order, its day, and our number of it. */
const toldOrder = (at: string): readonly Row[] => [
  field(`${at}.id`, "document.customerReference"),
  field(`${at}.issueDate`, "document.orderDate"),
  field(`${at}.salesOrderId`, "salesOrderId"),
];

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

const shippedLine: readonly Row[] = [
  field("orderLineReferences[0].lineId or id", "line"),
  repeats("id", ({ item: one }) => one.line as string, "the line"),
  quantity("deliveredQuantity"),
  ...item(),
];

const despatched = (path: string): Row =>
  instant(
    "shipment.delivery.despatch.actualDate or issueDate",
    "shipment.delivery.despatch.actualTime or issueTime",
    path,
  );
const consignment = "shipment.consignments[0]";

export const despatchAdvice: UblSheet = {
  format: ublDocuments,
  document: "DespatchAdvice",
  title: "Despatch advice",
  translations: [
    {
      ...told("despatch-advice"),
      way: "out",
      rows: [
        ...told("despatch-advice").rows,
        field("id", "document.shipmentId"),
        writtenOn,
        ...toldOrder("orderReferences[0]"),
        ...parties("despatchSupplier", "buyer"),
        repeats(
          "deliveryCustomer.party.names[0].name",
          (scope) =>
            (documentOf(scope).shipTo as { name?: string } | undefined)?.name ?? scope.around.partnerName,
          "who gets the goods",
        ),
        repeats("shipment.id", (scope) => documentOf(scope).shipmentId as string, "the shipment"),
        field(`${consignment}.id`, "document.carrier", noted()),
        repeats(`${consignment}.id`, (scope) =>
          documentOf(scope).trackingNumber === undefined && documentOf(scope).carrier === undefined
            ? undefined
            : "1",
        ),
        field(`${consignment}.carrierAssignedId`, "document.trackingNumber"),
        field(`${consignment}.carrier.names[0].name`, "document.carrier"),
        ...address("shipment.delivery", "document.shipTo", "shipment.delivery.party"),
        despatched("document.dispatchedAt"),
        each("shipment.handlingUnits", "document.handlingUnits", [field("id.id", "sscc")]),
        each("lines", "document.lines", [
          ...shippedLine,
          field("orderLineReferences[0].lineId", "line"),
          repeats(
            "orderLineReferences[0].orderReference.id",
            (scope) => documentOf(scope).customerReference as string,
            "the customer's order",
          ),
        ]),
      ],
    },
    {
      contract: logistics.ShipmentDispatched,
      way: "in",
      from: "warehouse",
      rows: [
        field("id", "shipmentId"),
        // A warehouse ships our orders under our numbers.
        field("orderReferences[0].salesOrderId or orderReferences[0].id", "salesOrderId"),
        field(`${consignment}.carrierAssignedId`, "trackingNumber"),
        field(`${consignment}.carrier.names[0].name`, "carrier"),
        despatched("dispatchedAt"),
        each("shipment.handlingUnits", "handlingUnits", [field("id.id", "sscc")]),
        each("lines", "lines", shippedLine),
      ],
    },
    {
      contract: procurement.ShipmentNotified,
      way: "in",
      from: "supplier",
      rows: [
        field("id", "despatchAdviceId"),
        field("orderReferences[0].id or lines.orderLineReferences[0].orderReference.id", "purchaseOrderId"),
        byPartner("supplier"),
        ...parties("deliveryCustomer", "despatchSupplier"),
        field(`${consignment}.carrier.names[0].name`, "carrier"),
        despatched("notifiedAt"),
        day(
          "shipment.delivery.estimatedPeriod.endDate or shipment.delivery.requestedPeriod.endDate",
          "arrivalDate",
        ),
        each("shipment.handlingUnits", "sscc", [field("id.id", "")]),
        each("lines", "lines", shippedLine),
      ],
    },
  ],
};

/** Read by another row. */
function noted(): Kind {
  return { name: "", read: () => undefined, write: () => undefined };
}

export const receiptAdvice: UblSheet = {
  format: ublDocuments,
  document: "ReceiptAdvice",
  title: "Receipt advice",
  translations: [
    {
      contract: stock.GoodsReceived,
      way: "both",
      rows: [
        field("id", "receiptAdviceId"),
        field("orderReferences[0].id", "purchaseOrderId"),
        field("despatchDocuments[0].id.id", "despatchAdviceId"),
        field("additionalDocuments[0].id.id", "transferId"),
        ...parties("deliveryCustomer", "despatchSupplier"),
        field("shipment.delivery.location.id.id", "warehouse", text, {
          otherwise: ({ around }) => around.warehouse,
        }),
        repeats("shipment.id", ({ data }) => data.receiptAdviceId as string),
        instant("issueDate", "issueTime", "receivedAt"),
        each("lines", "lines", [
          field("orderLineReference.lineId or id", "line"),
          repeats("id", ({ item: one }) => one.line as string, "the line"),
          quantity("receivedQuantity", "receivedQuantity"),
          quantity("rejectedQuantity", "rejectedQuantity"),
          field("items[0].sellersId.id.id or items[0].buyersId.id.id", "item"),
          repeats("items[0].name", ({ item: one }) => one.item as string, "the item, where it has no name"),
          field("items[0].instances[0].lot.lotNumber", "lot"),
        ]),
      ],
    },
  ],
};

/** An invoice or credit note, whoever sends it: `at` is where its fields stand in the message. */
const billed = (at: string, [us, them]: readonly [string, string], more: readonly Row[]): readonly Row[] => {
  const total = `${at}taxInclusiveAmount`;
  const stated = `${total}.currency`;
  const net = (scope: Scope): unknown => {
    const lines = (kinds.at(scope.data, `${at}lines`) ?? []) as LineAmount[];
    return decimals.total(
      lines.map((line) => line.amount),
      kinds.currencyOf(scope, stated),
    );
  };
  return [
    day("issueDate", `${at}issueDate`),
    field("currency", stated, text, DOCUMENT_CURRENCY),
    ...more,
    ...parties(us, them),
    amount("total.taxInclusiveAmount", total, stated),
    ...amountAgain("total.payableAmount", ({ data }) => kinds.at(data, total)),
    amount("total.taxExclusiveAmount", `${at}taxExclusiveAmount`, stated),
    ...amountAgain("total.lineExtensionAmount", net),
    amount("taxTotals[0].taxAmount", `${at}taxAmount`, stated, ({ data }) =>
      kinds.less(data, total, `${at}taxExclusiveAmount`),
    ),
    each("lines", `${at}lines`, [
      field("orderLineReferences[0].lineId or id", "line"),
      repeats("id", ({ item: one }) => one.line as string, "the line"),
      quantity("quantity"),
      amount("lineExtensionAmount", "amount", stated),
      ...item(),
    ]),
  ];
};

export const invoice: UblSheet = {
  format: ublDocuments,
  document: "Invoice",
  title: "Invoice",
  translations: [
    {
      ...told("invoice"),
      way: "out",
      rows: [
        ...told("invoice").rows,
        field("id", "document.invoiceId"),
        repeats("typeCode", "380"),
        ...billed(
          "document.",
          ["supplier", "customer"],
          [
            day("dueDate", "document.dueDate"),
            ...toldOrder("orderReference"),
            field("despatchDocuments[0].id.id", "document.shipmentId"),
          ],
        ),
      ],
    },
    {
      contract: procurement.SupplierInvoiceReceived,
      way: "in",
      rows: [
        field("id", "supplierInvoiceId"),
        byPartner("supplier"),
        repeats("typeCode", "380"),
        ...billed(
          "",
          ["customer", "supplier"],
          [day("dueDate", "dueDate"), field("orderReference.id", "purchaseOrderId")],
        ),
      ],
    },
  ],
  notCarried: {
    allowanceCharges: "charges of the header have no line to be matched with",
    paymentMeans: "where to pay is in the supplier's record, and changes there need approval",
  },
};

export const creditNote: UblSheet = {
  format: ublDocuments,
  document: "CreditNote",
  title: "Credit note",
  translations: [
    {
      contract: finance.CreditNoteIssued,
      way: "both",
      rows: [
        field("id", "creditNoteId"),
        repeats("typeCode", "381"),
        field("notes[0]", "reason"),
        ...billed(
          "",
          ["supplier", "customer"],
          [
            field("orderReference.id", "salesOrderId"),
            field("billingReferences[0].invoice.id.id", "billingReference"),
          ],
        ),
      ],
    },
  ],
};
