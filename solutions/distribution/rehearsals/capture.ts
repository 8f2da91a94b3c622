/** Rehearsals of the first part: captured, priced, cleared for credit, changed, cancelled. */
import { operations, sales } from "crossdock/canon";
import { approved, declined, overdue, rehearsal } from "crossdock/testing";
import * as acts from "../order-acts.ts";
import { orderToCash } from "../order-to-cash.ts";
import { raised } from "../order-words.ts";
import { standardPolicy } from "../policy.ts";
import * as facts from "./facts.ts";

const { at, CUSTOMER, each, eur, fulfilling, line, NOW, ORDER, price, pumps, shipping } = facts;

const process = orderToCash(standardPolicy);
const told = (name: string) => rehearsal(name, process);
const of = { salesOrderId: ORDER, customerReference: "PO-4711", customer: CUSTOMER };
const command = {
  postSalesOrder: acts.postSalesOrder(at()),
  allocate: acts.allocateStock(at(), [pumps("10")]),
};
const posted = { sent: true, orderId: null, change: 0 };
const noLongerOverdue = operations.ExceptionResolved.of({
  subject: `order/${ORDER}`,
  fingerprint: "order-to-cash/credit review overdue",
  how: "by person",
  by: "maria",
  salesOrderId: ORDER,
});
const givenUp = (reason: string, state = at()) => ({
  publish: [sales.OrderCancelled.of({ salesOrderId: ORDER, reason, by: "maria", cancelledAt: NOW })],
  send: acts.acknowledgeOrder(state, NOW, "rejected", [reason]),
});
const reminder = (review: string, state = at()) => ({
  state: { ...state, reminders: 1 },
  ask: [{ approval: review as "price review", because: "Nobody has decided yet; this is reminder 1." }],
  publish: [
    raised(state, `${review} overdue`, {
      title: `A ${review} is overdue.`,
      reason: "Nobody has decided yet; this is reminder 1.",
      owner: "customer-service",
      valueAtRisk: eur("5000.00"),
    }),
  ],
});

const unpriced = facts.captured({ lines: [pumps("10")] });
const noPrices = sales.PricesChecked.of({ salesOrderId: ORDER, sequenceNumberId: 0, lines: [] });
const discrepancy = sales.PriceDiscrepancyFound.of({
  salesOrderId: ORDER,
  orderLine: `${ORDER}/1`,
  item: "PUMP-100",
  quoted: price("500.00"),
  billed: price("520.00"),
  atRisk: eur("200.00"),
  tolerancePercent: "1",
});

const capture = [
  told("a sound order is accepted, acknowledged to the partner, and its prices are checked")
    .given()
    .when(facts.captured())
    .decides({
      state: at(),
      reach: "accepted",
      publish: [sales.OrderAccepted.of({ ...of, acceptedAt: NOW })],
      send: [...acts.acknowledgeOrder(at(), NOW, "accepted"), acts.checkPrices(at())],
    }),
  told("an order that came by API is not acknowledged by EDI")
    .given()
    .when(facts.captured({ channel: "api" }))
    .decides({
      state: at({ order: { ...at().order, channel: "api" } }),
      reach: "accepted",
      publish: [sales.OrderAccepted.of({ ...of, acceptedAt: NOW })],
      send: [acts.checkPrices(at())],
    }),
  told("an order that orders nothing is rejected, with the reason")
    .given()
    .when(facts.captured({ lines: [{ ...pumps("0"), price: price("500.00") }] }))
    .decides({
      state: at({ phase: "rejected", lines: [line({ ordered: "0" })] }),
      publish: [sales.OrderRejected.of({ ...of, reasons: ["Line 1 orders nothing."], rejectedAt: NOW })],
      send: acts.acknowledgeOrder(at({ lines: [line({ ordered: "0" })] }), NOW, "rejected", [
        "Line 1 orders nothing.",
      ]),
      end: { abandon: "The order was rejected: Line 1 orders nothing." },
    }),
];

const prices = [
  told("a price within tolerance goes on to credit")
    .given(facts.captured())
    .when(facts.prices("504.00"))
    .decides({ state: at({ phase: "checking credit" }), send: [acts.checkCredit(at())] }),
  told("a price beyond tolerance is told, and a person decides")
    .given(facts.captured())
    .when(facts.prices("520.00"))
    .decides({
      state: at({ phase: "price review" }),
      publish: [discrepancy],
      ask: [
        {
          approval: "price review",
          because: "The price quoted for PUMP-100 is not the one we hold: 200.00 EUR are at risk.",
        },
      ],
    }),
  told("an order without prices takes those of the pricing system")
    .given(unpriced)
    .when(facts.prices())
    .decides({ state: at({ phase: "checking credit" }), send: [acts.checkCredit(at())] }),
  told("an order nobody has a price for is looked at by a person")
    .given(unpriced)
    .when(noPrices)
    .decides({
      state: at({ phase: "price review", lines: [line({}, { price: null })] }),
      publish: [],
      ask: [{ approval: "price review", because: "Nobody has a price for line 1." }],
    }),
  told("approving an order without a price asks again, for there is nothing to honour")
    .given(unpriced, noPrices)
    .when(approved("price review"))
    .decides({
      ask: [
        {
          approval: "price review",
          because: "A line still has no price; decline the order, or let it be changed to state one.",
        },
      ],
    }),
  told("prices of a change that was overtaken are not taken")
    .given(facts.captured(), facts.changed("12"))
    .when(facts.prices())
    .decides({ note: "The prices told are those of change 0, which was overtaken." }),
  told("a person honours the quoted price")
    .given(facts.captured(), facts.prices("520.00"))
    .when(approved("price review"))
    .decides({
      state: at({ phase: "checking credit" }),
      send: [acts.checkCredit(at())],
      note: "maria honours the quoted price.",
    }),
  told("a price decision that comes late changes nothing")
    .given(...facts.toCredit)
    .when(approved("price review"))
    .decides({ note: "The price decision of maria was overtaken." }),
  told("a price nobody agrees to ends the order")
    .given(facts.captured(), facts.prices("520.00"))
    .when(declined("price review", "Too low."))
    .decides(givenUp("The price was not agreed: Too low.")),
  told("an overdue price review is brought to mind")
    .given(facts.captured(), facts.prices("520.00"))
    .when(overdue("price review"))
    .decides(reminder("price review", at({ phase: "price review" }))),
];

const credit = [
  told("an order with credit is put on the ERP's books, and stock is asked for")
    .given(...facts.toCredit)
    .when(facts.creditApproved())
    .decides({
      state: fulfilling({ erp: posted }),
      reach: ["credit approved"],
      send: [command.postSalesOrder, command.allocate],
    }),
  told("a second approval changes nothing")
    .given(...facts.toFulfilment)
    .when(facts.creditApproved())
    .decides({ note: "The credit approval by erp is known or overtaken." }),
  told("an order over its limit waits for the credit team; nothing is asked of ERP or warehouse")
    .given(...facts.toCredit)
    .when(facts.creditHeld())
    .decides({
      state: at({ phase: "credit review" }),
      ask: [{ approval: "credit review", because: "The limit is exceeded." }],
    }),
  told("a second hold changes nothing")
    .given(...facts.toCredit, facts.creditHeld())
    .when(facts.creditHeld())
    .decides({ note: "The credit hold is known or overtaken." }),
  told("the credit team vouches for the order, and it goes on")
    .given(...facts.toCredit, facts.creditHeld())
    .when(approved("credit review"))
    .decides({
      state: fulfilling({ erp: posted }),
      reach: ["credit approved"],
      send: [command.postSalesOrder, command.allocate],
      publish: [
        sales.CreditApproved.of({
          salesOrderId: ORDER,
          sequenceNumberId: 0,
          amount: eur("5000.00"),
          approver: "maria",
          asOf: NOW,
        }),
      ],
    }),
  told("a credit decision that comes late changes nothing")
    .given(...facts.toFulfilment)
    .when(approved("credit review"))
    .decides({ note: "The credit decision of maria was overtaken." }),
  told("without credit the order ends")
    .given(...facts.toCredit, facts.creditHeld())
    .when(declined("credit review", "Insolvent."))
    .decides(givenUp("Credit was declined: Insolvent.")),
  told("an overdue credit review is brought to mind")
    .given(...facts.toCredit, facts.creditHeld())
    .when(overdue("credit review"))
    .decides(reminder("credit review", at({ phase: "credit review" }))),
  told("a cancellation while it is overdue leaves nobody anything to decide")
    .given(...facts.toCredit, facts.creditHeld(), overdue("credit review"))
    .when(facts.cancelled)
    .decides({ publish: [noLongerOverdue], end: { abandon: "Cancelled by maria: Ordered twice." } }),
  told("declined when it was overdue, it leaves nobody anything to decide either")
    .given(...facts.toCredit, facts.creditHeld(), overdue("credit review"))
    .when(declined("credit review", "Too much."))
    .decides({
      ...givenUp("Credit was declined: Too much."),
      state: at({ phase: "credit review" }),
      publish: [...givenUp("Credit was declined: Too much.").publish, noLongerOverdue],
    }),
  told("the ERP's own number is kept")
    .given(...facts.toCredit, facts.creditApproved())
    .when(facts.onErpBooks)
    .decides({ state: fulfilling() }),
  told("our own acceptance tells us nothing new")
    .given(facts.captured())
    .when(sales.OrderAccepted.of({ ...of, acceptedAt: NOW }))
    .decides({ note: "It is accepted; the ERP has not told its number yet." }),
  told("the ERP's number is taken once")
    .given(...facts.toFulfilment)
    .when(facts.onErpBooks)
    .decides({ note: "The ERP's number 4500001 is known." }),
];

export const captureRehearsals = [...capture, ...prices, ...credit];

// Changes and cancellations ---------------------------------------------------------------------------------------

const twelve = line({ ordered: "12" });
const eight = { ordered: "10", cancelled: "2" };
const changedAnswer = (state: Parameters<typeof acts.acknowledgeOrder>[0]) =>
  acts.acknowledgeOrder(state, NOW, "changed", ["Other quantities."]);
const refused = (reason: string, title = "Change 1 of the order is refused.") => ({
  publish: [raised(at(), "change refused", { title, reason, owner: "customer-service" })],
  send: acts.acknowledgeOrder(at({ change: 1 }), NOW, "rejected", [reason]),
  note: `Change 1 is refused: ${reason}`,
});
/** The state once a change to twelve pieces waits for prices again. */
const growing = shipping({
  phase: "checking prices",
  change: 1,
  lines: [{ ...shipping().lines[0]!, quantities: { ...shipping().lines[0]!.quantities, ordered: "12" } }],
});
const otherItem = sales.OrderChanged.of({
  salesOrderId: ORDER,
  sequenceNumberId: 1,
  reason: "Other quantities.",
  lines: [{ line: "1", item: "SEAL-9", quantity: each("10") }],
});
const newLine = sales.OrderChanged.of({
  salesOrderId: ORDER,
  reason: "Other quantities.",
  lines: [{ line: "2", item: "SEAL-9", quantity: each("5") }],
});
const seals = line({ ordered: "5" }, { line: "2", item: "SEAL-9", price: null });

export const changeRehearsals = [
  told("a change while prices are checked is checked instead")
    .given(facts.captured())
    .when(facts.changed("12"))
    .decides({
      state: at({ change: 1, lines: [twelve] }),
      send: [
        ...changedAnswer(at({ change: 1, lines: [twelve] })),
        acts.checkPrices(at({ change: 1, lines: [twelve] })),
      ],
    }),
  told("a change that was taken already is not taken again")
    .given(facts.captured(), facts.changed("12"))
    .when(facts.changed("12"))
    .decides({ note: "Change 1 is known already or overtaken." }),
  told("wanting less frees stock and corrects the ERP at once")
    .given(...facts.toFulfilment)
    .when(facts.changed("8"))
    .decides({
      state: fulfilling({
        change: 1,
        erp: { sent: true, orderId: "4500001", change: 1 },
        lines: [line(eight, { askedToAllocate: "8", askedToRelease: "2" })],
      }),
      send: [
        ...changedAnswer(at({ change: 1, lines: [line(eight)] })),
        ...acts.tellErp(fulfilling({ change: 1, lines: [line(eight)] }), NOW).send,
        acts.releaseAllocation(at(), [pumps("2")], "The order was changed."),
      ],
    }),
  told("wanting less after the warehouse was told to ship calls the shipping order back first")
    .given(...facts.toShipping)
    .when(facts.changed("8"))
    .decides({
      state: shipping({
        change: 1,
        erp: { sent: true, orderId: "4500001", change: 1 },
        lines: [
          line({ ...eight, allocated: "8" }, { askedToAllocate: "8", askedToRelease: "2", askedToShip: "8" }),
        ],
      }),
      send: [
        ...changedAnswer(at({ change: 1, lines: [line(eight)] })),
        ...acts.tellErp(fulfilling({ change: 1, lines: [line(eight)] }), NOW).send,
        acts.cancelShipment(at(), "The order was changed."),
        acts.releaseAllocation(at(), [pumps("2")], "The order was changed."),
        acts.shipOrder(at(), [pumps("8")]),
      ],
    }),
  told("wanting more goes through price and credit again")
    .given(...facts.toShipping)
    .when(facts.changed("12"))
    .decides({
      state: growing,
      withdraw: "credit approved",
      send: [...changedAnswer(growing), acts.checkPrices(growing)],
    }),
  told("with credit for more, only the difference is allocated")
    .given(...facts.toShipping, facts.changed("12"), facts.prices("500.00", 1))
    .when(facts.creditApproved(1))
    .decides({
      state: {
        ...growing,
        phase: "fulfilling",
        erp: { sent: true, orderId: "4500001", change: 1 },
        allocatedSaid: false,
        lines: [{ ...growing.lines[0]!, askedToAllocate: "12" }],
      },
      reach: ["credit approved"],
      withdraw: "allocated",
      send: [...acts.tellErp(growing, NOW).send, acts.allocateStock(at(), [pumps("2")])],
    }),
  told("another price is judged again")
    .given(...facts.toFulfilment)
    .when(facts.changed("10", 1, "490.00"))
    .decides({
      state: fulfilling({
        phase: "checking prices",
        change: 1,
        lines: [line({}, { price: price("490.00"), askedToAllocate: "10" })],
      }),
      withdraw: "credit approved",
      send: [
        ...changedAnswer(at({ change: 1, lines: [line({}, { price: price("490.00") })] })),
        acts.checkPrices(at({ change: 1 })),
      ],
    }),
  told("a new line without a price takes the pricing system's")
    .given(facts.captured())
    .when(newLine)
    .decides({
      state: at({ change: 1, lines: [line(), seals] }),
      send: [
        ...changedAnswer(at({ change: 1, lines: [line(), seals] })),
        acts.checkPrices(at({ change: 1, lines: [line(), seals] })),
      ],
    }),
  told("a change after dispatch is refused")
    .given(...facts.toDispatch)
    .when(facts.changed("8"))
    .decides(refused("Goods have left already; what they left out can be ordered anew.")),
  told("a change puts no other item into a line")
    .given(facts.captured())
    .when(otherItem)
    .decides(refused("Line 1 is PUMP-100; another item is another line, not SEAL-9 in its place.")),
  told("a change that leaves nothing is a cancellation")
    .given(...facts.toFulfilment)
    .when(facts.changed("0"))
    .decides({
      publish: [
        sales.OrderCancelled.of({
          salesOrderId: ORDER,
          reason: "Change 1 leaves nothing to deliver.",
          by: "the customer",
          cancelledAt: NOW,
        }),
      ],
      send: acts.acknowledgeOrder(at({ change: 1, lines: [line({ cancelled: "10" })] }), NOW, "rejected", [
        "Change 1 leaves nothing to deliver.",
      ]),
    }),
  told("a cancellation before dispatch gives the order up; everything done is undone")
    .given(...facts.toShipping)
    .when(facts.cancelled)
    .decides({ end: { abandon: "Cancelled by maria: Ordered twice." } }),
  told("a cancellation after dispatch is refused, and customer service is told")
    .given(...facts.toDispatch)
    .when(facts.cancelled)
    .decides({
      publish: [
        raised(at(), "cancelled after dispatch", {
          title: "An order was cancelled after goods had left.",
          reason:
            "Shipment SH-1 left before the cancellation by maria came; goods that left come back as a return.",
          owner: "customer-service",
        }),
      ],
      note: "The cancellation by maria is refused: shipment SH-1 has left.",
    }),
];
