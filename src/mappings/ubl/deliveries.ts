/** UBL of what follows an order between buyer and seller: despatch, receipt, invoices, credit notes. */
import {
  decimals,
  finance,
  type LineAmount,
  logistics,
  procurement,
  stock,
} from "../../contracts/canon/index.ts";
import { ublDocuments } from "../formats/plain.ts";
import * as kinds from "../kinds.ts";
import { byPartner, DOCUMENT_CURRENCY, told } from "../rows.ts";
import { each, field, type Kind, type Row, repeats, type Scope, text } from "../table.ts";
import {
  address,
  amount,
  amountAgain,
  day,
  documentOf,
  instant,
  item,
  parties,
  quantity,
  toldOrder,
  type UblSheet,
  writtenOn,
} from "./pieces.ts";

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
