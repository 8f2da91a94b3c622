/** X12 with warehouses and carriers: shipping orders and advices, receipts, transfers, adjustments, stock, load tenders, status, freight bills. */
import { decimals, fulfilment, logistics, procurement, stock } from "../../contracts/canon/index.ts";
import { x12Sets } from "../formats/segments.ts";
import * as kinds from "../kinds.ts";
import { textOf } from "../place.ts";
import { byPartner, position } from "../rows.ts";
import { each, field, given, type Kind, type Row, repeats, type Scope, text } from "../table.ts";
import { address, count, day, ITEM, place, sscc, words, type X12Sheet } from "./pieces.ts";

const inWarehouse = ({ around }: Scope): string | undefined => around.warehouse;
const numbered = { otherwise: ({ index }: Scope) => String(index + 1) };

export const shippingOrder: X12Sheet = {
  format: x12Sets,
  document: "940",
  title: "Warehouse shipping order",
  translations: [
    {
      contract: fulfilment.ShipOrder,
      way: "both",
      rows: [
        repeats("W05.1", "N", "N, a new order"),
        field("W05.2", "salesOrderId"),
        ...address("ST", "shipTo"),
        field("N9+CU.2", "customer"),
        repeats(
          "G62.1",
          ({ data }) => (data.requestedDate === undefined ? undefined : "02"),
          "02, delivery requested",
        ),
        day("G62+02.2", "requestedDate"),
        repeats("LX.1", "1", "1: one group"),
        each(
          "**W01",
          "lines",
          [
            field(["1", "2"], "quantity", kinds.quantity()),
            field(`4(${ITEM})`, "item"),
            field("N9+LI.2", "line", text, numbered),
          ],
          { written: "LX/W01" },
        ),
      ],
    },
  ],
};

const shippedLine: readonly Row[] = [
  repeats("1", "CL", "CL, complete"),
  field(["3", "5"], "quantity", kinds.quantity()),
  field(`7(${ITEM})`, "item"),
  field("N9+LI.2", "line", text, numbered),
];

export const shippingAdvice: X12Sheet = {
  format: x12Sets,
  document: "945",
  title: "Warehouse shipping advice",
  translations: [
    {
      contract: logistics.ShipmentDispatched,
      way: "both",
      rows: [
        repeats("W06.1", "F", "F, the whole shipment"),
        field("W06.2", "salesOrderId"),
        field("W06.4", "shipmentId"),
        field("N1+WH.4", "warehouse", text, { otherwise: inWarehouse }),
        repeats("N1+WH.3", ({ data }) => (data.warehouse === undefined ? undefined : "92")),
        field("N9+CN|BM.2", "trackingNumber"),
        repeats(
          "G62.3",
          ({ data }) => (data.dispatchedAt === undefined ? undefined : "X"),
          "X, time of dispatch",
        ),
        field(["G62+11.2 or W06.3", "G62+11.4"], "dispatchedAt", kinds.digitsInstant),
        repeats(
          "W06.3",
          ({ data }) => String(data.dispatchedAt).slice(0, 10).replaceAll("-", ""),
          "as G62 11",
        ),
        repeats("W27.1", ({ data }) => (data.carrier === undefined ? undefined : "M"), "M, by road"),
        field("W27.3 or W27.2", "carrier", words(35)),
        // Which goods lie on which pallet we are not told: pallets and lines are two groups.
        each("**W12", "lines", shippedLine, { written: "LX+1/W12" }),
        each("**MAN+GM|AA", "handlingUnits", [field("2", "sscc", sscc)], { written: "LX+2/MAN+GM" }),
      ],
    },
  ],
  tolerated: ["A dispatch without G62 11 left at the beginning of the day in W06."],
};

/** What a warehouse says of goods that came or went, by the day alone. */
const onDay = (place: string, path: string): Row => field(place, path, kinds.dayInstant);

export const transferShipment: X12Sheet = {
  format: x12Sets,
  document: "943",
  title: "Stock transfer shipment advice",
  translations: [
    {
      contract: stock.StockTransferred,
      way: "both",
      parts: [{ place: "**W04" }],
      rows: [
        repeats("^W06.1", "J", "J, the whole shipment"),
        field("^W06.2", "transferId"),
        onDay("^W06.3", "transferredAt"),
        ...place("SF", "from", inWarehouse, "^"),
        ...place("ST", "to", inWarehouse, "^"),
        given("stage", "sent", () => "sent"),
        field(["1", "2"], "quantity", kinds.quantity()),
        field(`4(${ITEM})`, "item"),
        field("N9+LT.2", "lot"),
      ],
    },
  ],
};

export const transferReceipt: X12Sheet = {
  format: x12Sets,
  document: "944",
  title: "Stock transfer receipt advice",
  translations: [
    {
      contract: stock.GoodsReceived,
      way: "both",
      rows: [
        repeats("W17.1", "F", "F, the whole receipt"),
        onDay("W17.2", "receivedAt"),
        field("W17.3", "receiptAdviceId"),
        field("W17.4", "transferId"),
        field("W17.5", "despatchAdviceId"),
        ...place("WH", "warehouse", inWarehouse),
        field("N9+PO.2", "purchaseOrderId"),
        each(
          "**W07",
          "lines",
          [
            field(["1", "2"], "receivedQuantity", kinds.quantity()),
            field(`4(${ITEM})`, "item"),
            field("N9+LI.2", "line", text, numbered),
            field("N9+LT.2", "lot"),
            field(["W13.1", "W13.2"], "rejectedQuantity", kinds.quantity()),
            repeats(
              "W13.3",
              ({ item: line }) => (line.rejectedQuantity === undefined ? undefined : "01"),
              "01, damaged",
            ),
          ],
          { written: "W07" },
        ),
      ],
    },
  ],
};

export const adjustment: X12Sheet = {
  format: x12Sets,
  document: "947",
  title: "Warehouse inventory adjustment advice",
  translations: [
    {
      contract: stock.StockAdjusted,
      way: "in",
      parts: [{ place: "W19" }],
      rows: [
        onDay("^W15.1", "adjustedAt"),
        ...place("WH", "location", inWarehouse, "^"),
        field("1", "reasonCode"),
        field("2", "delta", kinds.decimal),
        field("3", "uom"),
        field(`5(${ITEM})`, "item"),
        field("N9+LT.2", "lot"),
        field("^W15.2", "adjustmentId", {
          name: "its number and the line",
          read: (found, { index }) => `${textOf(found)}/${index + 1}`,
          write: String,
        }),
        position,
      ],
    },
  ],
};

export const inventoryAdvice: X12Sheet = {
  format: x12Sets,
  document: "846",
  title: "Inventory advice",
  translations: [
    {
      contract: stock.AvailabilityChanged,
      way: "both",
      parts: [{ place: "LIN" }],
      rows: [
        repeats("^BIA.1", "00"),
        repeats("^BIA.2", "DD", "DD, distribution"),
        repeats("^BIA.3", ({ around }) => around.controlNumber, "the number of the interchange"),
        field(["^BIA.4", "^BIA.5"], "asOf", kinds.digitsInstant),
        ...place("WH", "location", inWarehouse, "^"),
        field(`2(${ITEM})`, "item"),
        position,
        field(["QTY+33|17|02.2", "QTY+33|17|02.3"], "available", kinds.quantity()),
        repeats("QTY+33.1", "33", "33, available for sale"),
      ],
    },
  ],
  tolerated: ["Quantity 17 (on hand) or 02 where a sender has no 33 (available for sale)."],
};

export const receivingAdvice: X12Sheet = {
  format: x12Sets,
  document: "861",
  title: "Receiving advice",
  translations: [
    {
      contract: stock.GoodsReceived,
      way: "both",
      rows: [
        field("BRA.1", "receiptAdviceId"),
        field(["BRA.2", "BRA.5"], "receivedAt", kinds.digitsInstant),
        repeats("BRA.3", "00"),
        repeats("BRA.4", "1", "1, as received"),
        field("REF+SI.2", "despatchAdviceId"),
        field("REF+TN.2", "transferId"),
        field("PRF.1", "purchaseOrderId"),
        ...place("ST", "warehouse", inWarehouse),
        each("RCD", "lines", [
          field("1", "line", text, numbered),
          field(["2", "3"], "receivedQuantity", kinds.quantity()),
          field(["6", "7"], "rejectedQuantity", kinds.quantity()),
          repeats(
            "8",
            ({ item: line }) => (line.rejectedQuantity === undefined ? undefined : "01"),
            "01, damaged",
          ),
          field(`LIN.2(${ITEM})`, "item"),
          field("LIN.2(LT)", "lot"),
        ]),
      ],
      foot: [count("CTT.1", ({ data }) => data.lines)],
    },
  ],
};

export const loadTender: X12Sheet = {
  format: x12Sets,
  document: "204",
  title: "Motor carrier load tender",
  translations: [
    {
      contract: fulfilment.BookFreight,
      way: "both",
      rows: [
        repeats("B2.2", ({ around }) => around.partner, "the carrier"),
        field("B2.4", "salesOrderId"),
        repeats("B2.6", "PP", "PP, prepaid"),
        repeats("B2A.1", "00"),
        field("L11[2=ZZ].1", "attempt", kinds.whole, { otherwise: () => 1 }),
        repeats("S5.1", "1"),
        repeats("S5.2", "UL", "UL, unload"),
        ...address("ST", "shipTo", "S5/"),
        each(
          "**OID",
          "lines",
          [
            field("1", "item"),
            field("3", "line", text, numbered),
            field(["5", "4"], "quantity", kinds.quantity()),
          ],
          { written: "S5/OID" },
        ),
      ],
    },
  ],
};

/** The order of ours that was tendered: the carrier repeats the number of the 204. */
const tendered = (place: string): Row => field(place, "salesOrderId");

export const tenderResponse: X12Sheet = {
  format: x12Sets,
  document: "990",
  title: "Response to a load tender",
  translations: [
    {
      contract: logistics.FreightBooked,
      way: "in",
      when: [["B1.4", "A"]],
      rows: [
        field("B1.1", "carrier"),
        tendered("B1.2"),
        field("N9+CN.2 or L11[2=CN].1", "bookingId", text, { otherwise: ({ data }) => data.salesOrderId }),
        onDay("B1.3", "bookedAt"),
        field("G62+86|10.2", "pickup", kinds.digitsDay),
      ],
    },
    {
      contract: logistics.CarrierRejected,
      way: "in",
      when: [["B1.4", "D", "R"]],
      rows: [
        field("B1.1", "carrier"),
        tendered("B1.2"),
        onDay("B1.3", "rejectedAt"),
        field("K1[].1 or NTE[].2", "reason", kinds.texts(264), {
          otherwise: () => "The carrier declined and gave no reason.",
        }),
      ],
    },
  ],
};

export const shipmentStatus: X12Sheet = {
  format: x12Sets,
  document: "214",
  title: "Carrier shipment status",
  translations: [
    {
      contract: logistics.ShipmentStatusChanged,
      way: "in",
      parts: [{ place: "**AT7" }],
      rows: [
        field("^B10.1", "trackingNumber"),
        tendered("^B10.2"),
        field("^L11[2=SI|SN].1 or ^N9+SI.2", "shipmentId"),
        field("1", "currentStatus", kinds.agreed("carrier's status")),
        field(["1", "2"], "rawStatus", joinedCodes(" ")),
        field(["MS1.1", "MS1.2", "MS1.3"], "location", joinedCodes(", ")),
        field(["5", "6"], "changedAt", kinds.digitsInstant),
        repeats("7", "UT", "UT, universal time"),
      ],
    },
  ],
  tolerated: ["A time without AT707 or in another zone is taken as UTC, and the zone is listed."],
};

function joinedCodes(between: string): Kind {
  return {
    name: "as the carrier writes it",
    read: (found) =>
      (found as unknown[])
        .map(textOf)
        .filter((code) => code !== "")
        .join(between),
    write: (value) => [String(value)],
  };
}

export const freightBill: X12Sheet = {
  format: x12Sets,
  document: "210",
  title: "Freight invoice",
  translations: [
    {
      contract: procurement.SupplierInvoiceReceived,
      way: "in",
      rows: [
        field("B3.2", "supplierInvoiceId"),
        field("B3.3", "purchaseOrderId"),
        byPartner("supplier"),
        day("B3.6", "issueDate"),
        field("C3.1", "taxInclusiveAmount.currency", text, { otherwise: ({ around }) => around.currency }),
        each("LX", "lines", [
          field("1", "line"),
          field("L5.2 or L1.8", "item", words(48)),
          field(["L0.8", "L0.9"], "quantity", freightQuantity()),
          field("L1.4 or L1[1].4", "amount", kinds.impliedMoney("taxInclusiveAmount.currency")),
        ]),
        field("B3.7 or L3.5", "taxInclusiveAmount", kinds.impliedMoney("taxInclusiveAmount.currency")),
        repeats("L3.5", ({ data }) => cents(data.taxInclusiveAmount), "as B307"),
        given("taxAmount", "none: a freight bill states its taxes as charges", ({ data }) =>
          decimals.money("0", String(kinds.at(data, "taxInclusiveAmount.currency"))),
        ),
        given("taxExclusiveAmount", "its total", ({ data }) => data.taxInclusiveAmount),
      ],
    },
  ],
  notCarried: { "LX/L0": "weights are matched by nobody", S5: "stops are the carrier's own plan" },
};

function freightQuantity(): Kind {
  const kind = kinds.quantity();
  return { ...kind, name: "pieces of lading" };
}

const cents = (money: unknown): string | undefined =>
  money === undefined ? undefined : decimals.multiply((money as { amount: string }).amount, "100");
