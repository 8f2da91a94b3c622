/**
 * Canonical commands as documents of the ERP's OData service, and its answers as canonical facts.
 *
 * `ExternalReference` is the number by which the ERP tells a repetition. Where we have a number that is as unique as the
 * posting itself (the order, the shipment of an order), that number is used, so the ERP refuses a second document for the
 * same business thing even if two different commands asked for it.
 */
import type { Receipt } from "crossdock";
import { decimals, type erp, finance, type PricedLine, type payments, sales } from "crossdock/canon";
import type { Policy } from "../policy.ts";
import type { Issuer } from "../settings.ts";
import { PIECE, perPiece, toPiece } from "./pieces.ts";

type Of<Contract extends { sample: unknown }> = Contract["sample"];

const item = (line: PricedLine) => ({
  SalesOrderItem: line.line,
  Material: line.item,
  Quantity: toPiece(line).quantity,
  NetPrice: perPiece(line.item, line.price),
});

export const toSalesOrder = (about: Of<typeof erp.PostSalesOrder>) => ({
  about,
  document: {
    ExternalReference: about.salesOrderId,
    SoldToParty: about.customer,
    PurchaseOrderByCustomer: about.customerReference,
    TransactionCurrency: about.currency,
    Items: about.lines.map(item),
  },
});

type PostedOrder = ReturnType<typeof toSalesOrder>;

export const fromSalesOrder = ({ reference }: Receipt, { about }: PostedOrder) =>
  sales.OrderAccepted.of({
    salesOrderId: about.salesOrderId,
    customerReference: about.customerReference,
    customer: about.customer,
    erpOrderId: reference,
  });

/** The ERP takes the whole order as it shall be; a line that is left out is a line nobody wants. */
export const toSalesOrderChange = (about: Of<typeof erp.ChangeSalesOrder>) => ({
  about,
  document: {
    ExternalReference: `${about.salesOrderId}/change/${about.sequenceNumberId}`,
    SalesOrder: about.erpOrderId,
    Items: about.lines.filter(({ quantity }) => decimals.isPositive(quantity.value)).map(item),
  },
});

export const toCancellation = (about: Of<typeof erp.CancelSalesOrder>) => ({
  about,
  document: { OrderReference: about.salesOrderId, Reason: about.reason },
});

const issueReference = (order: string, shipment: string) => `${order}/${shipment}`;

export const toGoodsIssue = (about: Of<typeof erp.PostGoodsIssue>) => ({
  about,
  document: {
    ExternalReference: issueReference(about.salesOrderId, about.shipmentId),
    SalesOrder: about.erpOrderId,
    DeliveryDocument: about.shipmentId,
    PostingDate: about.dispatchedAt.slice(0, 10),
    ...(about.warehouse === undefined ? {} : { StorageLocation: about.warehouse }),
    Items: about.lines.map((line) => ({
      SalesOrderItem: line.line,
      Material: line.item,
      Quantity: toPiece(line).quantity,
    })),
  },
});

/** What the ERP booked for a goods issue: the cost it computed, on its own two accounts. */
export const fromGoodsIssue =
  ({ ledger, currencies }: Policy) =>
  ({ reference, answer }: Receipt, { about }: { about: Of<typeof erp.PostGoodsIssue> }) => {
    const { CostAmount } = answer as { CostAmount: string };
    const currency = currencies[0] ?? "";
    const cost = decimals.money(CostAmount, currency);
    const zero = decimals.money("0", currency);
    return finance.PostingAccepted.of({
      salesOrderId: about.salesOrderId,
      sourceDocument: about.shipmentId,
      shipmentId: about.shipmentId,
      ledger: "ERP",
      ledgerReference: reference,
      lines: [
        { account: ledger.costOfSales, debit: cost, credit: zero },
        { account: ledger.finishedGoods, debit: zero, credit: cost },
      ],
    });
  };

/** What the ERP of another entity booked for goods that left by a transfer: it belongs to that transfer and to no customer's order. */
export const fromIssueElsewhere =
  ({ booked }: Pick<Issuer, "booked">) =>
  ({ reference, answer }: Receipt, { about }: { about: Of<typeof erp.PostGoodsIssue> }) =>
    finance.PostingAccepted.of({
      ...(about.transferId === undefined ? {} : { transferId: about.transferId }),
      sourceDocument: about.shipmentId,
      shipmentId: about.shipmentId,
      ledger: about.entity ?? "",
      ledgerReference: reference,
      lines: [...booked(answer)],
    });

export const toMovementReversal = (about: Of<typeof erp.ReverseMovement>) => ({
  about,
  document: {
    IssueReference: issueReference(about.salesOrderId, about.shipmentId),
    Reason: about.reason,
  },
});

export const toInvoice = (about: Of<typeof erp.PostInvoice>) => ({
  about,
  document: {
    ExternalReference: `${issueReference(about.salesOrderId, about.shipmentId)}/invoice`,
    SalesOrder: about.erpOrderId,
    DeliveryDocument: about.shipmentId,
    PostingDate: about.issueDate,
    TaxDocument: about.taxDocumentId,
    TaxAmount: about.taxAmount.amount,
    Items: about.lines.map((line) => ({
      SalesOrderItem: line.line,
      Material: line.item,
      Quantity: toPiece(line).quantity,
      NetAmount: line.amount.amount,
    })),
  },
});

/** The amounts are the ERP's own, so that the process can compare them with what it asked for. */
export function fromInvoice({ reference, answer }: Receipt, { about }: ReturnType<typeof toInvoice>) {
  const posted = answer as {
    PostingDate: string;
    TotalNetAmount: string;
    TaxAmount: string;
    TotalGrossAmount: string;
    Items: { SalesOrderItem: string; Material: string; Quantity: string; NetAmount: string }[];
  };
  const money = (amount: string) => decimals.money(amount, about.currency);
  return finance.InvoicePosted.of({
    salesOrderId: about.salesOrderId,
    shipmentId: about.shipmentId,
    invoiceId: reference,
    taxDocumentId: about.taxDocumentId,
    lines: posted.Items.map(({ SalesOrderItem, Material, Quantity, NetAmount }) => ({
      line: SalesOrderItem,
      item: Material,
      quantity: { value: decimals.plain(Quantity), uom: PIECE },
      amount: money(NetAmount),
    })),
    taxExclusiveAmount: money(posted.TotalNetAmount),
    taxAmount: money(posted.TaxAmount),
    taxInclusiveAmount: money(posted.TotalGrossAmount),
    issueDate: posted.PostingDate,
  });
}

export const toCreditMemo = (about: Of<typeof erp.PostCreditNote>) => ({
  about,
  document: {
    ...(about.returnId === undefined ? {} : { ExternalReference: `${about.returnId}/credit` }),
    BillingDocument: about.invoiceId,
    PostingDate: about.issueDate,
    NetAmount: about.taxExclusiveAmount.amount,
    TaxAmount: about.taxAmount.amount,
    Reason: about.reason,
  },
});

export const fromCreditMemo = ({ reference }: Receipt, { about }: ReturnType<typeof toCreditMemo>) =>
  finance.CreditNoteIssued.of({
    salesOrderId: about.salesOrderId,
    creditNoteId: reference,
    ...(about.returnId === undefined ? {} : { returnId: about.returnId }),
    billingReference: about.invoiceId,
    reason: about.reason,
    lines: about.lines,
    taxExclusiveAmount: about.taxExclusiveAmount,
    taxAmount: about.taxAmount,
    taxInclusiveAmount: about.taxInclusiveAmount,
    issueDate: about.issueDate,
  });

/** What receivables took against invoices; of one order, so that its reference is the payment's and the order's. */
export const toIncomingPayment = (about: Of<typeof payments.PaymentApplied>) => ({
  about,
  document: {
    ExternalReference: `${about.salesOrderId}/${about.paymentId}`,
    TransactionCurrency: about.amount.currency,
    Items: about.invoices.map(({ invoiceId, amount }) => ({
      BillingDocument: invoiceId,
      Amount: amount.amount,
    })),
  },
});

/** A payment that is off its invoices again, named by the reference it was told under. */
export const toPaymentReversal = (about: Of<typeof payments.PaymentUnapplied>) => {
  const PaymentReference = `${about.salesOrderId}/${about.paymentId}`;
  return {
    about,
    document: { ExternalReference: `${PaymentReference}/back`, PaymentReference, Reason: about.reason },
  };
};

// Credit ----------------------------------------------------------------------------------------------------------

/** Flat, as the question's address needs it; order and change come along for the answer. */
export const toCreditQuestion = ({
  salesOrderId,
  sequenceNumberId,
  customer,
  amount,
}: Of<typeof erp.CheckCredit>) => ({ salesOrderId, sequenceNumberId, customer, ...amount });

export function fromCreditAnswer({ answer }: Receipt, asked: ReturnType<typeof toCreditQuestion>) {
  const { Decision, Limit, Exposure, Reason } = answer as {
    Decision: string;
    Limit: string;
    Exposure: string;
    Reason: string;
  };
  const { salesOrderId, sequenceNumberId, amount, currency } = asked;
  const money = (value: string) => decimals.money(value, currency);
  const said = {
    salesOrderId,
    sequenceNumberId,
    amount: money(amount),
    limit: money(Limit),
    exposure: money(Exposure),
  };
  return Decision === "approved"
    ? sales.CreditApproved.of({ ...said, approver: "erp" })
    : sales.CreditHeld.of({
        ...said,
        reason: Reason || "The ERP holds this customer.",
        owner: "credit-team",
      });
}
