/**
 * What the parts of the warehouse system share: its state, numbers for new documents, and how documents are shown.
 *
 * What must stay true: a number is given once, and a document is read back with the fields it was sent with.
 */
import { type Body, list, positiveQuantity, Refusal, text } from "../kernel/call.ts";
import { quantity } from "../kernel/decimal.ts";
import type { Tools } from "../kernel/station.ts";
import { openWarehouse } from "./warehouse.ts";
import type { Allocation, Warehouse } from "./warehouse-state.ts";
import type { Piece } from "./wms-pieces.ts";

export interface Floor {
  readonly tools: Tools;
  readonly house: Warehouse;
  /** Documents so far, of all kinds. */
  documents: number;
  readonly number: (prefix: string) => string;
  /** The lines of a body, each of an item kept here. */
  readonly pieces: (body: Body) => Piece[];
  /** Tells what a release or a cancellation came to, once. */
  readonly tell: (id: string) => void;
}

export function openFloor(tools: Tools): Floor {
  const house = openWarehouse();

  function pieces(body: Body): Piece[] {
    return list(body, "lines").map((line) => {
      const sku = text(line, "sku");
      if (!house.stock.has(sku))
        throw new Refusal(422, "ITEM_UNKNOWN", `The warehouse keeps no item ${sku}.`, { sku });
      return { line: line.line, sku, quantity: quantity(positiveQuantity(line, "quantity")) };
    });
  }

  function tell(id: string): void {
    const undoing = house.undoings.get(id)!;
    if (undoing.told) return;
    tools.commit({ kind: "told", id });
    const { orderId, reference, lines, kind } = undoing;
    const plant = house.allocationsOf.get(orderId)?.some(({ production }) => production !== undefined);
    const released = plant ? "components.released" : "allocation.released";
    const type = kind === "release" ? released : "shipment.cancelled";
    tools.webhook(orderId, { type, orderId, reference, lines });
  }

  const floor: Floor = {
    tools,
    house,
    documents: 0,
    number: (prefix) => `${prefix}-${1001 + floor.documents}`,
    pieces,
    tell,
  };
  return floor;
}

export const least = (one: bigint, other: bigint) => (one < other ? one : other);

/** A document as it is answered and kept in the books: quantities as text. */
export function shown(document: object): Record<string, unknown> {
  const { takes: _, ...rest } = document as Record<string, unknown>;
  if (!("handled" in rest)) return rest;
  const { lines, handled, backordered, ...head } = document as Allocation;
  const text = (line: Allocation["lines"][number]) => ({
    line: line.line,
    sku: line.sku,
    quantity: quantity(line.asked),
    reserved: quantity(line.reserved),
    taken: quantity(line.taken),
    released: quantity(line.released),
    missing: quantity(line.missing),
  });
  return {
    ...head,
    state: handled ? (backordered ? "backordered" : "done") : "received",
    lines: lines.map(text),
  };
}
