/** Rehearsals of the last part: tax, invoice, ledger, payment, credit. */
import { payments } from "crossdock/canon";
import { elapsed, rehearsal } from "crossdock/testing";
import { forbidden } from "../forbidden.ts";
import * as acts from "../order-acts.ts";
import { orderToCash } from "../order-to-cash.ts";
import { raised } from "../order-words.ts";
import { standardPolicy } from "../policy.ts";
import * as facts from "./facts.ts";

const { at, billed, billedLine, eur, gone, invoice, line, NOW, ORDER, pumps, shipment, taxed } = facts;

const process = orderToCash(standardPolicy);
const told = (name: string) => rehearsal(name, process);
const HEARD = ["allocated WH-1", "dispatched SH-1"];
const card = { method: "card" as const, token: "AUTH-1" };
const shopOrder = { ...at().order, channel: "api" as const, payment: card };
const byShop = [facts.captured({ channel: "api", payment: card }), ...facts.toInvoice.slice(1)];

type Posted = Parameters<typeof acts.sendInvoice>[1];
const posted = (message: { data: unknown }) => message.data as Posted;
const unmatched = (paid: string, residue: string, reason: string, candidates = ["INV-SH-1"]) =>
  payments.PaymentUnmatched.of({
    paymentId: "BK-1",
    amount: eur(paid),
    residue: eur(residue),
    reason,
    candidates,
    salesOrderId: ORDER,
  });

/** Six of ten left and are billed; four are still to come. */
const half = shipment({
  lines: [{ ...pumps("6"), amount: eur("3000.00") }],
  net: eur("3000.00"),
  tax: { taxDocumentId: "TX-SH-1", amount: eur("600.00") },
  invoiceSent: true,
});
const toHalf = [...facts.toShipping, facts.dispatched("6"), facts.taxFinalised("6")];
const halfBilled = billed({
  lines: [
    line({ allocated: "10", shipped: "6", invoiced: "6" }, { askedToAllocate: "10", askedToShip: "10" }),
  ],
  shipments: [{ ...half, invoiceId: "INV-SH-1" }],
  invoices: [invoice({ amount: "3600.00" })],
});

const invoicing = [
  told("with its tax final, a shipment is invoiced")
    .given(...facts.toDispatch)
    .when(facts.taxFinalised())
    .decides({
      state: gone({ shipments: [taxed] }),
      send: acts.tellErp(gone({ shipments: [{ ...taxed, invoiceSent: false }] }), NOW).send,
    }),
  told("an invoice waits until the ERP has the order on its books")
    .given(...facts.toCredit, facts.creditApproved(), facts.allocated(), facts.dispatched())
    .when(facts.taxFinalised())
    .decides({
      state: gone({
        erp: { sent: true, orderId: null, change: 0 },
        shipments: [{ ...taxed, goodsIssueSent: false, invoiceSent: false }],
      }),
      note: "The invoice waits until the ERP has the order on its books.",
    }),
  told("tax of a shipment is taken once")
    .given(...facts.toInvoice)
    .when(facts.taxFinalised())
    .decides({ note: "Shipment SH-1 has its tax document TX-SH-1 already." }),
  told("tax of another's shipment is not ours")
    .given(...facts.toDispatch)
    .when(facts.taxFinalised("10", "SH-9"))
    .decides({ note: "Tax document TX-SH-9 is of no shipment of this order." }),
  told("tax taken of another amount stops the invoice and is shown")
    .given(...facts.toDispatch)
    .when(facts.taxFinalised("10", "SH-1", eur("4999.00")))
    .decides({
      publish: [
        raised(at(), "tax base differs", {
          title: "The tax engine taxed another amount.",
          reason: "It taxed 4999.00 EUR; shipment SH-1 is worth 5000.00 EUR.",
          owner: "finance",
          class: "data",
          valueAtRisk: eur("5000.00"),
        }),
      ],
      note: "Shipment SH-1 is not invoiced: its tax was taken of another amount.",
    }),
  told("a posted invoice goes to the partner and to the finance ledger, and its payment is awaited")
    .given(...facts.toInvoice)
    .when(facts.invoicePosted())
    .decides({
      state: billed(),
      reach: "invoiced",
      send: [
        ...acts.sendInvoice(at(), posted(facts.invoicePosted()), NOW),
        acts.postInvoiceEntry(at(), posted(facts.invoicePosted()), standardPolicy),
      ],
      start: ["payment due"],
    }),
  told("an invoice of one of several shipments is a part of the milestone")
    .given(...toHalf)
    .when(facts.invoicePosted("6"))
    .decides({
      state: halfBilled,
      reach: { milestone: "invoiced", part: 1, of: 2 },
      send: [
        ...acts.sendInvoice(at(), posted(facts.invoicePosted("6")), NOW),
        acts.postInvoiceEntry(at(), posted(facts.invoicePosted("6")), standardPolicy),
      ],
      start: ["payment due"],
    }),
  told("a card is charged once its invoice is posted, and not before")
    .given(...byShop)
    .when(facts.invoicePosted())
    .decides({
      state: billed({ order: shopOrder }),
      reach: "invoiced",
      send: [
        acts.postInvoiceEntry(at(), posted(facts.invoicePosted()), standardPolicy),
        acts.capturePayment(at({ order: shopOrder }), invoice()),
      ],
      start: ["payment due"],
    }),
  told("a shipment has one invoice")
    .given(...facts.toPayment)
    .when(facts.invoicePosted())
    .decides({ note: "Shipment SH-1 has its invoice INV-SH-1 already." }),
  told("an invoice for a shipment nobody dispatched is a contradiction, and is not taken")
    .given(...facts.toInvoice)
    .when(facts.invoicePosted("10", "SH-9"))
    .decides({
      publish: [
        forbidden(
          at(),
          "invoiced before dispatch",
          "Invoice INV-SH-9 is for shipment SH-9, of which no dispatch is known; it is not taken.",
          eur("6000.00"),
        ),
      ],
      note: "Invoice INV-SH-9 is for no shipment of this order.",
    }),
  told("an invoice over another amount than left is not taken, and is shown")
    .given(...facts.toInvoice)
    .when(facts.invoicePosted("10", "SH-1", eur("5500.00")))
    .decides({
      publish: [
        raised(at(), "invoice differs", {
          title: "The ERP invoiced another amount than left.",
          reason: "Invoice INV-SH-1 is over 5500.00 EUR net; shipment SH-1 is worth 5000.00 EUR.",
          owner: "finance",
          class: "data",
          valueAtRisk: eur("6600.00"),
        }),
      ],
      note: "Invoice INV-SH-1 is not taken: it is over another amount.",
    }),
];

const costs = posted(facts.costBooked) as unknown as { lines: Parameters<typeof acts.postCostEntry>[3] };

const ledger = [
  told("the cost the ERP booked is copied to the finance ledger")
    .given(...facts.toDispatch)
    .when(facts.costBooked)
    .decides({
      state: gone({ shipments: [shipment({ costPosted: true })] }),
      send: [acts.postCostEntry(at(), "4900001", "2026-01-05", costs.lines, standardPolicy)],
    }),
  told("a cost is copied once")
    .given(...facts.toDispatch, facts.costBooked)
    .when(facts.costBooked)
    .decides({ note: "The cost of shipment SH-1 is known already." }),
  told("what the finance ledger booked is only noted")
    .given(...facts.toPayment)
    .when(facts.financeBooked)
    .decides({ note: "ME-03 booked INV-SH-1 as 1001." }),
];

const pledged = (amount: string) =>
  billed({ invoices: [invoice({ pledged: amount })], heard: [...HEARD, "received BK-1"] });
const apply = (amount: string, payment = "BK-1", day = "2026-01-20") =>
  acts.applyPayment(at(), invoice(), payment, amount, day);
const by = (amount: string) => [{ paymentId: "BK-1", amount }];
const overdue = (amount: string) =>
  raised(at(), "payment overdue", {
    title: "An invoice is overdue.",
    reason: `${amount} EUR are still owed.`,
    owner: "accounts-receivable",
    valueAtRisk: eur(amount),
  });

const money = [
  told("a payment that names the invoice is applied to it")
    .given(...facts.toPayment)
    .when(facts.bankEntry("6000.00"))
    .decides({ state: pledged("6000"), send: [apply("6000")] }),
  told("a payment that comes twice counts once")
    .given(...facts.toPayment, facts.bankEntry("6000.00"))
    .when(facts.bankEntry("6000.00"))
    .decides({ note: "Payment BK-1 came again." }),
  told("what is paid beyond the invoice is shown to receivables")
    .given(...facts.toPayment)
    .when(facts.bankEntry("7000.00"))
    .decides({
      state: pledged("6000"),
      publish: [unmatched("7000.00", "1000.00", "More was paid than invoice INV-SH-1 leaves open.")],
      send: [apply("6000")],
    }),
  told("a second payment is not applied to what the first one pays")
    .given(...facts.toPayment, facts.bankEntry("6000.00"))
    .when(facts.bankEntry("6000.00", { reference: "BK-2" }))
    .decides({
      state: billed({
        invoices: [invoice({ pledged: "6000" })],
        heard: [...HEARD, "received BK-1", "received BK-2"],
      }),
      publish: [
        payments.PaymentUnmatched.of({
          paymentId: "BK-2",
          amount: eur("6000.00"),
          residue: eur("6000.00"),
          reason: "More was paid than invoice INV-SH-1 leaves open.",
          candidates: ["INV-SH-1"],
          salesOrderId: ORDER,
        }),
      ],
    }),
  told("a payment in another currency is for receivables to exchange")
    .given(...facts.toPayment)
    .when(facts.bankEntry("6000.00", { currency: "USD" }))
    .decides({
      state: billed({ heard: [...HEARD, "received BK-1"] }),
      publish: [
        payments.PaymentUnmatched.of({
          paymentId: "BK-1",
          amount: { amount: "6000.00", currency: "USD" },
          residue: { amount: "6000.00", currency: "USD" },
          reason: "The payment is in USD, the invoice in EUR.",
          candidates: ["INV-SH-1"],
          salesOrderId: ORDER,
        }),
      ],
    }),
  told("a payment for an invoice of another order is for receivables to find")
    .given(...facts.toPayment)
    .when(facts.bankEntry("6000.00", { invoice: "INV-9" }))
    .decides({
      state: billed({ heard: [...HEARD, "received BK-1"] }),
      publish: [unmatched("6000.00", "6000.00", "Invoice INV-9 is not of this order.")],
    }),
  told("a charged card pays the only invoice there is")
    .given(...byShop, facts.invoicePosted())
    .when(facts.paymentCaptured)
    .decides({
      state: billed({
        order: shopOrder,
        invoices: [invoice({ pledged: "6000" })],
        heard: [...HEARD, "received CAP-1"],
      }),
      send: [apply("6000", "CAP-1", "2026-01-05")],
    }),
  told("when nothing is owed any more, the order is paid and done")
    .given(...facts.toPayment, facts.bankEntry("6000.00"))
    .when(facts.paymentApplied("6000.00"))
    .decides({
      state: billed({
        invoices: [invoice({ pledged: "6000", paid: "6000", payments: by("6000.00") })],
        heard: [...HEARD, "received BK-1", "applied BK-1"],
      }),
      reach: "paid",
      stop: ["payment due", "shortage"],
      end: "completed",
    }),
  told("a part payment leaves the rest owed")
    .given(...facts.toPayment, facts.bankEntry("2000.00"))
    .when(facts.paymentApplied("2000.00"))
    .decides({
      state: billed({
        invoices: [invoice({ pledged: "2000", paid: "2000", payments: by("2000.00") })],
        heard: [...HEARD, "received BK-1", "applied BK-1"],
      }),
      note: "4000.00 EUR are still owed.",
    }),
  told("an application that is reported twice counts once")
    .given(...facts.toPayment, facts.bankEntry("2000.00"), facts.paymentApplied("2000.00"))
    .when(facts.paymentApplied("2000.00"))
    .decides({ note: "The application of payment BK-1 came again." }),
  told("the first of several invoices paid is a part of the milestone")
    .given(...toHalf, facts.invoicePosted("6"), facts.bankEntry("3600.00"))
    .when(facts.paymentApplied("3600.00"))
    .decides({
      state: {
        ...halfBilled,
        invoices: [invoice({ amount: "3600.00", pledged: "3600", paid: "3600", payments: by("3600.00") })],
        heard: [...HEARD, "received BK-1", "applied BK-1"],
      },
      reach: { milestone: "paid", part: 1, of: 2 },
      stop: ["payment due"],
    }),
  told("what one invoice leaves of a payment goes to the next its payer named")
    .given(...facts.toPayment)
    .when(facts.combined("7200.00"))
    .decides({
      state: billed({ invoices: [invoice({ pledged: "6000" })], heard: [...HEARD, "received BK-1"] }),
      publish: [
        payments.PaymentPassedOn.of({
          paymentId: "BK-1/2",
          bankReference: "BK-1",
          salesOrderId: "SO-OTHER",
          invoiceId: "INV-OTHER",
          amount: eur("1200.00"),
          valueDate: "2026-01-20",
          alsoFor: [],
        }),
      ],
      send: [acts.applyPayment(at(), invoice(), "BK-1", "6000", "2026-01-20")],
    }),
  told("what another invoice left is applied here, under a number of its own")
    .given(...facts.toPayment)
    .when(facts.passedOn("6000.00"))
    .decides({
      state: billed({ invoices: [invoice({ pledged: "6000" })], heard: [...HEARD, "received BK-1/2"] }),
      send: [acts.applyPayment(at(), invoice(), "BK-1/2", "6000", "2026-01-20")],
    }),
  told("an overdue invoice is told to receivables, again and again")
    .given(...facts.toPayment)
    .when(elapsed("payment due"))
    .decides({ publish: [overdue("6000.00")], start: ["payment due"] }),
  told("a clock for a payment that has come says so")
    .given(...toHalf, facts.invoicePosted("6"), facts.paymentApplied("3600.00"))
    .when(elapsed("payment due"))
    .decides({ note: "Nothing is owed." }),
];

const creditHeard = [...HEARD, "credited CN-1"];
const credits = [
  told("a credit note lowers what is owed")
    .given(...facts.toPayment)
    .when(facts.creditNote("2", "1200.00"))
    .decides({
      state: billed({
        lines: [billedLine({ invoiced: "10", credited: "2" })],
        invoices: [invoice({ credited: "1200" })],
        heard: creditHeard,
      }),
      note: "4800.00 EUR are still owed.",
    }),
  told("a credit note over the rest settles the order")
    .given(...facts.toPayment, facts.bankEntry("4800.00"), facts.paymentApplied("4800.00"))
    .when(facts.creditNote("2", "1200.00"))
    .decides({
      state: billed({
        lines: [billedLine({ invoiced: "10", credited: "2" })],
        invoices: [invoice({ credited: "1200", pledged: "4800", paid: "4800", payments: by("4800.00") })],
        heard: [...HEARD, "received BK-1", "applied BK-1", "credited CN-1"],
      }),
      reach: "paid",
      stop: ["payment due", "shortage"],
      end: "completed",
    }),
  told("an invoice that is credited in full while goods are to come is taken back")
    .given(...toHalf, facts.invoicePosted("6"))
    .when(facts.creditNote("6", "3600.00"))
    .decides({
      state: {
        ...halfBilled,
        lines: [
          line(
            { allocated: "10", shipped: "6", invoiced: "6", credited: "6" },
            { askedToAllocate: "10", askedToShip: "10" },
          ),
        ],
        invoices: [invoice({ amount: "3600.00", credited: "3600" })],
        heard: creditHeard,
      },
      reach: { milestone: "paid", part: 1, of: 2 },
      stop: ["payment due"],
      withdraw: "invoiced",
    }),
  told("an invoice taken back at the ERP itself takes its tax document with it, and the ledger follows")
    .given(...facts.toPayment)
    .when(facts.takenBack())
    .decides({
      state: billed({
        lines: [billedLine({ invoiced: "10", credited: "10" })],
        invoices: [invoice({ credited: "6000" })],
        shipments: billed({}).shipments.map((one) => ({ ...one, taxVoided: true })),
        heard: creditHeard,
      }),
      reach: "paid",
      stop: ["payment due", "shortage"],
      send: facts.followed(facts.takenBack()),
      end: "completed",
    }),
  told("of part of an invoice the ledger follows, and finance is told of its tax")
    .given(...facts.toPayment)
    .when(facts.takenBack(true))
    .decides({
      state: billed({
        lines: [billedLine({ invoiced: "10", credited: "2" })],
        invoices: [invoice({ credited: "1200" })],
        heard: creditHeard,
      }),
      send: [
        acts.postCreditEntry(
          at(),
          facts.takenBack(true).data as Parameters<typeof acts.postCreditEntry>[1],
          standardPolicy,
        ),
      ],
      publish: [
        raised(at(), "part credited", {
          title: "Part of an invoice was credited at the ERP itself, and its tax stands.",
          reason:
            "Credit note CN-1 gives back 200.00 EUR tax of invoice INV-SH-1; the tax engine still counts all of TX-SH-1.",
          owner: "finance",
          valueAtRisk: eur("200.00"),
        }),
      ],
      note: "4800.00 EUR are still owed.",
    }),
  told("what is credited beyond the invoice is shown, and not booked")
    .given(...facts.toPayment)
    .when(facts.creditNote("12", "7200.00"))
    .decides({
      state: billed({
        lines: [billedLine({ invoiced: "10", credited: "10" })],
        invoices: [invoice({ credited: "6000.00" })],
        heard: creditHeard,
      }),
      reach: "paid",
      stop: ["payment due", "shortage"],
      end: "completed",
      publish: [
        forbidden(
          at(),
          "credited beyond invoice",
          "Credit note CN-1 goes beyond invoice INV-SH-1: 2 EA of PUMP-100; what is beyond it is not booked.",
          eur("7200.00"),
        ),
      ],
    }),
  told("more than had left comes back: it is shown, and not booked")
    .given(...facts.toPayment)
    .when(facts.goodsReturned("12"))
    .decides({
      state: billed({
        lines: [billedLine({ invoiced: "10", returned: "10" })],
        heard: [...HEARD, "returned RR-1"],
      }),
      publish: [
        forbidden(
          at(),
          "returned beyond shipped",
          "Receipt RR-1 holds 2 EA of PUMP-100 that never left for this order.",
        ),
      ],
      note: "RR-1: cracked.",
    }),
  told("goods that come back stand in the quantities, once")
    .given(...facts.toPayment)
    .when(facts.goodsReturned())
    .decides({
      state: billed({
        lines: [billedLine({ invoiced: "10", returned: "2" })],
        heard: [...HEARD, "returned RR-1"],
      }),
      note: "RR-1: cracked.",
    }),
  told("goods that come back twice count once")
    .given(...facts.toPayment, facts.goodsReturned())
    .when(facts.goodsReturned())
    .decides({ note: "The goods of RR-1 came before." }),
  told("a credit note that comes twice counts once")
    .given(...facts.toPayment, facts.creditNote("2", "1200.00"))
    .when(facts.creditNote("2", "1200.00"))
    .decides({ note: "Credit note CN-1 is known, or corrects no invoice of this order." }),
];

export const settlementRehearsals = [...invoicing, ...ledger, ...money, ...credits];
