/**
 * What each document creation at the ERP checks, and what it then writes: the entity as answered, the order it belongs
 * to and its posting.
 *
 * What must stay true: every check comes before anything is written, and every posting balances.
 */
import { amount, type Body, list, optionalText, positiveQuantity, Refusal, text } from "../kernel/call.ts";
import { extended, milli, money, quantity } from "../kernel/decimal.ts";
import type { ErpBooks } from "./erp-books.ts";
import {
  boughtAmong,
  type Draft,
  type EntitySet,
  type ErpDocument,
  type Item,
  type LedgerLine,
  type OrderItem,
  type SalesOrder,
  stockLeft,
} from "./erp-documents.ts";
import { mustKnow } from "./erp-masters.ts";
import { plantDrafts } from "./erp-plant.ts";
import { accountOf, worth } from "./erp-valuation.ts";
import { itemOf } from "./goods.ts";

const debit = (account: string, value: bigint): LedgerLine => ({
  account,
  debit: money(value),
  credit: "0.00",
});
const credit = (account: string, value: bigint): LedgerLine => ({
  account,
  debit: "0.00",
  credit: money(value),
});
/** A posting without the lines of nothing. */
const posting = (...lines: LedgerLine[]): LedgerLine[] =>
  lines.filter((line) => line.debit !== "0.00" || line.credit !== "0.00");

/** What goods are worth, a line for each account of inventory they stand on. */
const byAccount = (
  costs: readonly (readonly [item: string, value: bigint])[],
  side: (account: string, value: bigint) => LedgerLine,
): LedgerLine[] =>
  [...Map.groupBy(costs, ([item]) => accountOf(item))].map(([account, all]) =>
    side(
      account,
      all.reduce((sum, [, value]) => sum + value, 0n),
    ),
  );

function orderOf(books: ErpBooks, body: Body): SalesOrder {
  const number = text(body, "SalesOrder");
  const order = books.orders.get(number);
  if (order === undefined) throw new Refusal(404, "V1/302", `Sales order ${number} is not in the database.`);
  return order;
}

function priced(books: ErpBooks, body: Body): { lines: Item[]; net: bigint } {
  let net = 0n;
  const lines = list(body, "Items").map((item, index) => {
    const Material = text(item, "Material");
    mustKnow(books, "item", Material, itemOf.has(Material));
    const asked = positiveQuantity(item, "Quantity");
    const price = amount(item, "NetPrice");
    net += extended(price, asked);
    return {
      SalesOrderItem: optionalText(item, "SalesOrderItem") ?? String(index + 1),
      Material,
      Quantity: quantity(asked),
      NetPrice: money(price),
    };
  });
  return { lines, net };
}

/** Lines that name items of an order; `left` says how much of an item the document may still cover. */
function covering(
  body: Body,
  order: SalesOrder,
  code: string,
  verb: string,
  left: (item: OrderItem) => bigint,
) {
  const covered = new Map<OrderItem, bigint>();
  return list(body, "Items").map((line) => {
    const id = text(line, "SalesOrderItem");
    const item = order.items.get(id);
    const material = optionalText(line, "Material") ?? item?.material;
    if (item === undefined || item.material !== material) {
      throw new Refusal(400, "V1/331", `Sales order ${order.number} has no item ${id} of ${material}.`);
    }
    const asked = positiveQuantity(line, "Quantity");
    const already = covered.get(item) ?? 0n;
    if (already + asked > left(item)) {
      const open = quantity(left(item) - already);
      throw new Refusal(
        400,
        code,
        `Item ${id} of ${order.number}: ${open} can be ${verb}, ${quantity(asked)} asked.`,
      );
    }
    covered.set(item, already + asked);
    return { line, id, item, asked };
  });
}

function salesOrder(books: ErpBooks, body: Body): Draft {
  const reference = text(body, "ExternalReference");
  if (books.tombstones.has(reference)) {
    throw new Refusal(400, "V1/045", `The order ${reference} was cancelled before it came.`);
  }
  const customer = text(body, "SoldToParty");
  mustKnow(books, "customer", customer);
  if (books.blockedCustomers.has(customer)) {
    throw new Refusal(400, "VK/008", `Customer ${customer} is blocked for credit reasons.`);
  }
  const { lines, net } = priced(books, body);
  if (new Set(lines.map((line) => line.SalesOrderItem)).size !== lines.length) {
    throw new Refusal(400, "V1/312", "Two items have the same number.");
  }
  const fields = {
    SoldToParty: customer,
    PurchaseOrderByCustomer: optionalText(body, "PurchaseOrderByCustomer") ?? "",
    TransactionCurrency: text(body, "TransactionCurrency"),
    Items: lines,
    TotalNetAmount: money(net),
    OverallStatus: "open",
  };
  return { order: null, fields, posting: [] };
}

function salesOrderChange(books: ErpBooks, body: Body): Draft {
  const order = orderOf(books, body);
  if (order.cancelled) throw new Refusal(400, "V1/046", `Sales order ${order.number} is cancelled.`);
  const { lines, net } = priced(books, body);
  for (const [id, item] of order.items) {
    const next = lines.find((line) => line.SalesOrderItem === id);
    const ordered = next === undefined ? 0n : milli(next.Quantity);
    if (
      ordered < item.issued ||
      (next !== undefined && item.issued > 0n && next.Material !== item.material)
    ) {
      throw new Refusal(
        400,
        "V1/499",
        `Item ${id} of ${order.number}: ${quantity(item.issued)} has left already.`,
      );
    }
  }
  const fields = { SalesOrder: order.number, Items: lines, TotalNetAmount: money(net) };
  return { order: order.number, fields, posting: [] };
}

function cancellation(books: ErpBooks, body: Body): Draft {
  const byNumber = optionalText(body, "SalesOrder");
  const OrderReference =
    byNumber === undefined ? text(body, "OrderReference") : (optionalText(body, "OrderReference") ?? "");
  const Reason = optionalText(body, "Reason") ?? "";
  const order =
    byNumber === undefined
      ? books.orders.get(books.find("A_SalesOrder", OrderReference)?.number ?? "")
      : orderOf(books, body);
  if (order === undefined || order.cancelled) {
    const fields = { SalesOrder: order?.number ?? null, OrderReference, Reason, Status: "nothing-to-cancel" };
    return { order: order?.number ?? null, fields, posting: [] };
  }
  const gone = [...order.items.values()].some(({ issued }) => issued > 0n);
  if (gone)
    throw new Refusal(400, "V1/847", `Sales order ${order.number} has goods issues and cannot be cancelled.`);
  return {
    order: order.number,
    fields: { SalesOrder: order.number, OrderReference, Reason, Status: "cancelled" },
    posting: [],
  };
}

function goodsIssue(books: ErpBooks, body: Body): Draft {
  const order = orderOf(books, body);
  if (order.cancelled) throw new Refusal(400, "VL/046", `Sales order ${order.number} is cancelled.`);
  const needed = new Map<string, bigint>();
  const costs: (readonly [string, bigint])[] = [];
  const lines = covering(body, order, "VL/150", "issued", (item) => item.ordered - item.issued).map(
    ({ id, item, asked }) => {
      needed.set(item.material, (needed.get(item.material) ?? 0n) + asked);
      return { SalesOrderItem: id, Material: item.material, Quantity: quantity(asked) };
    },
  );
  for (const [material, total] of needed) {
    const held = books.stock.get(material);
    if (held !== undefined && stockLeft(held) < total) {
      throw new Refusal(400, "M7/021", `Deficit of ${quantity(total - stockLeft(held))} EA of ${material}.`);
    }
    const bought = held === undefined ? [] : boughtAmong(held, total);
    const standard = bought.reduce((rest, { pieces }) => rest - pieces, total);
    if (held !== undefined) costs.push([material, extended(worth(material), standard)]);
    for (const { price, pieces } of bought) costs.push([material, extended(price, pieces)]);
  }
  const cost = costs.reduce((sum, [, value]) => sum + value, 0n);
  const fields = {
    SalesOrder: order.number,
    DeliveryDocument: text(body, "DeliveryDocument"),
    ...(body.StorageLocation === undefined ? {} : { StorageLocation: text(body, "StorageLocation") }),
    Items: lines,
    CostAmount: money(cost),
  };
  return {
    order: order.number,
    fields,
    posting: posting(debit("Cost of sales", cost), ...byAccount(costs, credit)),
  };
}

function billing(books: ErpBooks, body: Body): Draft {
  const order = orderOf(books, body);
  let net = 0n;
  const lines = covering(body, order, "VF/062", "billed", (item) => item.issued - item.billed).map(
    ({ line, id, item, asked }) => {
      const value = line.NetAmount === undefined ? extended(item.price, asked) : amount(line, "NetAmount");
      net += value;
      return {
        SalesOrderItem: id,
        Material: item.material,
        Quantity: quantity(asked),
        NetAmount: money(value),
      };
    },
  );
  const taxed = amount(body, "TaxAmount");
  const fields = {
    SalesOrder: order.number,
    DeliveryDocument: text(body, "DeliveryDocument"),
    SoldToParty: order.customer,
    PurchaseOrderByCustomer: order.purchaseOrder,
    TransactionCurrency: books.documents.A_SalesOrder.get(order.number)!.entity.TransactionCurrency,
    Items: lines,
    TaxDocument: optionalText(body, "TaxDocument") ?? "",
    TotalNetAmount: money(net),
    TaxAmount: money(taxed),
    TotalGrossAmount: money(net + taxed),
  };
  return {
    order: order.number,
    fields,
    posting: posting(debit("Receivables", net + taxed), credit("Revenue", net), credit("Tax", taxed)),
  };
}

function invoiceOf(books: ErpBooks, body: Body) {
  const number = text(body, "BillingDocument");
  const invoice = books.invoices.get(number);
  if (invoice === undefined) throw new Refusal(404, "VF/003", `Billing document ${number} does not exist.`);
  return invoice;
}

function creditMemo(books: ErpBooks, body: Body): Draft {
  const invoice = invoiceOf(books, body);
  const net = amount(body, "NetAmount");
  const taxed = amount(body, "TaxAmount");
  if (net + taxed <= 0n || invoice.credited + net + taxed > invoice.gross) {
    const open = money(invoice.gross - invoice.credited);
    throw new Refusal(
      400,
      "VF/110",
      `Of ${invoice.number} ${open} can be credited, ${money(net + taxed)} asked.`,
    );
  }
  const fields = {
    BillingDocument: invoice.number,
    NetAmount: money(net),
    TaxAmount: money(taxed),
    TotalGrossAmount: money(net + taxed),
    Reason: optionalText(body, "Reason") ?? "",
  };
  return {
    order: invoice.order,
    fields,
    posting: posting(debit("Revenue", net), debit("Tax", taxed), credit("Receivables", net + taxed)),
  };
}

/** Goods of an invoice are back on the shelf: stock and value as they left. */
function customerReturn(books: ErpBooks, body: Body): Draft {
  const invoice = invoiceOf(books, body);
  const costs: (readonly [string, bigint])[] = [];
  const lines = list(body, "Items").map((line) => {
    const Material = text(line, "Material");
    const back = positiveQuantity(line, "Quantity");
    const billed = invoice.items
      .filter((item) => item.Material === Material)
      .reduce((sum, item) => sum + milli(item.Quantity), 0n);
    if (back > billed) {
      throw new Refusal(
        400,
        "VL/350",
        `Of ${Material} ${quantity(billed)} were billed with ${invoice.number}, ${quantity(back)} come back.`,
      );
    }
    if (books.stock.has(Material)) costs.push([Material, extended(worth(Material), back)]);
    return { SalesOrderItem: text(line, "SalesOrderItem"), Material, Quantity: quantity(back) };
  });
  const cost = costs.reduce((sum, [, value]) => sum + value, 0n);
  return {
    order: invoice.order,
    fields: { BillingDocument: invoice.number, Items: lines, CostAmount: money(cost) },
    posting: posting(...byAccount(costs, debit), credit("Cost of sales", cost)),
  };
}

function reversal(books: ErpBooks, body: Body): Draft {
  const byNumber = optionalText(body, "MaterialDocument");
  const IssueReference = byNumber === undefined ? text(body, "IssueReference") : "";
  const issue: ErpDocument | undefined =
    byNumber === undefined
      ? books.find("A_GoodsIssue", IssueReference)
      : books.documents.A_GoodsIssue.get(byNumber);
  const Reason = optionalText(body, "Reason") ?? "";
  if (byNumber !== undefined && issue === undefined) {
    throw new Refusal(404, "M7/001", `Material document ${byNumber} does not exist.`);
  }
  if (issue === undefined || books.reversed.has(issue.number)) {
    const fields = {
      MaterialDocument: issue?.number ?? null,
      IssueReference,
      Reason,
      Status: "nothing-to-reverse",
    };
    return { order: null, fields, posting: [] };
  }
  const order = books.orders.get(issue.order!)!;
  const lines = issue.entity.Items as Item[];
  for (const { SalesOrderItem, Quantity } of lines) {
    const item = order.items.get(SalesOrderItem)!;
    if (item.issued - milli(Quantity) < item.billed) {
      throw new Refusal(400, "M7/061", `Material document ${issue.number} is billed and cannot be reversed.`);
    }
  }
  return {
    order: order.number,
    fields: { MaterialDocument: issue.number, IssueReference, Items: lines, Reason, Status: "reversed" },
    posting: issue.posting.map((line) => ({ ...line, debit: line.credit, credit: line.debit })),
  };
}

/** One payment clears one invoice of an order, or several: `Items: [{BillingDocument, Amount}]`. */
function incomingPayment(books: ErpBooks, body: Body): Draft {
  const cleared = list(body, "Items").map((line) => {
    const invoice = invoiceOf(books, line);
    const value = amount(line, "Amount");
    const open = invoice.gross - invoice.credited - invoice.paid;
    if (value <= 0n || value > open) {
      throw new Refusal(
        400,
        "F5/263",
        `${money(open)} of ${invoice.number} is open, ${money(value)} was paid.`,
      );
    }
    return { invoice, value };
  });
  const [order, ...others] = new Set(cleared.map(({ invoice }) => invoice.order));
  if (order === undefined || others.length > 0)
    throw new Refusal(400, "F5/264", "A payment clears invoices of one order.");
  const value = cleared.reduce((sum, one) => sum + one.value, 0n);
  const fields = {
    Items: cleared.map((one) => ({ BillingDocument: one.invoice.number, Amount: money(one.value) })),
    Amount: money(value),
    TransactionCurrency: text(body, "TransactionCurrency"),
  };
  return { order, fields, posting: posting(debit("Bank", value), credit("Receivables", value)) };
}

/** A payment comes off its invoices again; what never was, or is off already, is nothing to reverse. */
function paymentReversal(books: ErpBooks, body: Body): Draft {
  const PaymentReference = text(body, "PaymentReference");
  const Reason = optionalText(body, "Reason") ?? "";
  const payment: ErpDocument | undefined = books.find("A_IncomingPayment", PaymentReference);
  if (payment === undefined || books.reversed.has(payment.number)) {
    const fields = { IncomingPayment: null, PaymentReference, Reason, Status: "nothing-to-reverse" };
    return { order: null, fields, posting: [] };
  }
  const { number: IncomingPayment, entity, order } = payment;
  return {
    order,
    fields: { IncomingPayment, PaymentReference, Items: entity.Items, Reason, Status: "reversed" },
    posting: payment.posting.map((line) => ({ ...line, debit: line.credit, credit: line.debit })),
  };
}

export const drafts: Readonly<Record<EntitySet, (books: ErpBooks, body: Body) => Draft>> = {
  A_SalesOrder: salesOrder,
  A_SalesOrderChange: salesOrderChange,
  A_SalesOrderCancellation: cancellation,
  A_GoodsIssue: goodsIssue,
  A_BillingDocument: billing,
  A_CreditMemo: creditMemo,
  A_CustomerReturn: customerReturn,
  A_MovementReversal: reversal,
  A_IncomingPayment: incomingPayment,
  A_IncomingPaymentReversal: paymentReversal,
  ...plantDrafts,
};
