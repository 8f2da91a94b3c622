/**
 * Returns as the gateway takes them, and what ERP and tax engine are asked and answer about them, in canonical words.
 */
import { ContractBroken, type Receipt } from "crossdock";
import { decimals, finance, returns } from "crossdock/canon";
import type { Policy } from "../policy.ts";
import { PIECE, toPiece } from "./pieces.ts";

type Of<Contract extends { sample: unknown }> = Contract["sample"];
export type Request = Of<typeof returns.ReturnRequested>;

/**
 * A customer of the web shop paid by card and gets the money back there; unless the request says otherwise.
 *
 * @throws {ContractBroken} when no invoice is named: what is credited follows from one
 */
export const toRequest =
  (shopCustomers: readonly string[]) =>
  (request: Request): Request => {
    if (request.invoiceId === undefined) {
      throw new ContractBroken("The return names no invoice, and what is credited follows from one.", {
        facts: { field: "invoiceId", expected: "the invoice the goods were billed with", found: "nothing" },
      });
    }
    return { settleBy: shopCustomers.includes(request.customer) ? "card" : "credit", ...request };
  };

/** Flat, as the question's address needs it; the return comes along for the answer. */
export const toInvoiceQuestion = ({ returnId, salesOrderId, invoiceId }: Of<typeof returns.ReadInvoice>) => ({
  returnId,
  salesOrderId,
  invoiceId,
});

export function fromInvoiceAnswer({ answer }: Receipt, asked: ReturnType<typeof toInvoiceQuestion>) {
  const told = answer as {
    DeliveryDocument: string;
    SoldToParty: string;
    TransactionCurrency: string;
    TotalNetAmount: string;
    TaxAmount: string;
    Items: { SalesOrderItem: string; Material: string; Quantity: string; NetAmount: string }[];
  };
  const currency = told.TransactionCurrency;
  const money = (amount: string) => decimals.money(amount, currency);
  return returns.InvoiceStated.of({
    ...asked,
    shipmentId: told.DeliveryDocument,
    customer: told.SoldToParty,
    currency,
    lines: told.Items.map(({ SalesOrderItem, Material, Quantity, NetAmount }) => ({
      line: SalesOrderItem,
      item: Material,
      quantity: { value: decimals.plain(Quantity), uom: PIECE },
      amount: money(NetAmount),
    })),
    taxExclusiveAmount: money(told.TotalNetAmount),
    taxAmount: money(told.TaxAmount),
  });
}

export const toCustomerReturn = (about: Of<typeof returns.PostGoodsReturn>) => ({
  about,
  document: {
    ExternalReference: `${about.returnId}/goods`,
    BillingDocument: about.invoiceId,
    Items: about.lines.map((line) => ({
      SalesOrderItem: line.line,
      Material: line.item,
      Quantity: toPiece(line).quantity,
    })),
  },
});

/** The ERP's own entry, told as it booked it: stock in, cost of sales back, in the currency of the invoice. */
export const fromCustomerReturn =
  ({ ledger }: Policy) =>
  ({ reference, answer }: Receipt, { about }: ReturnType<typeof toCustomerReturn>) => {
    const { CostAmount } = answer as { CostAmount: string };
    const cost = decimals.money(CostAmount, about.currency);
    const zero = decimals.money("0", about.currency);
    return finance.PostingAccepted.of({
      salesOrderId: about.salesOrderId,
      returnId: about.returnId,
      sourceDocument: about.receiptAdviceId,
      ledger: "ERP",
      ledgerReference: reference,
      lines: [
        { account: ledger.finishedGoods, debit: cost, credit: zero },
        { account: ledger.costOfSales, debit: zero, credit: cost },
      ],
    });
  };

export const toTaxCredit = (about: Of<typeof returns.CreditTax>) => ({
  about,
  document: {
    type: "credit",
    documentCode: about.documentCode,
    customer: about.customer,
    currency: about.currency,
    date: about.taxPointDate,
    lines: about.lines.map((line) => ({ ...toPiece(line), amount: line.amount.amount })),
    commit: true,
  },
});

/** The tax engine counts a credit against the other documents; we speak of what is given back. */
export function fromTaxCredit({ reference, answer }: Receipt, { about }: ReturnType<typeof toTaxCredit>) {
  const { taxableAmount, taxAmount } = answer as Record<"taxableAmount" | "taxAmount", string>;
  const { returnId, salesOrderId, documentCode, currency } = about;
  const given = (amount: string) => decimals.money(decimals.subtract("0", amount), currency);
  return returns.TaxCredited.of({
    returnId,
    salesOrderId,
    taxDocumentId: reference,
    documentCode,
    taxableAmount: given(taxableAmount),
    taxAmount: given(taxAmount),
  });
}
