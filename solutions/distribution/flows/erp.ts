/**
 * To and from the ERP: orders, goods issues, invoices and their corrections; the credit question.
 *
 * @covers EVT-36
 */
import { type Flow, flow } from "crossdock";
import { erp, finance, sales } from "crossdock/canon";
import type { Connections } from "../connections.ts";
import { documentAsJson } from "../formats.ts";
import * as mapping from "../mappings/erp.ts";
import type { Filled } from "../settings.ts";

export const erpFlows = ({ erp: line }: Connections, { policy }: Filled): Flow[] => [
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
    .map(mapping.toGoodsIssue)
    .deliver(line, documentAsJson())
    .answer(finance.PostingAccepted, mapping.fromGoodsIssue(policy)),
  flow("erp-movement-reversals")
    .on(erp.ReverseMovement)
    .map(mapping.toMovementReversal)
    .deliver(line, documentAsJson()),

  flow("erp-invoices")
    .on(erp.PostInvoice)
    .map(mapping.toInvoice)
    .deliver(line, documentAsJson())
    .answer(finance.InvoicePosted, mapping.fromInvoice),
  flow("erp-credit-notes")
    .on(erp.PostCreditNote)
    .map(mapping.toCreditMemo)
    .deliver(line, documentAsJson())
    .answer(finance.CreditNoteIssued, mapping.fromCreditMemo),
];
