/** Rehearsals of the second part: stock, freight, dispatch, delivery, in order and out of it. */
import { sales } from "crossdock/canon";
import { approved, declined, elapsed, overdue, rehearsal } from "crossdock/testing";
import * as acts from "../order-acts.ts";
import { orderToCash } from "../order-to-cash.ts";
import { raised } from "../order-words.ts";
import { standardPolicy } from "../policy.ts";
import * as facts from "./facts.ts";

const { at, eur, fulfilling, gone, line, NOW, ORDER, pumps, shipment, shipping } = facts;

const process = orderToCash(standardPolicy);
const inParts = orderToCash({ ...standardPolicy, partialDelivery: true });
const told = (name: string) => rehearsal(name, process);
const asked = { askedToAllocate: "10" };
const HEARD = ["allocated WH-1"];
const shipTen = [acts.shipOrder(at(), [pumps("10")]), acts.bookFreight(at(), 1)];
const six = line({ allocated: "6" }, asked);
const short = line({ allocated: "6", backordered: "4" }, asked);

const stock = [
  told("stock allocated in full is ordered to ship, and a carrier is asked for")
    .given(...facts.toFulfilment)
    .when(facts.allocated())
    .decides({
      state: shipping(),
      reach: ["allocated"],
      publish: [facts.freightRequested(1)],
      send: shipTen,
      stop: ["shortage"],
    }),
  told("an allocation report that comes twice counts once")
    .given(...facts.toShipping)
    .when(facts.allocated())
    .decides({ note: "The allocation report WH-1 came again." }),
  told("a partial allocation waits for the rest")
    .given(...facts.toFulfilment)
    .when(facts.allocated("6"))
    .decides({ state: fulfilling({ lines: [six], heard: HEARD }) }),
  rehearsal("where the policy allows it, an order ships in parts", inParts)
    .given(...facts.toFulfilment)
    .when(facts.allocated("6"))
    .decides({
      state: fulfilling({
        lines: [{ ...six, askedToShip: "6" }],
        freight: { attempts: 1 },
        heard: HEARD,
      }),
      publish: [facts.freightRequested(1)],
      send: [acts.shipOrder(at(), [pumps("6")]), acts.bookFreight(at(), 1)],
    }),
  told("a shortage is noted and its clock starts")
    .given(...facts.toFulfilment, facts.allocated("6"))
    .when(facts.backordered())
    .decides({
      state: fulfilling({ lines: [short], heard: HEARD }),
      start: ["shortage"],
      note: "4 EA of PUMP-100 are out of stock.",
    }),
  told("a shortage of what another change asks for takes the milestone back")
    .given(...facts.toShipping, facts.changed("12"))
    .when(facts.backordered("2"))
    .decides({
      state: shipping({
        phase: "checking prices",
        change: 1,
        allocatedSaid: false,
        lines: [line({ ordered: "12", allocated: "10", backordered: "2" }, { ...asked, askedToShip: "10" })],
      }),
      withdraw: "allocated",
      start: ["shortage"],
      note: "2 EA of PUMP-100 are out of stock.",
    }),
  told("a later allocation makes the shortage good")
    .given(...facts.toFulfilment, facts.allocated("6"), facts.backordered())
    .when(facts.allocated("4", "WH-2"))
    .decides({
      state: shipping({ heard: [...HEARD, "allocated WH-2"] }),
      reach: ["allocated"],
      publish: [facts.freightRequested(1)],
      send: shipTen,
      stop: ["shortage"],
    }),
  told("the report of a shortage that was made good already changes nothing")
    .given(...facts.toShipping)
    .when(facts.backordered())
    .decides({ note: "The shortage on line 1 was made good already." }),
  told("a shortage of something else is not of this order")
    .given(facts.captured({ lines: [{ ...pumps("10"), line: "7" }] }))
    .when(facts.backordered())
    .decides({ note: "The shortage of PUMP-100 on line 1 is not of this order." }),
  told("what is allocated beyond the order is freed again")
    .given(...facts.toFulfilment)
    .when(facts.allocated("12"))
    .decides({
      state: shipping(),
      reach: ["allocated"],
      publish: [facts.freightRequested(1)],
      send: [acts.releaseAllocation(at(), [pumps("2")], "More was allocated than is wanted."), ...shipTen],
      stop: ["shortage"],
      note: "The warehouse allocated more than is wanted; the rest is released.",
    }),
  told("a shortage that lasts is told to planning, again and again")
    .given(...facts.toFulfilment, facts.allocated("6"), facts.backordered())
    .when(elapsed("shortage"))
    .decides({
      publish: [
        raised(at(), "shortage lasts", {
          title: "An order still waits for stock.",
          reason: "Out of stock: 4 EA of PUMP-100.",
          owner: "planning",
        }),
      ],
      start: ["shortage"],
    }),
  told("a clock for a shortage that is over says so")
    .given(...facts.toShipping)
    .when(elapsed("shortage"))
    .decides({ note: "The shortage was made good." }),
  told("an allocation the warehouse takes back by itself takes the milestone back")
    .given(...facts.toShipping)
    .when(facts.released("3"))
    .decides({
      state: shipping({
        lines: [line({ allocated: "7" }, { ...asked, askedToShip: "10" })],
        allocatedSaid: false,
        heard: [...HEARD, "released RL-1"],
      }),
      withdraw: "allocated",
      publish: [
        raised(at(), "allocation taken back", {
          title: "The warehouse took an allocation back.",
          reason: "Recounted.",
          owner: "warehouse",
        }),
      ],
      note: "The warehouse released stock by itself: Recounted.",
    }),
  told("a release we asked for changes nothing more")
    .given(...facts.toFulfilment, facts.changed("8"))
    .when(facts.released("2"))
    .decides({
      state: fulfilling({
        change: 1,
        erp: { sent: true, orderId: "4500001", change: 1 },
        lines: [line({ cancelled: "2" }, { askedToAllocate: "8" })],
        heard: ["released RL-1"],
      }),
      note: "The warehouse released stock: Recounted.",
    }),
  told("a release that comes twice counts once")
    .given(...facts.toShipping, facts.released("3"))
    .when(facts.released("3"))
    .decides({ note: "The release RL-1 came again." }),
];

const rejections = (count: number) =>
  Array.from({ length: count }, (_, index) => facts.carrierRejected(`FB-${index + 1}`));
const refusals = (count: number) => Array.from({ length: count }, (_, index) => `rejected FB-${index + 1}`);
const noCarrier = shipping({ freight: { attempts: 3 }, heard: [...HEARD, ...refusals(3)] });

const freight = [
  told("a booked carrier is noted for the despatch advice")
    .given(...facts.toShipping)
    .when(facts.freightBooked)
    .decides({
      state: shipping({
        freight: { attempts: 1, carrier: "Alpin Cargo", trackingNumber: "TRK-1" },
      }),
      note: "Alpin Cargo takes the goods.",
    }),
  told("when a carrier refuses, the next is asked")
    .given(...facts.toShipping)
    .when(facts.carrierRejected())
    .decides({
      state: shipping({ freight: { attempts: 2 }, heard: [...HEARD, "rejected FB-1"] }),
      publish: [facts.freightRequested(2)],
      send: [acts.bookFreight(at(), 2)],
      note: "No lorry is free.",
    }),
  told("a refusal that comes twice counts once")
    .given(...facts.toShipping, facts.carrierRejected())
    .when(facts.carrierRejected())
    .decides({ note: "The carrier's refusal came again." }),
  told("when every carrier has refused, a person decides")
    .given(...facts.toShipping, ...rejections(2))
    .when(facts.carrierRejected("FB-3"))
    .decides({
      state: noCarrier,
      ask: [{ approval: "carrier review", because: "Alpin Cargo refused: No lorry is free." }],
    }),
  told("a person has the carriers asked once more")
    .given(...facts.toShipping, ...rejections(3))
    .when(approved("carrier review"))
    .decides({
      state: { ...noCarrier, freight: { attempts: 4 } },
      publish: [facts.freightRequested(4)],
      send: [acts.bookFreight(at(), 4)],
    }),
  told("without a carrier the order is given up")
    .given(...facts.toShipping, ...rejections(3))
    .when(declined("carrier review", "Strike."))
    .decides({
      publish: [
        sales.OrderCancelled.of({
          salesOrderId: ORDER,
          reason: "No carrier takes the goods: Strike.",
          by: "maria",
          cancelledAt: NOW,
        }),
      ],
      send: acts.acknowledgeOrder(at(), NOW, "rejected", ["No carrier takes the goods: Strike."]),
    }),
  told("once goods have left, giving up for want of a carrier comes too late")
    .given(...facts.toShipping, ...rejections(3), facts.dispatched())
    .when(declined("carrier review", "Strike."))
    .decides({ note: "Goods have left already, so the order goes on: Strike." }),
  told("an overdue carrier review is brought to mind")
    .given(...facts.toShipping, ...rejections(3))
    .when(overdue("carrier review"))
    .decides({
      state: { ...noCarrier, reminders: 1 },
      ask: [
        {
          approval: "carrier review",
          because: "Nobody has decided yet; this is reminder 1.",
        },
      ],
      publish: [
        raised(at(), "carrier review overdue", {
          title: "A carrier review is overdue.",
          reason: "Nobody has decided yet; this is reminder 1.",
          owner: "customer-service",
          valueAtRisk: eur("5000.00"),
        }),
      ],
    }),
];

const SSCC = [{ sscc: "340123450000000018" }];
/** Six of ten in the first shipment, four in the second. */
const first = shipment({ lines: [{ ...pumps("6"), amount: eur("3000.00") }], net: eur("3000.00") });
const second = shipment({
  shipmentId: "SH-2",
  lines: [{ ...pumps("4"), amount: eur("2000.00") }],
  net: eur("2000.00"),
});
const unsent = { goodsIssueSent: false };
const issue = (part: typeof first) => acts.tellErp(gone({ shipments: [{ ...part, ...unsent }] }), NOW).send;
const sixGone = shipping({
  lines: [line({ allocated: "10", shipped: "6" }, { ...asked, askedToShip: "10" })],
  shipments: [first],
  heard: [...HEARD, "dispatched SH-1"],
});
const away = { sent: true, orderId: null, change: 0 };

const dispatch = [
  told("goods that left are issued in the ERP, announced to the partner and taxed")
    .given(...facts.toShipping)
    .when(facts.dispatched())
    .decides({
      state: gone(),
      reach: ["dispatched"],
      send: [
        ...issue(shipment()),
        ...acts.sendDespatchAdvice(at(), shipment(), SSCC),
        acts.finaliseTax(at(), shipment()),
      ],
      stop: ["shortage"],
    }),
  told("the first of several shipments is a part of the milestone")
    .given(...facts.toShipping)
    .when(facts.dispatched("6"))
    .decides({
      state: sixGone,
      reach: [{ milestone: "dispatched", part: 1, of: 2 }],
      send: [...issue(first), ...acts.sendDespatchAdvice(at(), first, SSCC), acts.finaliseTax(at(), first)],
    }),
  told("the last of several shipments completes it")
    .given(...facts.toShipping, facts.dispatched("6"))
    .when(facts.dispatched("4", "SH-2"))
    .decides({
      state: gone({
        shipments: [first, second],
        heard: [...HEARD, "dispatched SH-1", "dispatched SH-2"],
      }),
      reach: [{ milestone: "dispatched", part: 2, of: 2 }],
      send: [
        ...issue(second),
        ...acts.sendDespatchAdvice(at(), second, SSCC),
        acts.finaliseTax(at(), second),
      ],
      stop: ["shortage"],
    }),
  told("a dispatch that is reported twice counts once")
    .given(...facts.toDispatch)
    .when(facts.dispatched())
    .decides({ note: "The dispatch of shipment SH-1 came again." }),
  told("a dispatch that overtakes the word about its allocation proves it")
    .given(...facts.toFulfilment)
    .when(facts.dispatched())
    .decides({
      state: fulfilling({
        allocatedSaid: true,
        lines: [line({ allocated: "10", implied: "10", shipped: "10" }, asked)],
        shipments: [shipment()],
        heard: ["dispatched SH-1"],
      }),
      reach: ["allocated", "dispatched"],
      send: [
        ...issue(shipment()),
        ...acts.sendDespatchAdvice(at(), shipment(), SSCC),
        acts.finaliseTax(at(), shipment()),
      ],
      stop: ["shortage"],
    }),
  told("the allocation that was overtaken asks for nothing to be shipped again")
    .given(...facts.toFulfilment, facts.dispatched())
    .when(facts.allocated())
    .decides({
      state: fulfilling({
        allocatedSaid: true,
        lines: [line({ allocated: "10", shipped: "10" }, asked)],
        shipments: [shipment()],
        heard: ["dispatched SH-1", "allocated WH-1"],
      }),
    }),
  told("what left beyond the order is shown and not invoiced")
    .given(...facts.toShipping)
    .when(facts.dispatched("12"))
    .decides({
      state: gone(),
      reach: ["dispatched"],
      publish: [
        raised(at(), "shipped beyond order", {
          title: "More left than was ordered.",
          reason: "Shipment SH-1 holds 2 EA of PUMP-100 that nobody ordered; it is not invoiced.",
          owner: "warehouse",
          class: "data",
        }),
      ],
      send: [
        ...issue(shipment()),
        ...acts.sendDespatchAdvice(at(), shipment(), SSCC),
        acts.finaliseTax(at(), shipment()),
      ],
      stop: ["shortage"],
    }),
  told("a shipment of something nobody ordered is shown, and no more")
    .given(...facts.toShipping)
    .when(facts.dispatched("1", "SH-9", "SEAL-9"))
    .decides({
      state: shipping({ heard: [...HEARD, "dispatched SH-9"] }),
      publish: [
        raised(at(), "shipped beyond order", {
          title: "More left than was ordered.",
          reason: "Shipment SH-9 holds 1 EA of SEAL-9 that nobody ordered; it is not invoiced.",
          owner: "warehouse",
          class: "data",
        }),
      ],
      note: "Shipment SH-9 holds nothing we ordered.",
    }),
  told("goods that leave before credit is approved are a contradiction, shown at once")
    .given(...facts.toCredit)
    .when(facts.dispatched())
    .decides({
      state: at({ phase: "checking credit", heard: ["dispatched SH-1"] }),
      publish: [
        raised(at(), "dispatched before credit", {
          title: "Goods left before credit was approved.",
          reason: "Shipment SH-1 left while the order was checking credit.",
          owner: "warehouse",
        }),
      ],
      note: "Shipment SH-1 is not taken for a delivery of this order.",
    }),
  told("while the ERP is away goods leave all the same; its postings wait")
    .given(...facts.toCredit, facts.creditApproved(), facts.allocated())
    .when(facts.dispatched())
    .decides({
      state: gone({ erp: away, shipments: [shipment(unsent)] }),
      reach: ["dispatched"],
      send: [...acts.sendDespatchAdvice(at(), shipment(), SSCC), acts.finaliseTax(at(), shipment())],
      stop: ["shortage"],
    }),
  told("an ERP that comes back gets everything it is owed, in order")
    .given(
      ...facts.toCredit,
      facts.creditApproved(),
      facts.allocated(),
      facts.dispatched(),
      facts.taxFinalised(),
    )
    .when(facts.onErpBooks)
    .decides({
      state: gone({ shipments: [facts.taxed] }),
      send: acts.tellErp(gone({ shipments: [{ ...facts.taxed, ...unsent, invoiceSent: false }] }), NOW).send,
    }),
  told("a signature proves delivery")
    .given(...facts.toDispatch)
    .when(facts.delivered)
    .decides({
      state: gone({
        lines: [facts.billedLine({ delivered: "10" })],
        heard: [...HEARD, "dispatched SH-1", "delivered SH-1"],
      }),
      note: "J. Martin signed for shipment SH-1.",
    }),
  told("a proof of delivery that comes twice counts once")
    .given(...facts.toDispatch, facts.delivered)
    .when(facts.delivered)
    .decides({ note: "The proof of delivery of SH-1 is known." }),
  told("a proof that comes before the word of the warehouse waits for it")
    .given(...facts.toShipping)
    .when(facts.delivered)
    .decides({
      state: shipping({ provenEarly: [{ shipmentId: "SH-1", signedBy: "J. Martin", provenAt: NOW }] }),
      note: "J. Martin signed for SH-1, of which no dispatch is known yet.",
    }),
  told("and counts with it")
    .given(...facts.toShipping, facts.delivered)
    .when(facts.dispatched())
    .decides({
      state: gone({
        lines: [facts.billedLine({ delivered: "10" })],
        heard: [...HEARD, "dispatched SH-1", "delivered SH-1"],
      }),
      reach: ["dispatched"],
      send: [
        ...issue(shipment()),
        ...acts.sendDespatchAdvice(at(), shipment(), SSCC),
        acts.finaliseTax(at(), shipment()),
      ],
      stop: ["shortage"],
      note: "J. Martin signed for shipment SH-1.",
    }),
];

export const fulfilmentRehearsals = [...stock, ...freight, ...dispatch];
