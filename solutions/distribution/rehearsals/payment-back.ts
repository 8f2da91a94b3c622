/** Rehearsals of money the bank takes back. */
import { payments } from "crossdock/canon";
import { approved, declined, overdue, rehearsal } from "crossdock/testing";
import * as acts from "../order-acts.ts";
import { orderToCash } from "../order-to-cash.ts";
import { raised } from "../order-words.ts";
import { standardPolicy } from "../policy.ts";
import * as facts from "./facts.ts";

const { at, billed, eur, invoice, ORDER } = facts;

const process = orderToCash(standardPolicy);
const told = (name: string) => rehearsal(name, process);
const HEARD = ["allocated WH-1", "dispatched SH-1"];

/** Two thousand of six came and were applied. */
const partly = [...facts.toPayment, facts.bankEntry("2000.00"), facts.paymentApplied("2000.00")];
const part = invoice({
  pledged: "2000",
  paid: "2000",
  payments: [{ paymentId: "BK-1", amount: "2000.00" }],
});
const PAID = [...HEARD, "received BK-1", "applied BK-1"];
const back = (amount = "2000.00", reference = "BK-9") => facts.bankEntry(amount, { reference, debit: true });
const takenBack = {
  bankReference: "BK-9",
  paymentId: "BK-1",
  invoiceId: "INV-SH-1",
  amount: eur("2000.00"),
  valueDate: "2026-01-20",
};
const asked = [...PAID, "taken back BK-9"];
const shown = (amount: string, reference: string) => ({
  publish: [
    raised(at(), "payment returned", {
      title: "The bank took money back.",
      reason: `Entry ${reference} debits ${amount} EUR and names invoice INV-SH-1.`,
      owner: "accounts-receivable",
      valueAtRisk: eur(amount),
    }),
  ],
  note: `Bank entry ${reference} is a debit; receivables must look at it.`,
});
const unapplied = payments.PaymentUnapplied.of({
  salesOrderId: ORDER,
  paymentId: "BK-1",
  invoices: [{ invoiceId: "INV-SH-1", amount: eur("2000.00") }],
  amount: eur("2000.00"),
  reason: "The bank took it back as BK-9.",
});

export const paymentBackRehearsals = [
  told("a payment the bank takes back is asked about")
    .given(...partly)
    .when(back())
    .decides({
      state: billed({ invoices: [part], heard: asked, takenBack }),
      ask: [
        {
          approval: "payment back",
          because:
            "Entry BK-9 debits 2000.00 EUR and names invoice INV-SH-1, which payment BK-1 paid with as much. Approved, the payment comes off the invoice.",
        },
      ],
    }),
  told("told again it is the same debit")
    .given(...partly, back())
    .when(back())
    .decides({ note: "The debit BK-9 came again." }),
  told("money the bank takes back that was no payment of ours is shown to receivables")
    .given(...partly)
    .when(back("1999.00"))
    .decides({ state: billed({ invoices: [part], heard: asked }), ...shown("1999.00", "BK-9") }),
  told("so is a second one while the first is asked about")
    .given(...partly, back())
    .when(back("2000.00", "BK-10"))
    .decides({
      state: billed({ invoices: [part], heard: [...asked, "taken back BK-10"], takenBack }),
      ...shown("2000.00", "BK-10"),
    }),
  told("when receivables say so it comes off its invoice")
    .given(...partly, back())
    .when(approved("payment back"))
    .decides({
      state: billed({ invoices: [part], heard: asked }),
      send: [acts.unapplyPayment(at(), takenBack, "The bank took it back as BK-9.")],
      note: "maria takes payment BK-1 off invoice INV-SH-1.",
    }),
  told("or it stays where it is")
    .given(...partly, back())
    .when(declined("payment back", "The bank was wrong."))
    .decides({
      state: billed({ invoices: [part], heard: asked }),
      note: "maria leaves the payment where it is: The bank was wrong.",
    }),
  told("who decides about it is reminded")
    .given(...partly, back())
    .when(overdue("payment back"))
    .decides({
      ask: [{ approval: "payment back", because: "Money the bank took back still stands as paid." }],
    }),
  told("taken off, the invoice is owed again")
    .given(...partly, back(), approved("payment back"))
    .when(unapplied)
    .decides({
      state: billed({
        invoices: [invoice({ pledged: "0", paid: "0", payments: [] })],
        heard: [...asked, "unapplied BK-1"],
      }),
      start: ["payment due"],
      note: "Payment BK-1 was taken off: The bank took it back as BK-9.",
    }),
  told("it is taken off once")
    .given(...partly, back(), approved("payment back"), unapplied)
    .when(unapplied)
    .decides({ note: "That payment BK-1 was taken off came again." }),
];
