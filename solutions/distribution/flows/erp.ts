/**
 * To and from the ERP: orders, goods issues, invoices and their corrections; the credit question.
 *
 * @covers EVT-36
 */
import { type Connection, type Flow, flow } from "crossdock";
import { erp, finance, payments, sales } from "crossdock/canon";
import type { Connections } from "../connections.ts";
import { documentAsJson } from "../formats.ts";
import * as mapping from "../mappings/erp.ts";
import { notBooked } from "../mappings/not-booked.ts";
import { type Recipients, recipients } from "../recipients.ts";
import type { Filled } from "../settings.ts";

export const erpFlows = ({ erp: line }: Connections, settings: Filled): Flow[] =>
  flowsOf(line, settings, recipients({ line, write: mapping.toGoodsIssue }, settings.issuers));

const flowsOf = (
  line: Connection,
  { policy, issuers }: Filled,
  issues: Recipients<(typeof erp.PostGoodsIssue)["sample"]>,
): Flow[] => [
  flow("erp-credit-checks")
    .on(erp.CheckCredit)
    .map(mapping.toCreditQuestion)
    .ask(line, "credit-check")
    .answer([sales.CreditApproved, sales.CreditHeld], mapping.fromCreditAnswer),

  flow("erp-orders")
    .on(erp.PostSalesOrder)
    .map(mapping.toSalesOrder)
    .deliver(line, documentAsJson())
    .answer(sales.OrderAccepted, mapping.fromSalesOrder),
  flow("erp-order-changes")
    .on(erp.ChangeSalesOrder)
    .map(mapping.toSalesOrderChange)
    .deliver(line, documentAsJson()),
  flow("erp-order-cancellations")
    .on(erp.CancelSalesOrder)
    .map(mapping.toCancellation)
    .deliver(line, documentAsJson()),

  flow("erp-goods-issues")
    .on(erp.PostGoodsIssue)
    .map(issues.address)
    .deliver(issues.routes, issues.as)
    .refused(
      finance.PostingRejected,
      notBooked("ERP", ({ shipmentId }) => shipmentId),
    )
    .answer(finance.PostingAccepted, (receipt, cargo) => {
      const issuer = issuers.find(({ line: other }) => other.name === cargo.to);
      return issuer
        ? mapping.fromIssueElsewhere(issuer)(receipt, cargo)
        : mapping.fromGoodsIssue(policy)(receipt, cargo);
    }),
  flow("erp-movement-reversals")
    .on(erp.ReverseMovement)
    .map(mapping.toMovementReversal)
    .deliver(line, documentAsJson()),

  flow("erp-invoices")
    .on(erp.PostInvoice)
    .map(mapping.toInvoice)
    .deliver(line, documentAsJson())
    .refused(
      finance.PostingRejected,
      notBooked("ERP", ({ shipmentId }) => shipmentId),
    )
    .answer(finance.InvoicePosted, mapping.fromInvoice),
  flow("erp-credit-notes")
    .on(erp.PostCreditNote)
    .map(mapping.toCreditMemo)
    .deliver(line, documentAsJson())
    .answer(finance.CreditNoteIssued, mapping.fromCreditMemo),
  // What is paid lowers what the customer owes by the ERP's own books, and so what credit is left.
  flow("erp-incoming-payments")
    .on(payments.PaymentApplied)
    .map(mapping.toIncomingPayment)
    .deliver(line, documentAsJson()),
  flow("erp-payment-reversals")
    .on(payments.PaymentUnapplied)
    .map(mapping.toPaymentReversal)
    .deliver(line, documentAsJson()),
];
