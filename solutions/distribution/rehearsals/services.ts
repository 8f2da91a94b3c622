/** Rehearsals of an order of goods and a service whose invoice waits for proof of delivery. */
import { type Message, send } from "crossdock";
import { costing, finance, sales, services } from "crossdock/canon";
import { rehearsal } from "crossdock/testing";
import { forgiven } from "../forbidden.ts";
import * as acts from "../order-acts.ts";
import type { OrderState, Service } from "../order-state.ts";
import { orderToCash } from "../order-to-cash.ts";
import { raised } from "../order-words.ts";
import { standardPolicy } from "../policy.ts";
import * as facts from "./facts.ts";

const { at, billed, CUSTOMER, each, eur, gone, NOW, ORDER, order, pumps, shipment } = facts;

const process = orderToCash(standardPolicy);
const told = (name: string) => rehearsal(name, process);
const HEARD = ["allocated WH-1", "dispatched SH-1"];

const perMonth = { ...eur("40.00"), per: each("1") };
const care = { line: "2", item: "SVC-CARE", price: perMonth, termMonths: 12 };
const service: Service = { ...care, asked: false, subscriptionId: null };
const mixed = (more: Partial<sales.SalesOrder> = {}): Message =>
  facts.captured({
    lines: [...order.lines, { ...care, quantity: each("1") }],
    invoiceAfter: "delivery",
    ...more,
  });
const waits = { ...at().order, invoiceAfter: "delivery" as const };
const withService = (state: OrderState, now: Partial<Service> = {}): OrderState => ({
  ...state,
  order: waits,
  services: [{ ...service, ...now }],
});

const activated = services.ServiceActivated.of({
  salesOrderId: ORDER,
  line: "2",
  subscriptionId: "SUB-1",
  start: "2026-01-05",
  termMonths: 12,
});
const monthBilled = costing.RevenueRecognised.of({
  invoiceId: "SUB-1-2026-01",
  salesOrderId: ORDER,
  amount: eur("40.00"),
  trigger: "service start",
});
const activate = send(
  services.ActivateService.of({ salesOrderId: ORDER, customer: CUSTOMER, line: care, start: "2026-01-05" }),
  {
    undo: services.DeactivateService.of({
      salesOrderId: ORDER,
      line: "2",
      reason: "The order was abandoned.",
    }),
  },
);

const [, ...afterCapture] = facts.toDispatch;
const toDispatch = [mixed(), ...afterCapture];
/** The month it starts in is billed with it. */
const firstMonth = (subscriptionId = "SUB-1") => [
  send(
    services.PostServiceInvoice.of({
      salesOrderId: ORDER,
      customer: CUSTOMER,
      subscriptionId,
      line: "2",
      period: "2026-01",
      taxExclusiveAmount: { amount: care.price.amount, currency: care.price.currency },
      issueDate: "2026-01-05",
    }),
    { pivot: true },
  ),
];
const toPaid = [
  ...toDispatch,
  facts.delivered,
  facts.taxFinalised(),
  facts.invoicePosted(),
  facts.bankEntry("6000.00"),
];
const delivered = (more: Partial<OrderState> = {}, now: Partial<Service> = { asked: true }) =>
  withService(
    gone({
      lines: [facts.billedLine({ delivered: "10" })],
      heard: [...HEARD, "delivered SH-1"],
      ...more,
    }),
    now,
  );

export const serviceRehearsals = [
  told("a service is none of the warehouse's, and nobody checks its price but its contract")
    .given()
    .when(mixed())
    .decides({
      state: withService(at()),
      reach: "accepted",
      publish: [
        sales.OrderAccepted.of({
          salesOrderId: ORDER,
          customerReference: "PO-4711",
          customer: CUSTOMER,
          acceptedAt: NOW,
        }),
      ],
      send: [...acts.acknowledgeOrder(at(), NOW, "accepted"), acts.checkPrices(at())],
    }),
  told("a service without a price, or without goods, is not taken")
    .given()
    .when(mixed({ lines: [{ line: "2", item: "SVC-CARE", quantity: each("1"), termMonths: 12 }] }))
    .decides({
      state: at({ order: waits, phase: "rejected", lines: [] }),
      publish: [
        sales.OrderRejected.of({
          salesOrderId: ORDER,
          customerReference: "PO-4711",
          customer: CUSTOMER,
          reasons: [
            "Line 2 is a service and states no price a month.",
            "An order of services only has no goods to start with; contract services apart.",
          ],
          rejectedAt: NOW,
        }),
      ],
      send: acts.acknowledgeOrder(at({ lines: [] }), NOW, "rejected", [
        "Line 2 is a service and states no price a month.",
        "An order of services only has no goods to start with; contract services apart.",
      ]),
      end: {
        abandon:
          "The order was rejected: Line 2 is a service and states no price a month. An order of services only has no goods to start with; contract services apart.",
      },
    }),
  told("with credit, the order is split by who fulfils it")
    .given(mixed(), facts.prices())
    .when(facts.creditApproved())
    .decides({
      state: withService(facts.fulfilling({ erp: { sent: true, orderId: null, change: 0 } })),
      reach: ["credit approved"],
      publish: [
        services.OrderDecomposed.of({
          salesOrderId: ORDER,
          fulfilment: [pumps("10")],
          freight: [pumps("10")],
          service: [care],
          decomposedAt: NOW,
        }),
      ],
      send: [acts.postSalesOrder(at({ lines: [facts.line()] })), acts.allocateStock(at(), [pumps("10")])],
    }),
  told("a service is not changed with the order")
    .given(mixed(), facts.prices())
    .when(
      sales.OrderChanged.of({
        salesOrderId: ORDER,
        sequenceNumberId: 1,
        reason: "Fewer months.",
        lines: [{ line: "2", quantity: each("0") }],
      }),
    )
    .decides({
      publish: [
        raised(at(), "change refused", {
          title: "Change 1 of the order is refused.",
          reason: "Line 2 is a service; it is changed with billing, not with the order.",
          owner: "customer-service",
        }),
      ],
      send: acts.acknowledgeOrder(at({ change: 1 }), NOW, "rejected", [
        "Line 2 is a service; it is changed with billing, not with the order.",
      ]),
      note: "Change 1 is refused: Line 2 is a service; it is changed with billing, not with the order.",
    }),
  told("goods that left are not taxed before somebody has signed, where the contract waits for that")
    .given(...toDispatch.slice(0, -1))
    .when(facts.dispatched())
    .decides({
      state: withService(gone()),
      reach: ["dispatched"],
      send: [
        ...acts.tellErp(gone({ shipments: [shipment({ goodsIssueSent: false })] }), NOW).send,
        ...acts.sendDespatchAdvice(gone(), shipment(), [{ sscc: "340123450000000018" }]),
      ],
      stop: ["shortage"],
    }),
  told("with the signature the shipment is taxed, and the service starts that day")
    .given(...toDispatch)
    .when(facts.delivered)
    .decides({
      state: delivered(),
      send: [acts.finaliseTax(gone(), shipment()), activate],
      note: "J. Martin signed for shipment SH-1.",
    }),
  told("billing runs the service")
    .given(...toDispatch, facts.delivered)
    .when(activated)
    .decides({
      state: delivered({}, { asked: true, subscriptionId: "SUB-1" }),
      send: firstMonth(),
      note: "SVC-CARE runs from 2026-01-05 as SUB-1.",
    }),
  told("a service runs once, and only services of the order do")
    .given(...toDispatch, facts.delivered, activated)
    .when(activated)
    .decides({ note: "Service SUB-1 runs already." }),
  told("what billing runs for a line of goods is noted")
    .given(...facts.toDispatch)
    .when(activated)
    .decides({ note: "Billing runs SUB-1 for line 2, which is no service here." }),
  told("a service somebody started before the goods are there is a contradiction")
    .given(...toDispatch)
    .when(activated)
    .decides({
      state: withService(gone(), { subscriptionId: "SUB-1" }),
      publish: [
        raised(at(), "service started early", {
          title: "Billing started a service before proof of delivery.",
          reason: "SUB-1 runs from 2026-01-05; the goods of the order are not delivered yet.",
          owner: "finance",
          valueAtRisk: eur("40.00"),
        }),
      ],
      note: "SUB-1 was started by somebody else.",
    }),
  told("an invoice of a service before proof of delivery is a contradiction at once")
    .given(...toDispatch, activated)
    .when(monthBilled)
    .decides({
      state: withService(gone({ heard: [...HEARD, "service SUB-1-2026-01"] }), { subscriptionId: "SUB-1" }),
      publish: [
        raised(at(), "service billed early", {
          title: "Billing invoiced before proof of delivery.",
          reason: "Invoice SUB-1-2026-01 over 40.00 EUR was issued; no delivery is proven.",
          owner: "finance",
          valueAtRisk: eur("40.00"),
        }),
      ],
      note: "Invoice SUB-1-2026-01 came before proof of delivery.",
    }),
  told("what was billed early and is taken back needs nobody any more")
    .given(...toDispatch, activated, monthBilled)
    .when(
      finance.CreditNoteIssued.of({
        ...finance.CreditNoteIssued.sample,
        salesOrderId: ORDER,
        creditNoteId: "CR-1",
        billingReference: "SUB-1-2026-01",
      }),
    )
    .decides({
      publish: [forgiven(at(), "service billed early", "Billing took SUB-1-2026-01 back with CR-1.")],
      note: "Billing took SUB-1-2026-01 back with CR-1.",
    }),
  told("nor does what was started early, once another has made way for it")
    .given(...toDispatch, activated, facts.delivered)
    .when(services.ServiceActivated.of({ ...activated.data, subscriptionId: "SUB-2" }))
    .decides({
      state: delivered({}, { asked: true, subscriptionId: "SUB-2" }),
      publish: [forgiven(at(), "service started early", "SUB-2 runs in its place.")],
      send: firstMonth("SUB-2"),
      note: "SVC-CARE runs from 2026-01-05 as SUB-2.",
    }),
  told("a month that is billed after delivery is as it should be, and counts once")
    .given(...toDispatch, facts.delivered, activated)
    .when(monthBilled)
    .decides({
      state: delivered(
        { heard: [...HEARD, "delivered SH-1", "service SUB-1-2026-01"] },
        { asked: true, subscriptionId: "SUB-1" },
      ),
      note: "Billing invoiced SUB-1-2026-01.",
    }),
  told("revenue of goods is only known")
    .given(...facts.toPayment)
    .when(costing.RevenueRecognised.of({ ...costing.RevenueRecognised.sample, salesOrderId: ORDER }))
    .decides({ note: "INV-90000001 counts as revenue." }),
  told("an order whose goods are paid ends when its service runs")
    .given(...toPaid, facts.paymentApplied("6000.00"))
    .when(activated)
    .decides({
      state: withService(
        billed({
          lines: [facts.billedLine({ delivered: "10", invoiced: "10" })],
          invoices: [
            facts.invoice({
              pledged: "6000",
              paid: "6000",
              payments: [{ paymentId: "BK-1", amount: "6000.00" }],
            }),
          ],
          heard: [...HEARD, "delivered SH-1", "received BK-1", "applied BK-1"],
        }),
        { asked: true, subscriptionId: "SUB-1" },
      ),
      send: firstMonth(),
      stop: ["payment due", "shortage"],
      end: "completed",
      note: "SVC-CARE runs from 2026-01-05 as SUB-1.",
    }),
];
