/** Returns rehearsed: two pumps of ten come back damaged; what differs from it is said where it differs. */
import { send } from "crossdock";
import { erp, finance, payments, returns, settlement } from "crossdock/canon";
import {
  approved,
  declined,
  elapsed,
  overdue,
  type Rehearsal,
  rehearsal,
  type Said,
} from "crossdock/testing";
import { standardPolicy } from "../policy.ts";
import { type ReturnState, returnsProcess, shown } from "../returns.ts";
import { CUSTOMER, eur, NOW, ORDER, pumps } from "./facts.ts";

const process = returnsProcess(standardPolicy);
const told = (name: string) => rehearsal(name, process);
const of = { returnId: "RT-1", salesOrderId: ORDER };
const billed = { ...pumps("10"), amount: eur("5000.00") };
const back = { ...pumps("2"), amount: eur("1000.00") };

const requested = (more: Partial<(typeof returns.ReturnRequested)["sample"]> = {}) =>
  returns.ReturnRequested.of({
    ...of,
    customer: CUSTOMER,
    lines: [pumps("2")],
    reasonCode: "damaged",
    invoiceId: "INV-1",
    settleBy: "card",
    ...more,
  });
const stated = returns.InvoiceStated.of({
  ...of,
  invoiceId: "INV-1",
  shipmentId: "SH-1",
  customer: CUSTOMER,
  currency: "EUR",
  lines: [billed],
  taxExclusiveAmount: eur("5000.00"),
  taxAmount: eur("1000.00"),
});
const came = (restockDecision: "scrap" | "restock" = "scrap", value = "2") =>
  returns.GoodsReturned.of({
    ...of,
    receiptAdviceId: "RR-1",
    rmaId: "RMA-RT-1",
    lines: [pumps(value)],
    condition: "cracked",
    restockDecision,
    returnedAt: NOW,
  });
const taxed = (amount = "1000.00") =>
  returns.TaxCredited.of({
    ...of,
    taxDocumentId: "TX-9",
    documentCode: "RT-1/credit",
    taxableAmount: eur(amount),
    taxAmount: eur("200.00"),
  });
const creditNote = finance.CreditNoteIssued.of({
  salesOrderId: ORDER,
  returnId: "RT-1",
  creditNoteId: "CM-1",
  billingReference: "INV-1",
  reason: "Return RT-1: damaged",
  lines: [back],
  taxExclusiveAmount: eur("1000.00"),
  taxAmount: eur("200.00"),
  taxInclusiveAmount: eur("1200.00"),
  issueDate: "2026-01-05",
});
const shelved = finance.PostingAccepted.of({
  salesOrderId: ORDER,
  returnId: "RT-1",
  sourceDocument: "RR-1",
  ledger: "ERP",
  ledgerReference: "497",
  lines: [
    { account: "Finished goods", debit: eur("600.00"), credit: eur("0.00") },
    { account: "Cost of sales", debit: eur("0.00"), credit: eur("600.00") },
  ],
});
const refunded = payments.PaymentRefunded.of({
  salesOrderId: ORDER,
  refundId: "REF-1",
  invoiceId: "INV-1",
  returnId: "RT-1",
  amount: eur("1200.00"),
});

const asked: ReturnState = {
  ...of,
  invoiceId: "INV-1",
  reason: "damaged",
  settleBy: "card",
  asked: [pumps("2")],
  invoice: null,
  rmaId: null,
  credited: [],
  receiptAdviceId: null,
  shelf: "not",
  creditNoteId: null,
  settled: false,
};
const known: ReturnState = {
  ...asked,
  invoice: {
    invoiceId: "INV-1",
    shipmentId: "SH-1",
    customer: CUSTOMER,
    currency: "EUR",
    lines: [billed],
  },
};
const open: ReturnState = { ...known, rmaId: "RMA-RT-1" };
const inside: ReturnState = { ...open, credited: [back], receiptAdviceId: "RR-1" };
const noted: ReturnState = { ...inside, creditNoteId: "CM-1" };
const authorised = returns.ReturnAuthorised.of({
  ...of,
  rmaId: "RMA-RT-1",
  lines: [pumps("2")],
  instructionForReturns: standardPolicy.returns.instruction,
  validUntil: "2026-02-04",
  authorisedAt: NOW,
});
const mayCome = {
  reach: "authorised" as const,
  publish: [authorised],
  start: [{ timer: "authorisation ends" as const, at: "2026-02-04T23:59:59Z" }],
};
const tax = send(
  returns.CreditTax.of({
    ...of,
    documentCode: "RT-1/credit",
    customer: CUSTOMER,
    currency: "EUR",
    lines: [back],
    taxPointDate: "2026-01-05",
  }),
);
const entry = (sourceDocument: string, lines: (typeof settlement.PostEntry)["sample"]["lines"]) =>
  send(
    settlement.PostEntry.of({
      salesOrderId: ORDER,
      sourceDocument,
      ledger: "ME-03",
      postingDate: "2026-01-05",
      fiscalPeriod: "2026-01",
      memo: `${sourceDocument}, return RT-1 of order ${ORDER}`,
      lines,
    }),
  );
const copy = entry("CM-1", [
  { account: "Revenue", debit: eur("1000.00"), credit: eur("0.00") },
  { account: "Tax", debit: eur("200.00"), credit: eur("0.00") },
  { account: "Receivables", debit: eur("0.00"), credit: eur("1200.00") },
]);
const refund = send(
  settlement.RefundPayment.of({
    ...of,
    invoiceId: "INV-1",
    amount: eur("1200.00"),
    reason: "Credit note CM-1",
  }),
  { pivot: true },
);
const because = "2 EA of PUMP-100 of invoice INV-1 shall come back: no longer wanted.";
const unwanted = requested({ reasonCode: "no longer wanted" });
const toOpen: Said[] = [requested(), stated];
const toInside: Said[] = [...toOpen, came()];

export const rehearsals: readonly Rehearsal[] = [
  told("a return asks what its invoice billed")
    .given()
    .when(requested())
    .decides({
      state: asked,
      reach: "requested",
      send: [send(returns.ReadInvoice.of({ ...of, invoiceId: "INV-1" }))],
    }),
  told("a return that names no invoice is not possible")
    .given()
    .when(
      returns.ReturnRequested.of({ ...of, customer: CUSTOMER, lines: [pumps("2")], reasonCode: "damaged" }),
    )
    .decides({
      state: { ...asked, invoiceId: "", settleBy: "credit" },
      reach: "requested",
      end: { abandon: "The return names no invoice, and what is credited follows from one." },
    }),
  told("damaged goods may come back by rule, for thirty days")
    .given(requested())
    .when(stated)
    .decides({ state: open, ...mayCome }),
  told("more than was billed does not come back")
    .given(requested({ lines: [pumps("11")] }))
    .when(stated)
    .decides({
      state: { ...known, asked: [pumps("11")] },
      end: { abandon: "The return is not possible: Of PUMP-100 10 were billed, 11 shall come back." },
    }),
  told("the invoice is stated once")
    .given(...toOpen)
    .when(stated)
    .decides({ note: "Invoice INV-1 is known." }),
  told("other reasons are decided by a person")
    .given(unwanted)
    .when(stated)
    .decides({
      state: { ...known, reason: "no longer wanted" },
      ask: [{ approval: "return authorisation", because }],
    }),
  told("a person lets the goods come back")
    .given(unwanted, stated)
    .when(approved("return authorisation"))
    .decides({
      state: { ...open, reason: "no longer wanted" },
      ...mayCome,
      note: "maria lets the goods come back.",
    }),
  told("a person does not take the goods back")
    .given(unwanted, stated)
    .when(declined("return authorisation", "Used already."))
    .decides({ end: { abandon: "maria does not take the goods back: Used already." } }),
  told("a customer who waits for the decision is remembered")
    .given(unwanted, stated)
    .when(overdue("return authorisation"))
    .decides({
      ask: [{ approval: "return authorisation", because: "A customer still waits to hear about a return." }],
    }),
  told("goods that do not come back in time close the return")
    .given(...toOpen)
    .when(elapsed("authorisation ends"))
    .decides({ end: { abandon: "The goods did not come back in time." } }),
  told("goods that come before anybody authorised them are shown")
    .given(unwanted, stated)
    .when(came())
    .decides({
      publish: [
        shown(asked, "came unauthorised", {
          title: "Goods came back that nobody has authorised.",
          reason: "2 EA of PUMP-100 came with RR-1.",
          owner: "customer-service",
        }),
      ],
      note: "Goods came back before the return was authorised.",
    }),
  told("scrapped goods are credited and stay out of stock; tax comes first")
    .given(...toOpen)
    .when(came())
    .decides({
      state: inside,
      reach: ["received", "inspected"],
      stop: ["authorisation ends"],
      send: [tax],
      note: "cracked: scrap.",
    }),
  told("goods that go back on the shelf are booked there")
    .given(...toOpen)
    .when(came("restock"))
    .decides({
      state: { ...inside, shelf: "asked" },
      reach: ["received", "inspected"],
      stop: ["authorisation ends"],
      send: [
        send(
          returns.PostGoodsReturn.of({
            ...of,
            invoiceId: "INV-1",
            currency: "EUR",
            lines: [pumps("2")],
            receiptAdviceId: "RR-1",
            returnedAt: NOW,
          }),
          { pivot: true },
        ),
        tax,
      ],
      note: "cracked: restock.",
    }),
  told("of more than was authorised only that is credited, and somebody is told")
    .given(...toOpen)
    .when(came("scrap", "3"))
    .decides({
      state: inside,
      reach: ["received", "inspected"],
      stop: ["authorisation ends"],
      publish: [
        shown(asked, "more came back", {
          title: "More came back than was authorised.",
          reason: "Of 3 EA of PUMP-100 only what was authorised is credited.",
          owner: "customer-service",
        }),
      ],
      send: [tax],
      note: "cracked: scrap.",
    }),
  told("goods come back once")
    .given(...toInside)
    .when(came())
    .decides({ note: "Goods of this return came before, with RR-1." }),
  told("with its tax committed, the credit note is posted")
    .given(...toInside)
    .when(taxed())
    .decides({
      send: [
        send(
          erp.PostCreditNote.of({
            ...of,
            customer: CUSTOMER,
            currency: "EUR",
            invoiceId: "INV-1",
            lines: [back],
            taxExclusiveAmount: eur("1000.00"),
            taxAmount: eur("200.00"),
            taxInclusiveAmount: eur("1200.00"),
            reason: "Return RT-1: damaged",
            issueDate: "2026-01-05",
          }),
          { pivot: true },
        ),
      ],
    }),
  told("tax of another amount stops the credit note and is shown")
    .given(...toInside)
    .when(taxed("999.00"))
    .decides({
      publish: [
        shown(asked, "tax base differs", {
          title: "The tax engine credited tax of another amount.",
          reason: "It took 999.00; 1000.00 EUR are credited.",
          owner: "finance",
        }),
      ],
      note: "No credit note is posted: its tax was taken of another amount.",
    }),
  told("money for a card goes back to the card")
    .given(...toInside, taxed())
    .when(creditNote)
    .decides({ state: noted, reach: ["credited"], send: [copy, refund] }),
  told("who pays by invoice owes less, and the return is over")
    .given(requested({ settleBy: "credit" }), stated, came(), taxed())
    .when(creditNote)
    .decides({
      state: { ...noted, settleBy: "credit", settled: true },
      end: "completed",
      reach: ["credited", "settled"],
      send: [copy],
      note: "The credit lowers what the customer owes.",
    }),
  told("a credit note is known once")
    .given(...toInside, taxed(), creditNote)
    .when(creditNote)
    .decides({ note: "Credit note CM-1 is known." }),
  told("the money is back, and the return is over")
    .given(...toInside, taxed(), creditNote)
    .when(refunded)
    .decides({
      state: { ...noted, settled: true },
      end: "completed",
      reach: "settled",
      note: "Given back as REF-1.",
    }),
  told("a return whose goods are not on the shelf yet waits for them, and ends with them")
    .given(...toOpen, came("restock"), taxed(), creditNote, refunded)
    .when(shelved)
    .decides({
      state: { ...noted, settled: true, shelf: "booked" },
      end: "completed",
      send: [entry("497", shelved.data.lines ?? [])],
    }),
];
