/**
 * To and from pricing, tax engine, finance ledger, receivables and payment platform.
 *
 * @covers EVT-37
 */
import { type Flow, flow } from "crossdock";
import { costing, finance, fulfilment, payments, sales, settlement } from "crossdock/canon";
import type { Connections } from "../connections.ts";
import { documentAsJson, json } from "../formats.ts";
import * as mapping from "../mappings/money.ts";
import { notBooked } from "../mappings/not-booked.ts";
import type { Filled } from "../settings.ts";

export const moneyFlows = (lines: Connections, { policy }: Filled): Flow[] => [
  flow("pricing-checks")
    .on(fulfilment.CheckPrices)
    .map(mapping.toPriceQuestion)
    .ask(lines.pricing, "price-checks")
    .answer(sales.PricesChecked, mapping.fromPriceAnswer),

  flow("order-taxes")
    .on(settlement.CalculateTax)
    .map(mapping.toTaxQuestion)
    .ask(lines.tax, "order-taxes")
    // A silent tax engine stops no order: the last rate for the customer there is promised, and asked about until it is true.
    .orPromise(costing.TaxCalculated, {
      after: "2s",
      goodFor: policy.promised.goodFor.tax,
      limit: policy.promised.limit,
      atOnce: policy.promised.atOnce,
      like: mapping.taxedAlike,
      from: mapping.promisedTax,
      worth: ({ taxAmount }) => taxAmount,
      holds: ({ taxAmount }) => taxAmount,
    })
    .answer(costing.TaxCalculated, mapping.fromTaxAnswer),
  flow("tax-documents")
    .on(settlement.FinaliseDocument)
    .map(mapping.toTaxDocument)
    .deliver(lines.tax, documentAsJson())
    .answer(finance.TaxFinalised, mapping.fromTaxDocument),
  flow("tax-voids")
    .on(settlement.VoidDocument)
    .map(mapping.toTaxVoid)
    .deliver(lines.tax, documentAsJson())
    .answer(costing.TaxVoided, mapping.fromTaxVoid),

  flow("finance-entries")
    .on(settlement.PostEntry)
    .map(mapping.toJournalEntry)
    .deliver(lines.finance, documentAsJson())
    .refused(
      finance.PostingRejected,
      notBooked(policy.ledger.name, ({ sourceDocument }) => sourceDocument),
    )
    .answer(finance.PostingAccepted, mapping.fromJournalEntry),
  flow("api-postings")
    .from(lines.api)
    .decode(json)
    .map((entry) => mapping.balanced(entry as Parameters<typeof mapping.balanced>[0]))
    .publish(finance.PostingSubmitted),
  flow("finance-submitted-entries")
    .on(finance.PostingSubmitted)
    .map(mapping.toSubmittedEntry)
    .deliver(lines.finance, documentAsJson())
    .refused(
      finance.PostingRejected,
      notBooked(policy.ledger.name, ({ postingId }) => postingId),
    )
    .answer(finance.PostingAccepted, mapping.fromSubmittedEntry),
  flow("finance-reversals")
    .on(settlement.ReverseEntry)
    .map(mapping.toReversal)
    .deliver(lines.finance, documentAsJson()),
  flow("finance-payments")
    .on(settlement.ApplyPayment)
    .map(mapping.toCustomerPayment)
    .deliver(lines.finance, documentAsJson())
    .answer(payments.PaymentApplied, mapping.fromCustomerPayment),
  flow("finance-payouts")
    .on(payments.PaymentSettled)
    .keep("it goes out, or all that was captured is paid out", mapping.isLess)
    .map(mapping.toPayoutEntry(policy))
    .deliver(lines.finance, documentAsJson())
    .refused(
      finance.PostingRejected,
      notBooked(policy.ledger.name, ({ payoutId }) => payoutId),
    )
    .answer(finance.PostingAccepted, mapping.fromPayoutEntry(policy)),
  flow("finance-payment-reversals")
    .on(settlement.UnapplyPayment)
    .map(mapping.toPaymentReversal(policy))
    .deliver(lines.finance, documentAsJson())
    .answer(payments.PaymentUnapplied, mapping.fromPaymentReversal),

  flow("payments-reports")
    .from(lines.payments)
    .decode(json)
    .map((told) => told as mapping.PaymentWebhook)
    .keep("the payment platform did this inside; nothing is paid by it", mapping.saysSomething)
    .publishAs([payments.PaymentCaptured, payments.PaymentSettled], mapping.fromPayments),
  flow("payments-captures")
    .on(settlement.CapturePayment)
    .map(mapping.toCapture)
    .deliver(lines.payments, documentAsJson()),
  flow("payments-refunds")
    .on(settlement.RefundPayment)
    .map(mapping.toRefund)
    .deliver(lines.payments, documentAsJson())
    .answer([payments.PaymentRefunded], mapping.fromRefund),
];
