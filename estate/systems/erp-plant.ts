/**
 * The ERP's plant: production orders, consumption, receipts, scrap and settlement, goods receipts and supplier invoices.
 *
 * What must stay true: the value in process of an order is what went in less what came out; every movement names the report
 * it follows from; raw materials are worth their purchase price, finished goods their standard cost. It checks and drafts like
 * `erp-postings.ts`, and keeps its state by the documents filed.
 */
import { amount, type Body, list, optionalText, positiveQuantity, Refusal, text } from "../kernel/call.ts";
import { cents, extended, milli, money, quantity } from "../kernel/decimal.ts";
import type { ErpBooks } from "./erp-books.ts";
import { type Draft, type LedgerLine, stockLeft } from "./erp-documents.ts";
import { mustKnow } from "./erp-masters.ts";
import type { PlantOrder } from "./erp-plant-books.ts";
import { accountOf as account, BILL_OF_MATERIALS, worth } from "./erp-valuation.ts";

const CONVERSION: Readonly<Record<string, string>> = { "PUMP-100": "60.00" };

/** Who sells a component and in how many days; what is sold to others is made. */
const SOURCES: Readonly<Record<string, { Supplier: string; DeliveryDays: number }>> = {
  "SEAL-9": { Supplier: "V-310", DeliveryDays: 3 },
  "HOUS-4": { Supplier: "V-310", DeliveryDays: 5 },
  "MOTOR-7": { Supplier: "V-310", DeliveryDays: 5 },
};
const MAKING_DAYS = 2;

/** What so many of an item are made of, with a source for each component that has one. */
export function materialRequirements(material: string, asked: bigint): Body {
  const parts = BILL_OF_MATERIALS[material];
  if (parts === undefined) throw new Refusal(400, "M3/305", `Material ${material} has no bill of materials.`);
  return {
    Material: material,
    Quantity: quantity(asked),
    MakingDays: MAKING_DAYS,
    Components: parts.map(({ item, quantity: each }) => ({
      Material: item,
      Quantity: quantity((each * asked) / 1000n),
      ...(SOURCES[item] === undefined
        ? {}
        : { ...SOURCES[item], NetPrice: money(worth(item)), Currency: "EUR" }),
    })),
  };
}

/** How many of an item a plant has, and for how many its components are enough. */
export function supplyOf(books: ErpBooks, material: string, asked: bigint): Body {
  const left = (item: string): bigint => {
    const held = books.stock.get(item);
    if (held === undefined) throw new Refusal(400, "M3/305", `Material ${item} does not exist.`);
    return stockLeft(held) > 0n ? stockLeft(held) : 0n;
  };
  const parts = BILL_OF_MATERIALS[material] ?? [];
  const enough = parts.map(({ item, quantity: each }) => left(item) / each);
  const makeable = enough.reduce((least, one) => (one < least ? one : least), enough[0] ?? 0n);
  return {
    Material: material,
    Quantity: quantity(asked),
    UnrestrictedStock: quantity(left(material)),
    MakeableQuantity: String(makeable),
  };
}

const debit = (name: string, value: bigint): LedgerLine => ({
  account: name,
  debit: money(value),
  credit: "0.00",
});
const credit = (name: string, value: bigint): LedgerLine => ({
  account: name,
  debit: "0.00",
  credit: money(value),
});
const both = (from: string, to: string, value: bigint): LedgerLine[] =>
  value === 0n
    ? []
    : value > 0n
      ? [debit(to, value), credit(from, value)]
      : [debit(from, -value), credit(to, -value)];

const day = (body: Body, field: string): string => {
  const value = text(body, field);
  if (!/^\d{4}-\d\d-\d\d$/.test(value))
    throw new Refusal(400, "00/065", `${field} must be a date, found ${value}.`);
  return value;
};

function planOf(books: ErpBooks, body: Body): PlantOrder {
  const id = text(body, "ManufacturingOrderReference");
  const order = books.plant.orders.get(id);
  if (order === undefined) throw new Refusal(404, "CO/017", `Production order ${id} does not exist.`);
  return order;
}

function productionOrder(books: ErpBooks, body: Body): Draft {
  if (books.plant.tombstones.has(text(body, "ExternalReference")))
    throw new Refusal(400, "CO/045", `The order ${body.ExternalReference} was cancelled before it came.`);
  const Material = text(body, "Material");
  worth(Material);
  return {
    order: null,
    fields: {
      Material,
      Quantity: quantity(positiveQuantity(body, "Quantity")),
      StartDate: day(body, "StartDate"),
      Version: text(body, "Version"),
      Plant: text(body, "Plant"),
      SalesOrderReference: optionalText(body, "SalesOrderReference") ?? "",
    },
    posting: [],
  };
}

function change(books: ErpBooks, body: Body): Draft {
  const order = planOf(books, body);
  if (order.state !== "open")
    throw new Refusal(400, "CO/046", `Production order ${order.id} is ${order.state}.`);
  return {
    order: null,
    fields: {
      ManufacturingOrderReference: order.id,
      StartDate: day(body, "StartDate"),
      Version: text(body, "Version"),
    },
    posting: [],
  };
}

function cancellation(books: ErpBooks, body: Body): Draft {
  const id = text(body, "ManufacturingOrderReference");
  const order = books.plant.orders.get(id);
  if (order !== undefined && (order.wip !== 0n || order.produced > 0n))
    throw new Refusal(400, "CO/847", `Production order ${id} has movements and cannot be cancelled.`);
  const fields = {
    ManufacturingOrderReference: id,
    Reason: optionalText(body, "Reason") ?? "",
    Status: order?.state === "open" ? "cancelled" : "nothing-to-cancel",
  };
  return { order: null, fields, posting: [] };
}

function accountsOf(posting: readonly LedgerLine[]): { DebitAccount?: string; CreditAccount?: string } {
  const [debited = [], credited = []] = [
    posting.filter(({ debit: value }) => value !== "0.00"),
    posting.filter(({ credit: value }) => value !== "0.00"),
  ].map((lines) => [...new Set(lines.map(({ account: name }) => name))]);
  return debited.length === 1 && credited.length === 1
    ? { DebitAccount: debited[0]!, CreditAccount: credited[0]! }
    : {};
}

function movement(books: ErpBooks, body: Body): Draft {
  const type = text(body, "MovementType");
  if (type !== "261" && type !== "131" && type !== "551")
    throw new Refusal(400, "M7/018", `The movement types are 261, 131 and 551; found ${type}.`);
  const id = text(body, "ManufacturingOrderReference");
  const order = books.plant.orders.get(id);
  if (order === undefined) throw new Refusal(404, "CO/017", `Production order ${id} does not exist.`);
  if (order.state !== "open") throw new Refusal(400, "CO/046", `Production order ${id} is ${order.state}.`);
  const posting: LedgerLine[] = [];
  const Items = list(body, "Items").map((line) => {
    const Material = text(line, "Material");
    const asked = positiveQuantity(line, "Quantity");
    const value = extended(worth(Material), asked);
    const Batch = optionalText(line, "Batch");
    if (type === "261" && Batch !== undefined && books.plant.checkLots && !books.plant.lots.has(Batch))
      throw new Refusal(400, "M7/042", `Batch ${Batch} of ${Material} does not exist.`, {
        field: "Batch",
        missing: { keyType: "item", value: Material },
      });
    if (type !== "131") deficit(books, Material, asked);
    if (type === "261") posting.push(...both(account(Material), "Work in process", value));
    if (type === "131") posting.push(...both("Work in process", account(Material), value));
    if (type === "551") posting.push(...both(account(Material), "Scrap", value));
    return { Material, Quantity: quantity(asked), ...(Batch === undefined ? {} : { Batch }) };
  });
  // Components a plant does not report are taken by the bill of materials.
  const Backflushed = (type === "131" && body.Backflush === true ? Items : []).flatMap((made) =>
    (BILL_OF_MATERIALS[made.Material] ?? []).map(({ item, quantity: each }) => {
      const used = (each * milli(made.Quantity)) / 1000n;
      deficit(books, item, used);
      posting.push(...both(account(item), "Work in process", extended(worth(item), used)));
      return { Material: item, Quantity: quantity(used) };
    }),
  );
  return {
    order: null,
    fields: {
      MovementType: type,
      ManufacturingOrderReference: id,
      DocumentDate: day(body, "DocumentDate"),
      CostCenter: optionalText(body, "CostCenter") ?? "",
      Reason: optionalText(body, "Reason") ?? "",
      Items,
      ...(Backflushed.length > 0 ? { Backflushed } : {}),
      Amount: money(posting.reduce((sum, line) => sum + cents(line.debit), 0n)),
      // Where all of it went between the same two accounts, it says between which.
      ...accountsOf(posting),
      ...(Object.hasOwn(books.plant.costElements, id) ? { CostElement: books.plant.costElements[id] } : {}),
    },
    posting,
  };
}

function deficit(books: ErpBooks, material: string, asked: bigint): void {
  const held = books.stock.get(material);
  if (held !== undefined && stockLeft(held) < asked)
    throw new Refusal(400, "M7/021", `Deficit of ${quantity(asked - stockLeft(held))} EA of ${material}.`);
}

function reversal(books: ErpBooks, body: Body): Draft {
  const reference = text(body, "MovementReference");
  const known = books.find("A_PlantMovement", reference);
  const fields = {
    MovementReference: reference,
    Reason: optionalText(body, "Reason") ?? "",
    Status: known === undefined ? "nothing-to-reverse" : "reversed",
  };
  const posting = (known?.posting ?? []).map((line) => ({ ...line, debit: line.credit, credit: line.debit }));
  return { order: null, fields, posting };
}

/** Conversion goes in by the pieces made; what is then left in process is the variance. */
function settlement(books: ErpBooks, body: Body): Draft {
  const order = planOf(books, body);
  if (order.state !== "open")
    throw new Refusal(400, "CO/046", `Production order ${order.id} is ${order.state}.`);
  const conversion = extended(cents(CONVERSION[order.item] ?? "0.00"), order.produced);
  const variance = order.wip + conversion;
  return {
    order: null,
    fields: {
      ManufacturingOrderReference: order.id,
      Produced: quantity(order.produced),
      Scrapped: quantity(order.scrapped),
      Conversion: money(conversion),
      Variance: money(variance),
      // It tells them apart by cause; here all of it is usage.
      UsageVariance: money(variance),
      PriceVariance: "0.00",
      ScrapVariance: "0.00",
      VolumeVariance: "0.00",
    },
    posting: [
      ...both("Conversion", "Work in process", conversion),
      ...both("Work in process", "Production variance", variance),
    ],
  };
}

function goodsReceipt(books: ErpBooks, body: Body): Draft {
  let total = 0n;
  const partner = optionalText(body, "PartnerEntity");
  const posting: LedgerLine[] = [];
  const Items = list(body, "Items").map((line) => {
    const Material = text(line, "Material");
    mustKnow(books, "item", Material, books.stock.has(Material));
    const asked = positiveQuantity(line, "Quantity");
    // Bought from another entity of the company it is worth what was agreed with it.
    const price = partner === undefined ? undefined : amount(line, "NetPrice");
    const value = extended(price ?? worth(Material), asked);
    total += value;
    posting.push(...both(partner === undefined ? "GR/IR" : "Intercompany payable", account(Material), value));
    return {
      Line: text(line, "Line"),
      Material,
      Quantity: quantity(asked),
      ...(price === undefined ? {} : { NetPrice: money(price) }),
    };
  });
  return {
    order: null,
    fields: {
      PurchaseOrder: text(body, "PurchaseOrder"),
      ...(body.StorageLocation === undefined ? {} : { StorageLocation: text(body, "StorageLocation") }),
      DocumentDate: day(body, "DocumentDate"),
      ...(body.CreatedByUser === undefined ? {} : { CreatedByUser: text(body, "CreatedByUser") }),
      ...(partner === undefined ? {} : { PartnerEntity: partner }),
      Items,
      Amount: money(total),
      ...accountsOf(posting),
    },
    posting,
  };
}

/** A receipt is taken back as a whole, once. */
function goodsReceiptReversal(books: ErpBooks, body: Body): Draft {
  const number = text(body, "MaterialDocumentReference");
  const receipt = books.documents.A_GoodsReceipt.get(number);
  if (receipt === undefined || books.lost.has(receipt))
    throw new Refusal(404, "M7/061", `There is no goods receipt ${number}.`);
  if (books.reversed.has(number))
    throw new Refusal(400, "M7/062", `The goods receipt ${number} was reversed before.`);
  return {
    order: null,
    fields: { MaterialDocumentReference: number, Reason: optionalText(body, "Reason") ?? "" },
    posting: receipt.posting.map((line) => ({ ...line, debit: line.credit, credit: line.debit })),
  };
}

function supplierInvoice(books: ErpBooks, body: Body): Draft {
  const InvoicingParty = text(body, "InvoicingParty");
  mustKnow(books, "supplier", InvoicingParty);
  const net = amount(body, "NetAmount");
  const tax = amount(body, "TaxAmount");
  return {
    order: null,
    fields: {
      PurchaseOrder: text(body, "PurchaseOrder"),
      InvoicingParty,
      NetAmount: money(net),
      TaxAmount: money(tax),
      GrossAmount: money(net + tax),
    },
    posting: [
      debit("GR/IR", net),
      ...(tax > 0n ? [debit("Input tax", tax)] : []),
      credit("Payables", net + tax),
    ],
  };
}

/** What a supplier promised of an order, line by line; the last word counts. */
function supplierConfirmation(_books: ErpBooks, body: Body): Draft {
  const Items = list(body, "Items").map((line) => ({
    Line: text(line, "Line"),
    Material: text(line, "Material"),
    Quantity: quantity(milli(line.Quantity, "Quantity")),
    DeliveryDate: day(line, "DeliveryDate"),
  }));
  return { order: null, fields: { PurchaseOrder: text(body, "PurchaseOrder"), Items }, posting: [] };
}

/** Pieces of a lot are held, let go or damaged; what they are worth does not change by that. */
function stockStatus(_books: ErpBooks, body: Body): Draft {
  return {
    order: null,
    fields: {
      Batch: text(body, "Batch"),
      Material: text(body, "Material"),
      Quantity: quantity(positiveQuantity(body, "Quantity")),
      FromStatus: text(body, "FromStatus"),
      ToStatus: text(body, "ToStatus"),
    },
    posting: [],
  };
}

/** More or less on hand than the books say: stock and value follow, against differences of inventory. */
function stockAdjustment(books: ErpBooks, body: Body): Draft {
  const Material = text(body, "Material");
  if (!books.stock.has(Material)) throw new Refusal(400, "M3/305", `Material ${Material} does not exist.`);
  const delta = milli(body.Delta, "Delta");
  return {
    order: null,
    fields: { Material, Delta: quantity(delta), Reason: text(body, "Reason") },
    posting: both("Inventory differences", account(Material), extended(worth(Material), delta)),
  };
}

/** Goods leave one place of ours for another (303), or come in there (305); in between they are on the road, and ours. */
function stockTransfer(books: ErpBooks, body: Body): Draft {
  const type = text(body, "MovementType");
  if (type !== "303" && type !== "305")
    throw new Refusal(400, "M7/018", `The movement types are 303 and 305; found ${type}.`);
  const Material = text(body, "Material");
  if (!books.stock.has(Material)) throw new Refusal(400, "M3/305", `Material ${Material} does not exist.`);
  return {
    order: null,
    fields: {
      MovementType: type,
      TransferReference: text(body, "TransferReference"),
      Material,
      Quantity: quantity(positiveQuantity(body, "Quantity")),
      FromLocation: text(body, "FromLocation"),
      ToLocation: text(body, "ToLocation"),
    },
    posting: [],
  };
}

export const plantDrafts = {
  A_StockTransfer: stockTransfer,
  A_StockAdjustment: stockAdjustment,
  A_StockStatusChange: stockStatus,
  A_ProductionOrder: productionOrder,
  A_ProductionOrderChange: change,
  A_ProductionOrderCancellation: cancellation,
  A_PlantMovement: movement,
  A_PlantReversal: reversal,
  A_ProductionSettlement: settlement,
  A_GoodsReceipt: goodsReceipt,
  A_GoodsReceiptReversal: goodsReceiptReversal,
  A_SupplierConfirmation: supplierConfirmation,
  A_SupplierInvoice: supplierInvoice,
} as const;
