/** Rehearsals of an invoice that was paid and is then taken back at the ERP itself: the money is the customer's. */
import { payments } from "crossdock/canon";
import { approved, declined, elapsed, overdue, rehearsal } from "crossdock/testing";
import * as acts from "../order-acts.ts";
import { orderToCash } from "../order-to-cash.ts";
import { raised } from "../order-words.ts";
import { standardPolicy } from "../policy.ts";
import * as facts from "./facts.ts";

const { at, billed, billedLine, eur, followed, invoice, ORDER } = facts;

const process = orderToCash(standardPolicy);
const told = (name: string) => rehearsal(name, process);

const PAID = ["allocated WH-1", "dispatched SH-1", "received BK-1", "applied BK-1"];
const paid = [...facts.toPayment, facts.bankEntry("6000.00"), facts.paymentApplied("6000.00")];
const credited = [...paid, facts.takenBack()];
const payBack = approved("customer balance");
const debit = facts.bankEntry("6000.00", { reference: "BK-9", debit: true });
const unapplied = payments.PaymentUnapplied.of({
  salesOrderId: ORDER,
  paymentId: "BK-1",
  invoices: [{ invoiceId: "INV-SH-1", amount: eur("6000.00") }],
  amount: eur("6000.00"),
  reason: "It was paid back as BK-9.",
});
const balance = { creditNoteId: "CN-1", invoiceId: "INV-SH-1", amount: eur("6000.00"), payBack: false };
/** Taken back, with what was heard since. */
const after = (heard: readonly string[] = [], more: Parameters<typeof billed>[0] = {}) =>
  billed({
    lines: [billedLine({ invoiced: "10", credited: "10" })],
    invoices: [
      invoice({
        credited: "6000",
        pledged: "6000",
        paid: "6000",
        payments: [{ paymentId: "BK-1", amount: "6000.00" }],
      }),
    ],
    shipments: billed().shipments.map((one) => ({ ...one, taxVoided: true })),
    heard: [...PAID, "credited CN-1", ...heard],
    ...more,
  });
const backWith = followed(facts.takenBack());
const card = {
  ...at().order,
  channel: "api" as const,
  payment: { method: "card" as const, token: "AUTH-1" },
};
const byCard = [
  facts.captured({ channel: "api", payment: card.payment }),
  ...facts.toInvoice.slice(1),
  facts.invoicePosted(),
  facts.bankEntry("6000.00"),
  facts.paymentApplied("6000.00"),
];
const refund = (returnId?: string) =>
  payments.PaymentRefunded.of({
    salesOrderId: ORDER,
    refundId: "REF-1",
    invoiceId: "INV-SH-1",
    ...(returnId === undefined ? {} : { returnId }),
    amount: eur("6000.00"),
  });

export const customerBalanceRehearsals = [
  told(
    "a paid invoice taken back at the ERP takes its tax with it, the ledger follows, and what is whose is asked",
  )
    .given(...paid)
    .when(facts.takenBack())
    .decides({
      state: after([], { inFavour: balance }),
      stop: ["payment due", "shortage"],
      send: backWith,
      ask: [
        {
          approval: "customer balance",
          because:
            "Credit note CN-1 takes 6000.00 EUR off invoice INV-SH-1, which was paid: 6000.00 EUR are the customer's. Approved, they are paid back; declined, they stay for what the customer owes next.",
        },
      ],
    }),
  told("what a return gives back of a paid order is its own story")
    .given(...paid)
    .when(facts.creditNote("2", "1200.00"))
    .decides({ note: "What CN-1 gives back of a paid order is the story of return RT-1." }),
  told("to be paid back, it is watched for on the statements")
    .given(...credited)
    .when(payBack)
    .decides({
      state: after([], { inFavour: { ...balance, payBack: true } }),
      start: ["payment due"],
      note: "maria pays 6000.00 EUR back; it comes off invoice INV-SH-1 when the bank shows it.",
    }),
  told("the debit that pays it back takes the payment off, and nobody is asked again")
    .given(...credited, payBack)
    .when(debit)
    .decides({
      state: after(["taken back BK-9"], { inFavour: { ...balance, payBack: true } }),
      send: [
        acts.unapplyPayment(
          at(),
          {
            bankReference: "BK-9",
            paymentId: "BK-1",
            invoiceId: "INV-SH-1",
            amount: eur("6000.00"),
            valueDate: "2026-01-20",
          },
          "It was paid back as BK-9.",
        ),
      ],
      note: "Entry BK-9 pays back what credit note CN-1 left in the customer's favour.",
    }),
  told("paid back, nothing is in anybody's favour, and the order is over")
    .given(...credited, payBack, debit)
    .when(unapplied)
    .decides({
      state: after(["taken back BK-9", "unapplied BK-1"], {
        invoices: [invoice({ credited: "6000", pledged: "0", paid: "0", payments: [] })],
      }),
      stop: ["payment due"],
      end: "completed",
      note: "Payment BK-1 was taken off: It was paid back as BK-9.",
    }),
  told("on no statement after the time a payment takes, receivables are told")
    .given(...credited, payBack)
    .when(elapsed("payment due"))
    .decides({
      publish: [
        raised(at(), "balance not paid back", {
          title: "Money that is to be paid back to a customer is on no statement.",
          reason: "6000.00 EUR of invoice INV-SH-1, since credit note CN-1.",
          owner: "accounts-receivable",
          valueAtRisk: eur("6000.00"),
        }),
      ],
      start: ["payment due"],
    }),
  told("what stays with us is a case of receivables, and the order is over")
    .given(...credited)
    .when(declined("customer balance", "They order every week."))
    .decides({
      state: after(),
      stop: ["payment due"],
      end: "completed",
      publish: [
        payments.PaymentUnmatched.of({
          paymentId: "CN-1",
          amount: eur("6000.00"),
          residue: eur("6000.00"),
          reason: "Credit note CN-1 leaves it of invoice INV-SH-1, which was paid: They order every week.",
          candidates: [],
          salesOrderId: ORDER,
        }),
      ],
      note: "maria keeps 6000.00 EUR for what the customer owes next: They order every week.",
    }),
  told("who decides about a balance is reminded")
    .given(...credited)
    .when(overdue("customer balance"))
    .decides({
      ask: [{ approval: "customer balance", because: "A customer's money is with us since a credit note." }],
    }),
  told("a card gets its money back at once")
    .given(...byCard)
    .when(facts.takenBack())
    .decides({
      state: after([], { order: card, inFavour: { ...balance, payBack: true } }),
      stop: ["payment due", "shortage"],
      send: [...backWith, acts.refundPayment(at(), balance)],
    }),
  told("the card has its money, and the order is over")
    .given(...byCard, facts.takenBack())
    .when(refund())
    .decides({
      state: after(["refunded REF-1"], {
        order: card,
        invoices: [{ ...after().invoices[0]!, refunded: "6000" }],
      }),
      stop: ["payment due"],
      end: "completed",
      note: "Given back as REF-1.",
    }),
  told("what a card gets back for goods is the story of their return")
    .given(...byCard, facts.takenBack())
    .when(refund("RT-1"))
    .decides({ note: "REF-1 is known, or of a return." }),
];
