/** Rehearsals of goods on the road, within one entity and between two: what left, what came, and what both books say of it. */
import { send } from "crossdock";
import {
  costing,
  erp,
  finance,
  inventory,
  operations,
  plant,
  procurement,
  sales,
  stock,
} from "crossdock/canon";
import { elapsed, type Rehearsal, rehearsal, STILL } from "crossdock/testing";
import { opened } from "../matching.ts";
import { standardPolicy } from "../policy.ts";
import { intercompany } from "../processes/intercompany.ts";
import { procureToPay } from "../processes/procure-to-pay.ts";
import { stockTransfer } from "../processes/stock-transfer.ts";

const each = (value: string) => ({ value, uom: "EA" });
const eur = (amount: string) => ({ amount, currency: "EUR" });
const zero = eur("0.00");
const ORDER = "SO-1003";
const id = { transferId: "IC-1003-1" };
const road = { item: "PUMP-100", from: "WH-DAY", to: "WH-ROT" };

const left = (quantity = "30", movementId = "DS-1001") =>
  stock.StockTransferred.of({
    ...id,
    ...road,
    movementId,
    quantity: each(quantity),
    stage: "sent",
    salesOrderId: ORDER,
    line: "1",
    transferredAt: STILL,
  });
const came = (quantity = "30", receiptAdviceId = "RR-1", rejected?: string) =>
  stock.GoodsReceived.of({
    ...id,
    receiptAdviceId,
    warehouse: "WH-ROT",
    receivedAt: STILL,
    lines: [
      {
        line: "1",
        item: "PUMP-100",
        receivedQuantity: each(quantity),
        ...(rejected === undefined ? {} : { rejectedQuantity: each(rejected) }),
      },
    ],
  });
const arrived = (quantity: string, movementId = "RR-1") =>
  stock.StockTransferred.of({
    ...id,
    ...road,
    movementId,
    quantity: each(quantity),
    stage: "arrived",
    salesOrderId: ORDER,
    line: "1",
    transferredAt: STILL,
  });
const allocated = (quantity: string) =>
  inventory.StockAllocated.of({
    salesOrderId: ORDER,
    allocationId: id.transferId,
    reportId: "RR-1",
    warehouse: "WH-ROT",
    allocations: [{ line: "1", item: "PUMP-100", quantity: each(quantity) }],
    shortfall: [],
    allocatedAt: STILL,
  });

// On the road -------------------------------------------------------------------------------------------------------

const moving = stockTransfer(standardPolicy);
const onTheRoad = {
  ...id,
  item: "PUMP-100",
  uom: "EA",
  from: "WH-DAY",
  to: "WH-ROT",
  sent: "30",
  arrived: "0",
  leftAt: STILL,
  order: { salesOrderId: ORDER, line: "1" },
  heard: ["DS-1001"],
};
const moved = (name: string) => rehearsal(name, moving);

const transfers: Rehearsal[] = [
  moved("what left is in transit until it has arrived")
    .given()
    .when(left())
    .decides({ state: onTheRoad, reach: "sent", start: ["transit"] }),
  moved("a movement that is told again moves nothing")
    .given(left())
    .when(left())
    .decides({ note: "The movement DS-1001 was heard before." }),
  moved("what arrived is set aside there for the order it is for")
    .given(left())
    .when(came())
    .decides({
      state: { ...onTheRoad, arrived: "30", heard: ["DS-1001", "RR-1"] },
      publish: [arrived("30"), allocated("30")],
      reach: "arrived",
      stop: ["transit"],
      end: "completed",
    }),
  moved("what came on the day it left came after it had left, whatever the hour of the receipt")
    .given(left())
    .when(
      stock.GoodsReceived.of({
        ...id,
        receiptAdviceId: "RR-1",
        warehouse: "WH-ROT",
        receivedAt: "2026-01-05T00:00:00Z",
        lines: [{ line: "1", item: "PUMP-100", receivedQuantity: each("30") }],
      }),
    )
    .decides({
      state: { ...onTheRoad, arrived: "30", heard: ["DS-1001", "RR-1"] },
      publish: [arrived("30"), allocated("30")],
      reach: "arrived",
      stop: ["transit"],
      end: "completed",
    }),
  moved("what came broken has arrived and is nobody's to ship")
    .given(left())
    .when(came("30", "RR-1", "2"))
    .decides({
      state: { ...onTheRoad, arrived: "30", heard: ["DS-1001", "RR-1"] },
      publish: [arrived("30"), allocated("28")],
      reach: "arrived",
      stop: ["transit"],
      end: "completed",
    }),
  moved("what has not come stays in transit")
    .given(left())
    .when(came("28"))
    .decides({
      state: { ...onTheRoad, arrived: "28", heard: ["DS-1001", "RR-1"] },
      publish: [arrived("28"), allocated("28")],
      note: "2 EA of PUMP-100 have not arrived.",
    }),
  moved("what is late on the road is to be agreed upon from then on")
    .given(left(), came("28"))
    .when(elapsed("transit"))
    .decides({
      state: { ...onTheRoad, arrived: "28", heard: ["DS-1001", "RR-1"], late: true },
      note: "2 EA of PUMP-100 are between WH-DAY and WH-ROT.",
    }),
];

// Between two entities ----------------------------------------------------------------------------------------------

const process = intercompany(standardPolicy);
const told = (name: string) => rehearsal(name, process);
const price = { ...eur("350.00"), per: each("1") };
const issued = procurement.PurchaseOrderIssued.of({
  ...id,
  purchaseOrderId: id.transferId,
  supplier: "ME-02",
  sellingEntity: "ME-02",
  currency: "EUR",
  needBy: "2026-01-09",
  salesOrderId: ORDER,
  orderLine: "1",
  deliverTo: "WH-ROT",
  lines: [{ line: "1", item: "PUMP-100", quantity: each("30"), price }],
});
const accepted = sales.OrderAccepted.of({
  ...id,
  salesOrderId: id.transferId,
  customerReference: id.transferId,
  customer: "ME-01",
  erpOrderId: "SO-1001",
});
const booked = (ledger: string, ledgerReference: string, debit: string, credit: string, amount: string) =>
  finance.PostingAccepted.of({
    ...id,
    sourceDocument: ledgerReference,
    ledger,
    ledgerReference,
    lines: [
      { account: debit, debit: eur(amount), credit: zero },
      { account: credit, debit: zero, credit: eur(amount) },
    ],
  });
const sold = booked("ME-02", "GI-1001", "Intercompany receivable", "Intercompany revenue", "10500.00");
const owed = (amount = "10500.00", reference = "5100001") =>
  booked("ERP", reference, "Finished goods", "Intercompany payable", amount);

const ordered = {
  ...id,
  seller: "ME-02",
  item: "PUMP-100",
  uom: "EA",
  ordered: "30",
  price,
  salesOrderId: ORDER,
  sellerOrder: null as string | null,
  left: [] as object[],
  waiting: [] as object[],
  received: [] as object[],
  receivable: [] as object[],
  payable: [] as object[],
  stated: null as string | null,
};
const state = (more: object = {}) => ({ ...ordered, ...more }) as never;
const gone = { movementId: "DS-1001", quantity: "30", at: STILL };
const there = (quantity = "30", movementId = "RR-1") => ({ movementId, quantity, at: STILL });
const receivable = [{ ledgerReference: "GI-1001", amount: "10500.00" }];
const payable = [{ ledgerReference: "5100001", amount: "10500.00" }];
const mirrored = { sellerOrder: "SO-1001" };
const issue = send(
  erp.PostGoodsIssue.of({
    ...id,
    salesOrderId: id.transferId,
    erpOrderId: "SO-1001",
    shipmentId: "DS-1001",
    entity: "ME-02",
    lines: [{ line: "1", item: "PUMP-100", quantity: each("30") }],
    dispatchedAt: STILL,
  }),
  { pivot: true },
);
const receipt = (quantity: string, receiptAdviceId = "RR-1") =>
  send(
    plant.PostGoodsReceipt.of({
      ...id,
      purchaseOrderId: id.transferId,
      receiptAdviceId,
      warehouse: "WH-ROT",
      sellingEntity: "ME-02",
      documentDate: "2026-01-05",
      postingDate: "2026-01-05",
      lines: [{ line: "1", item: "PUMP-100", quantity: each(quantity), price: eur("350.00") }],
    }),
  );
const balanced = (paid: string, difference: string, reference = "5100001") =>
  costing.IntercompanyBalanced.of({
    ...id,
    receivable: { entity: "ME-02", ledgerReference: "GI-1001", amount: eur("10500.00") },
    payable: { entity: "ME-01", ledgerReference: reference, amount: eur(paid) },
    difference: eur(difference),
  });
const shown = (cause: string, title: string, reason: string) =>
  operations.ExceptionRaised.of({
    subject: "transfer/IC-1003-1",
    fingerprint: `intercompany/${cause}`,
    owner: "finance",
    class: "business hold",
    state: "held",
    title,
    reason,
    valueAtRisk: eur("700.00"),
    salesOrderId: ORDER,
  });
const short = [issued, accepted, left(), sold, came("28"), owed("9800.00")];

export const rehearsals: Rehearsal[] = [
  ...transfers,
  told("what one entity orders from another is followed from its order on")
    .given()
    .when(issued)
    .decides({ state: state(), reach: "ordered" }),
  told("the seller's books have it under a number of their own")
    .given(issued)
    .when(accepted)
    .decides({ state: state(mirrored), reach: "mirrored", send: [] }),
  told("what left leaves the seller's stock and value")
    .given(issued, accepted)
    .when(left())
    .decides({
      state: state({ ...mirrored, left: [gone] }),
      reach: "dispatched",
      send: [issue],
      start: ["transit"],
    }),
  told("what left before the seller's number is known waits for it")
    .given(issued)
    .when(left())
    .decides({ state: state({ left: [gone], waiting: [gone] }), reach: "dispatched", start: ["transit"] }),
  told("and is booked under it")
    .given(issued, left())
    .when(accepted)
    .decides({ state: state({ ...mirrored, left: [gone] }), reach: "mirrored", send: [issue] }),
  told("a movement that is told again is booked once")
    .given(issued, accepted, left())
    .when(left())
    .decides({ note: "The movement DS-1001 was heard before." }),
  told("what came is the buyer's at the price of the order")
    .given(issued, accepted, left())
    .when(came())
    .decides({
      state: state({ ...mirrored, left: [gone], received: [there()] }),
      reach: "received",
      stop: ["transit"],
      send: [receipt("30")],
    }),
  told("the seller is owed what its ledger says it booked")
    .given(issued, accepted, left())
    .when(sold)
    .decides({ state: state({ ...mirrored, left: [gone], receivable }), reach: ["invoiced"] }),
  told("both books say the same: the difference is nothing, and it is over")
    .given(issued, accepted, left(), sold, came())
    .when(owed())
    .decides({
      state: state({ ...mirrored, left: [gone], received: [there()], receivable, payable, stated: "0.00/0" }),
      publish: [balanced("10500.00", "0.00")],
      reach: ["balanced"],
      end: "completed",
    }),
  told("books that differ over goods that all came are stated and shown, and nothing is posted")
    .given(issued, accepted, left(), sold, came())
    .when(owed("9800.00"))
    .decides({
      state: state({
        ...mirrored,
        left: [gone],
        received: [there()],
        receivable,
        stated: "700.00/0",
        payable: [{ ledgerReference: "5100001", amount: "9800.00" }],
      }),
      publish: [
        balanced("9800.00", "700.00"),
        shown(
          "difference",
          "Two of our entities disagree about a transfer.",
          "ME-02 is owed 10500.00 and ME-01 owes 9800.00 EUR; 0 EA of PUMP-100 have not arrived.",
        ),
      ],
    }),
  told("two pieces too few are waited for, and then stated with what they are worth")
    .given(...short)
    .when(elapsed("transit"))
    .decides({
      state: state({
        ...mirrored,
        left: [gone],
        received: [there("28")],
        receivable,
        stated: "700.00/2",
        payable: [{ ledgerReference: "5100001", amount: "9800.00" }],
      }),
      publish: [
        balanced("9800.00", "700.00"),
        shown(
          "difference",
          "Two of our entities disagree about a transfer.",
          "ME-02 is owed 10500.00 and ME-01 owes 9800.00 EUR; 2 EA of PUMP-100 have not arrived.",
        ),
      ],
      start: ["transit"],
    }),
  told("what came late settles it")
    .given(...short, elapsed("transit"), came("2", "RR-2"))
    .when(owed("700.00", "5100002"))
    .decides({
      state: state({
        ...mirrored,
        left: [gone],
        received: [there("28"), there("2", "RR-2")],
        receivable,
        payable: [
          { ledgerReference: "5100001", amount: "9800.00" },
          { ledgerReference: "5100002", amount: "700.00" },
        ],
        stated: "0.00/0",
      }),
      publish: [balanced("10500.00", "0.00", "5100002")],
      reach: ["balanced"],
      end: "completed",
    }),
  told("another posting of the transfer is owed by nobody")
    .given(issued, accepted, left())
    .when(booked("ME-02", "GJ-1", "Freight", "Accruals", "40.00"))
    .decides({ note: "ME-02 booked GJ-1, which is owed by neither entity." }),
  told("an order the seller took back is over")
    .given(issued, accepted)
    .when(
      procurement.PurchaseOrderCancelled.of({
        ...id,
        purchaseOrderId: id.transferId,
        supplier: "ME-02",
        reason: "Not needed.",
      }),
    )
    .decides({ end: { abandon: "Not needed." } }),
  rehearsal("what is bought from one of our own is neither matched nor paid", procureToPay(standardPolicy))
    .given()
    .when(issued)
    .decides({
      state: {
        purchaseOrderId: id.transferId,
        supplier: "ME-02",
        currency: "EUR",
        promised: "2026-01-09",
        promisedAt: "",
        invoices: [],
        heard: [],
        lines: [opened("1", "PUMP-100", "30", "350")],
      },
      reach: "ordered",
      end: "completed",
      note: "ME-02 is one of ours; the transfer tells the rest.",
    }),
];
