/**
 * What the warehouse holds and owes: stock per SKU, allocations, ship orders and their shipments, rebuilt from entries.
 *
 * What must stay true: per SKU initial + received + adjusted = shipped + on hand; per allocation line
 * asked = reserved + taken + released + missing; and stock.allocated is what is reserved or taken and not yet shipped.
 * It decides nothing; `wms.ts` does, and writes the decided quantities into the entries.
 */
import { milli, quantity } from "../kernel/decimal.ts";
import { INITIAL_STOCK, items } from "./goods.ts";
import { movements } from "./warehouse-movements.ts";
import {
  type Allocation,
  type AllocationLine,
  HOME,
  heldAt,
  type Joined,
  onHand,
  type Released,
  type Shipment,
  type ShipOrder,
  type Stock,
  type Take,
  type Undoing,
  type Warehouse,
} from "./warehouse-state.ts";
import { type Piece, together } from "./wms-pieces.ts";

export function openWarehouse(): Warehouse {
  const house: Warehouse = {
    stock: shelves(milli(INITIAL_STOCK)),
    sites: new Map(),
    allocations: new Map(),
    allocationsOf: new Map(),
    shipOrders: new Map(),
    shipOrdersOf: new Map(),
    undoings: new Map(),
    byReference: new Map(),
    tombstones: new Set(),
    settings: { split: 1, autoShip: true, loseStatusChanges: 0 },
    lots: new Map(),
    receipts: [],
    corrections: [],
    issues: [],
    statusChanges: [],
    transfers: [],
    adjustments: [],
    shipments: 0,
    apply(entry, at) {
      appliers[entry.kind]?.(house, entry as never, at);
    },
  };
  return house;
}

/** A place for every item there is, with so much of each. */
const shelves = (initial: bigint): Map<string, Stock> =>
  new Map(
    items
      .filter(({ physical }) => physical)
      .map(({ sku }) => [sku, { initial, received: 0n, adjusted: 0n, shipped: 0n, allocated: 0n, held: 0n }]),
  );

/** How much of a reserved quantity lies at other sites; what is given free is taken from there first. */
export function fromElsewhere(line: AllocationLine, reserved: bigint): Record<string, string> {
  let left = reserved;
  const found: Record<string, string> = {};
  for (const [site, there] of line.elsewhere) {
    const share = there < left ? there : left;
    left -= share;
    if (share > 0n) found[site] = quantity(share);
  }
  return found;
}

const moveElsewhere = (line: AllocationLine, site: string | undefined, change: bigint): void => {
  if (site !== undefined && site !== HOME)
    line.elsewhere.set(site, (line.elsewhere.get(site) ?? 0n) + change);
};

function file<Document>(index: Map<string, Document[]>, key: string, document: Document): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, [document]);
  else known.push(document);
}

const allocatedBy = (house: Warehouse, sku: string, change: bigint, site = HOME) => {
  heldAt(house, site, sku).allocated += change;
};

const appliers: Record<string, (house: Warehouse, entry: never, at: string) => void> = {
  ...movements,
  "allocation-asked"(
    house,
    entry: Pick<Allocation, "id" | "reference" | "orderId" | "production" | "shipsFrom"> & { lines: Piece[] },
    at,
  ) {
    const { id, reference, orderId, production, shipsFrom } = entry;
    const lines = entry.lines.map(({ line, sku, quantity: asked }) => ({
      line,
      sku,
      asked: milli(asked),
      reserved: 0n,
      taken: 0n,
      released: 0n,
      missing: milli(asked),
      elsewhere: new Map<string, bigint>(),
    }));
    const allocation: Allocation = {
      id,
      reference,
      orderId,
      at,
      lines,
      ...(production === undefined ? {} : { production }),
      ...(shipsFrom === undefined ? {} : { shipsFrom }),
      handled: false,
      backordered: false,
    };
    house.allocations.set(id, allocation);
    file(house.allocationsOf, orderId, allocation);
    file(house.byReference, `allocation ${reference}`, allocation);
  },
  /** Quantities by line index, given from free stock. */
  allocated(
    house,
    entry: { id: string; given: { index: number; quantity: string; site?: string }[]; backordered: boolean },
  ) {
    const allocation = house.allocations.get(entry.id)!;
    allocation.handled = true;
    allocation.backordered = entry.backordered;
    for (const { index, quantity: text, site } of entry.given) {
      const line = allocation.lines[index]!;
      line.reserved += milli(text);
      line.missing -= milli(text);
      moveElsewhere(line, site, milli(text));
      allocatedBy(house, line.sku, milli(text), site);
    }
  },
  undone(
    house,
    entry: Undoing & {
      released?: Released[];
      shipOrders?: { id: string; returned: Take[]; freed: Piece[] }[];
      tombstone?: string;
      what: Undoing["kind"];
    },
    at,
  ) {
    const { id, reference, orderId, lines } = entry;
    const undoing: Undoing = { kind: entry.what, id, reference, orderId, at, lines, told: false };
    house.undoings.set(id, undoing);
    file(house.byReference, `${entry.what} ${reference}`, undoing);
    if (entry.tombstone !== undefined) house.tombstones.add(entry.tombstone);
    for (const part of entry.released ?? []) {
      const allocation = house.allocations.get(part.allocation)!;
      const line = allocation.lines[part.index]!;
      const reserved = milli(part.reserved);
      line.reserved -= reserved;
      line.missing -= milli(part.missing);
      line.released += reserved + milli(part.missing);
      let atHome = reserved;
      for (const [site, text] of Object.entries(part.elsewhere ?? {})) {
        atHome -= milli(text);
        moveElsewhere(line, site, -milli(text));
        allocatedBy(house, line.sku, -milli(text), site);
      }
      allocatedBy(house, line.sku, -atHome);
      if (allocation.lines.every(({ missing }) => missing === 0n)) allocation.backordered = false;
    }
    for (const { id: shipOrderId, returned, freed } of entry.shipOrders ?? []) {
      house.shipOrders.get(shipOrderId)!.cancelled = true;
      for (const take of returned) {
        const line = house.allocations.get(take.allocation)!.lines[take.index]!;
        line.taken -= milli(take.quantity);
        line.reserved += milli(take.quantity);
        moveElsewhere(line, take.site, milli(take.quantity));
      }
      for (const piece of freed) allocatedBy(house, piece.sku, -milli(piece.quantity));
    }
  },
  /** A plant took materials: what was set aside for it first, the rest from free stock. */
  "goods-issued"(house, entry: { id: string; reference: string; lines: Piece[]; takes: Take[] }) {
    house.issues.push(entry);
    for (const { sku, quantity: value } of entry.lines) house.stock.get(sku)!.adjusted -= milli(value);
    for (const { allocation, index, quantity: value } of entry.takes) {
      const line = house.allocations.get(allocation)!.lines[index]!;
      line.reserved -= milli(value);
      line.taken += milli(value);
      allocatedBy(house, line.sku, -milli(value));
    }
  },
  told(house, entry: { id: string }) {
    house.undoings.get(entry.id)!.told = true;
  },
  "ship-asked"(
    house,
    entry: Pick<ShipOrder, "id" | "reference" | "orderId" | "lines" | "parts" | "takes"> & {
      from?: string[];
      free: Piece[];
      joins?: Joined[];
    },
    at,
  ) {
    const { id, reference, orderId, lines, parts, takes } = entry;
    // What was written down before there were several sites names none.
    const { from = parts.map(() => HOME), joins = [] } = entry;
    const order: ShipOrder = {
      id,
      reference,
      orderId,
      at,
      lines,
      parts,
      from,
      takes,
      shipments: [],
      cancelled: false,
    };
    house.shipOrders.set(id, order);
    file(house.shipOrdersOf, orderId, order);
    file(house.byReference, `ship-order ${reference}`, order);
    for (const { shipOrder, part, pieces, takes: added } of joins) {
      const picking = house.shipOrders.get(shipOrder)!;
      picking.parts[part] = together([...picking.parts[part]!, ...pieces]);
      picking.takes.push(...added);
    }
    for (const take of [...takes, ...joins.flatMap((join) => join.takes)]) {
      const line = house.allocations.get(take.allocation)!.lines[take.index]!;
      line.reserved -= milli(take.quantity);
      line.taken += milli(take.quantity);
      moveElsewhere(line, take.site, -milli(take.quantity));
    }
    for (const piece of entry.free) allocatedBy(house, piece.sku, milli(piece.quantity));
  },
  picked(house, entry: { shipOrder: string; shipment: Omit<Shipment, "dispatchedAt"> }) {
    house.shipments += 1;
    house.shipOrders.get(entry.shipOrder)!.shipments.push({ ...entry.shipment, dispatchedAt: null });
  },
  /** `lots`: from which one an item was taken, where somebody at the terminal said so. */
  dispatched(
    house,
    entry: { shipOrder: string; shipmentId: string; lots?: Readonly<Record<string, string>> },
    at,
  ) {
    const order = house.shipOrders.get(entry.shipOrder)!;
    const shipment = order.shipments.find(({ shipmentId }) => shipmentId === entry.shipmentId)!;
    shipment.dispatchedAt = at;
    const site = order.from[shipment.part - 1];
    for (const { sku, quantity: text } of shipment.lines) {
      heldAt(house, site ?? HOME, sku).shipped += milli(text);
      allocatedBy(house, sku, -milli(text), site);
      const lot = house.lots.get(entry.lots?.[sku] ?? "");
      if (lot) lot.by.available = (lot.by.available ?? 0n) - milli(text);
    }
  },
  received(house, entry: { sku: string; quantity: string }) {
    house.stock.get(entry.sku)!.received += milli(entry.quantity);
  },
  adjusted(house, entry: { id: string; sku: string; delta: string; reason: string }, at) {
    house.adjustments.push({ ...entry, at });
    house.stock.get(entry.sku)!.adjusted += milli(entry.delta);
  },
  settings(
    house,
    entry: {
      settings: {
        split?: number;
        autoShip?: boolean;
        stock?: Record<string, string>;
        sites?: Record<string, Record<string, string>>;
      };
    },
  ) {
    const { stock, sites, ...rest } = entry.settings;
    Object.assign(house.settings, rest);
    for (const site of Object.keys(sites ?? {}))
      if (!house.sites.has(site)) house.sites.set(site, shelves(0n));
    for (const [site, levels] of Object.entries({ ...sites, [HOME]: stock ?? {} }))
      for (const [sku, level] of Object.entries(levels)) {
        const held = heldAt(house, site, sku);
        held.adjusted += milli(level) - onHand(held);
      }
  },
};

/** An SSCC of 18 digits: extension digit, company prefix 4098765, serial, and the GS1 check digit. */
export function sscc(serial: number): string {
  const digits = `0${"4098765"}${String(serial).padStart(9, "0")}`;
  const sum = [...digits].reduce(
    (total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1),
    0,
  );
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
