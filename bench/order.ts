/**
 * The order every job in the benchmark carries: about 1 kB of JSON, five lines, and the document a target gets for it. Orders are
 * made before the clock starts, for every contestant: what is measured is taking them, not inventing them.
 */

/** Orders handed in at once, by every contestant; each waits for its receipt. Delivered are 64 at once. */
export const HANDED_IN = 256;

export interface BenchOrder {
  salesOrderId: string;
  customerReference: string;
  customer: string;
  capturedAt: string;
  currency: string;
  shipTo: { name: string; street: string; city: string; postalCode: string; country: string };
  lines: { line: string; item: string; description: string; quantity: string; uom: string; price: string }[];
  total: string;
}

export const orderNumber = (n: number): string => `SO-${String(n).padStart(8, "0")}`;

/** The nth order; the same number gives the same order. */
export function order(n: number): BenchOrder {
  return {
    salesOrderId: orderNumber(n),
    customerReference: `PO-${String(n).padStart(8, "0")}`,
    customer: `C-${1000 + (n % 500)}`,
    capturedAt: "2026-01-05T08:00:00.000Z",
    currency: "EUR",
    shipTo: {
      name: "Baker Limited",
      street: "12 Harbour Road",
      city: "Rotterdam",
      postalCode: "3011 AB",
      country: "NL",
    },
    lines: Array.from({ length: 5 }, (_, index) => ({
      line: String(index + 1),
      item: `ITEM-${1000 + ((n * 5 + index) % 800)}`,
      description: "Centrifugal pump, cast iron, 4 kW",
      quantity: String(1 + ((n + index) % 9)),
      uom: "EA",
      price: "125.50",
    })),
    total: "3137.50",
  };
}

/** What the target is told: the same mapping for every contestant. */
export const toDocument = (given: BenchOrder): object => ({
  documentType: "OR",
  soldTo: given.customer,
  purchaseOrder: given.customerReference,
  externalReference: given.salesOrderId,
  currency: given.currency,
  shipTo: `${given.shipTo.name}, ${given.shipTo.street}, ${given.shipTo.postalCode} ${given.shipTo.city}, ${given.shipTo.country}`,
  items: given.lines.map(({ line, item, quantity, uom, price }) => ({
    position: Number(line) * 10,
    material: item,
    quantity,
    unit: uom,
    price,
  })),
  total: given.total,
});
