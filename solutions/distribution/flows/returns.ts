/**
 * Returns: asked for at the gateway, announced to the warehouse, valued by ERP and tax engine.
 *
 * @covers EVT-14
 */
import { type Flow, flow } from "crossdock";
import { finance, returns } from "crossdock/canon";
import type { Connections } from "../connections.ts";
import { documentAsJson, json } from "../formats.ts";
import { notBooked } from "../mappings/not-booked.ts";
import * as mapping from "../mappings/returns.ts";
import { toExpectedReturn } from "../mappings/wms.ts";
import type { Filled } from "../settings.ts";

export const returnFlows = (
  { api, erp, wms, tax }: Connections,
  { shopCustomers, policy }: Filled,
): Flow[] => [
  flow("api-returns")
    .from(api)
    .decode(json)
    .map((request) => mapping.toRequest(shopCustomers)(request as mapping.Request))
    .publish(returns.ReturnRequested),

  // The warehouse subscribes to what is authorised; no process tells it.
  flow("wms-expected-returns")
    .on(returns.ReturnAuthorised)
    .map(toExpectedReturn)
    .deliver(wms, documentAsJson()),

  flow("erp-invoice-reads")
    .on(returns.ReadInvoice)
    .map(mapping.toInvoiceQuestion)
    .ask(erp, "invoice")
    .answer(returns.InvoiceStated, mapping.fromInvoiceAnswer),
  flow("erp-goods-returns")
    .on(returns.PostGoodsReturn)
    .map(mapping.toCustomerReturn)
    .deliver(erp, documentAsJson())
    .refused(
      finance.PostingRejected,
      notBooked("ERP", ({ receiptAdviceId }) => receiptAdviceId),
    )
    .answer(finance.PostingAccepted, mapping.fromCustomerReturn(policy)),
  flow("tax-credits")
    .on(returns.CreditTax)
    .map(mapping.toTaxCredit)
    .deliver(tax, documentAsJson())
    .answer(returns.TaxCredited, mapping.fromTaxCredit),
];
