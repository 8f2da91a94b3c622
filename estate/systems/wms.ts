/**
 * The warehouse management system: allocations, releases, ship orders and their cancellations by REST, and what became
 * of them by webhook.
 *
 * It can be searched by reference but knows no uniqueness: the same POST twice books twice, on purpose. What must stay
 * true: nothing leaves that is not on hand, and everything that happens to an order is told once.
 */
import {
  type Answer,
  type Body,
  list,
  object,
  optionalText,
  positiveQuantity,
  Refusal,
  text,
} from "../kernel/call.ts";
import { milli, quantity } from "../kernel/decimal.ts";
import type { Tools, Trade } from "../kernel/station.ts";
import {
  type Allocation,
  available,
  cut,
  onHand,
  openWarehouse,
  type Piece,
  type Shipment,
  type ShipOrder,
  sscc,
  type Take,
} from "./warehouse.ts";

const least = (one: bigint, other: bigint) => (one < other ? one : other);

export function wms(tools: Tools): Trade {
  const house = openWarehouse();
  let documents = 0;

  const number = (prefix: string) => `${prefix}-${1001 + documents}`;

  function pieces(body: Body): Piece[] {
    return list(body, "lines").map((line) => {
      const sku = text(line, "sku");
      if (!house.stock.has(sku))
        throw new Refusal(422, "ITEM_UNKNOWN", `The warehouse keeps no item ${sku}.`, { sku });
      return { line: line.line, sku, quantity: quantity(positiveQuantity(line, "quantity")) };
    });
  }

  // --- allocations -------------------------------------------------------------------------------------------------

  function askAllocation(body: Body): Answer {
    const reference = text(body, "reference");
    if (house.tombstones.has(`allocation ${reference}`)) {
      throw new Refusal(409, "RELEASED_BEFORE", `The allocation ${reference} was released before it came.`);
    }
    const id = number("AL");
    tools.commit({
      kind: "allocation-asked",
      id,
      reference,
      orderId: text(body, "orderId"),
      lines: pieces(body),
    });
    tools.later(() => allocate(id));
    return { status: 201, body: shown(house.allocations.get(id)!) };
  }

  /** Gives an allocation what is free, and tells what it got and what is missing. */
  function allocate(id: string): void {
    const allocation = house.allocations.get(id)!;
    const free = new Map<string, bigint>();
    const given: { index: number; quantity: string }[] = [];
    allocation.lines.forEach((line, index) => {
      const left = free.get(line.sku) ?? available(house.stock.get(line.sku)!);
      const share = least(line.missing, left);
      if (share <= 0n) return;
      free.set(line.sku, left - share);
      given.push({ index, quantity: quantity(share) });
    });
    const short = allocation.lines.filter(
      (line, index) => line.missing > milli(given.find((part) => part.index === index)?.quantity ?? "0"),
    );
    const tellShort = short.length > 0 && !allocation.backordered;
    if (given.length === 0 && !tellShort) return;
    tools.commit({ kind: "allocated", id, given, backordered: short.length > 0 });
    const { reference, orderId, lines } = allocation;
    if (given.length > 0) {
      tools.webhook(orderId, {
        type: "stock.allocated",
        orderId,
        reference,
        allocationId: id,
        lines: given.map(({ index, quantity: share }) => ({
          line: lines[index]!.line,
          sku: lines[index]!.sku,
          quantity: share,
          ...(lines[index]!.missing > 0n ? { shortfall: quantity(lines[index]!.missing) } : {}),
        })),
      });
    }
    if (tellShort) {
      tools.webhook(orderId, {
        type: "order.backordered",
        orderId,
        reference,
        allocationId: id,
        lines: short.map((line) => ({
          line: line.line,
          sku: line.sku,
          quantity: quantity(line.asked),
          allocated: quantity(line.reserved + line.taken),
          shortfall: quantity(line.missing),
        })),
      });
    }
  }

  function fillBackorders(): void {
    for (const { id, backordered } of house.allocations.values()) if (backordered) allocate(id);
  }

  // --- undoing -----------------------------------------------------------------------------------------------------

  function release(body: Body): Answer {
    const reference = text(body, "reference");
    const orderId = text(body, "orderId");
    const allocationReference = optionalText(body, "allocationReference");
    const candidates = (house.allocationsOf.get(orderId) ?? []).filter(
      (allocation) => allocationReference === undefined || allocation.reference === allocationReference,
    );
    const wanted = body.lines === undefined ? undefined : pieces(body);
    const left = new Map<string, bigint>();
    for (const piece of wanted ?? []) {
      const key = `${piece.line} ${piece.sku}`;
      left.set(key, (left.get(key) ?? 0n) + milli(piece.quantity));
    }
    const released: { allocation: string; index: number; reserved: string; missing: string }[] = [];
    const lines: Piece[] = [];
    for (const allocation of candidates) {
      allocation.lines.forEach((line, index) => {
        const key = `${line.line} ${line.sku}`;
        const most = wanted === undefined ? line.missing + line.reserved : (left.get(key) ?? 0n);
        const missing = least(line.missing, most);
        const reserved = least(line.reserved, most - missing);
        const total = missing + reserved;
        if (total === 0n) return;
        left.set(key, most - total);
        released.push({
          allocation: allocation.id,
          index,
          reserved: quantity(reserved),
          missing: quantity(missing),
        });
        lines.push({ line: line.line, sku: line.sku, quantity: quantity(total) });
      });
    }
    const unknown = allocationReference !== undefined && candidates.length === 0;
    const id = number("RL");
    tools.commit({
      kind: "undone",
      what: "release",
      id,
      reference,
      orderId,
      lines,
      released,
      ...(unknown ? { tombstone: `allocation ${allocationReference}` } : {}),
    });
    tools.later(() => tell(id));
    tools.later(fillBackorders);
    return { status: 201, body: shown(house.undoings.get(id)!) };
  }

  function cancelShipOrders(body: Body): Answer {
    const reference = text(body, "reference");
    const orderId = text(body, "orderId");
    const shipOrderReference = optionalText(body, "shipOrderReference");
    const candidates = (house.shipOrdersOf.get(orderId) ?? []).filter(
      (order) => shipOrderReference === undefined || order.reference === shipOrderReference,
    );
    const open = candidates.filter((order) => !order.cancelled && undispatched(order).length > 0);
    if (candidates.some(({ cancelled }) => !cancelled) && open.length === 0) {
      throw new Refusal(409, "ALREADY_DISPATCHED", `Everything of order ${orderId} has left the warehouse.`);
    }
    const shipOrders = open.map((order) => {
      const rest = undispatched(order);
      const { returned, freed } = giveBack(order, rest);
      return { id: order.id, returned, freed, rest };
    });
    const unknown = shipOrderReference !== undefined && candidates.length === 0;
    const id = number("CX");
    tools.commit({
      kind: "undone",
      what: "cancellation",
      id,
      reference,
      orderId,
      lines: shipOrders.flatMap(({ rest }) => rest),
      shipOrders: shipOrders.map(({ rest: _, ...effects }) => effects),
      ...(unknown ? { tombstone: `ship-order ${shipOrderReference}` } : {}),
    });
    tools.later(() => tell(id));
    return { status: 201, body: shown(house.undoings.get(id)!) };
  }

  /** What of a ship order goes back to its allocations, and what was free stock before and is so again. */
  function giveBack(order: ShipOrder, rest: readonly Piece[]): { returned: Take[]; freed: Piece[] } {
    const returned: Take[] = [];
    const freed: Piece[] = [];
    const left = order.takes.map((take) => milli(take.quantity));
    for (const piece of rest) {
      let owed = milli(piece.quantity);
      for (let index = order.takes.length - 1; index >= 0; index -= 1) {
        const take = order.takes[index]!;
        const line = house.allocations.get(take.allocation)!.lines[take.index]!;
        if (line.sku !== piece.sku || line.line !== piece.line) continue;
        const back = least(owed, left[index]!);
        if (back === 0n) continue;
        left[index]! -= back;
        owed -= back;
        returned.push({ ...take, quantity: quantity(back) });
      }
      if (owed > 0n) freed.push({ ...piece, quantity: quantity(owed) });
    }
    return { returned, freed };
  }

  function tell(id: string): void {
    const undoing = house.undoings.get(id)!;
    if (undoing.told) return;
    tools.commit({ kind: "told", id });
    const { orderId, reference, lines, kind } = undoing;
    const type = kind === "release" ? "allocation.released" : "shipment.cancelled";
    tools.webhook(orderId, { type, orderId, reference, lines });
  }

  // --- shipping ----------------------------------------------------------------------------------------------------

  function askShipping(body: Body): Answer {
    const reference = text(body, "reference");
    const orderId = text(body, "orderId");
    if (house.tombstones.has(`ship-order ${reference}`)) {
      throw new Refusal(409, "CANCELLED_BEFORE", `The ship order ${reference} was cancelled before it came.`);
    }
    const lines = pieces(body);
    const takes: Take[] = [];
    const free: Piece[] = [];
    const taken = new Map<object, bigint>();
    const freed = new Map<string, bigint>();
    for (const piece of lines) {
      let owed = milli(piece.quantity);
      for (const allocation of house.allocationsOf.get(orderId) ?? []) {
        allocation.lines.forEach((line, index) => {
          if (line.sku !== piece.sku || line.line !== piece.line) return;
          const share = least(owed, line.reserved - (taken.get(line) ?? 0n));
          if (share <= 0n) return;
          owed -= share;
          taken.set(line, (taken.get(line) ?? 0n) + share);
          takes.push({ allocation: allocation.id, index, quantity: quantity(share) });
        });
      }
      if (owed === 0n) continue;
      const left = available(house.stock.get(piece.sku)!) - (freed.get(piece.sku) ?? 0n);
      if (left < owed) {
        throw new Refusal(
          409,
          "INSUFFICIENT_STOCK",
          `Order ${orderId}: ${quantity(owed)} of ${piece.sku} is neither allocated nor free (free: ${quantity(left)}).`,
          { sku: piece.sku },
        );
      }
      freed.set(piece.sku, (freed.get(piece.sku) ?? 0n) + owed);
      free.push({ ...piece, quantity: quantity(owed) });
    }
    const id = number("DO");
    const parts = cut(lines, house.settings.split);
    tools.commit({ kind: "ship-asked", id, reference, orderId, lines, parts, takes, free });
    if (house.settings.autoShip) tools.later(() => pick(id));
    return { status: 201, body: shown(house.shipOrders.get(id)!) };
  }

  function pick(id: string): void {
    const order = house.shipOrders.get(id)!;
    const part = order.shipments.length;
    const lines = order.parts[part];
    if (order.cancelled || lines === undefined) return;
    const shipmentId = `SH-${1001 + house.shipments}`;
    const handlingUnits = [{ sscc: sscc(house.shipments + 1), lines }];
    tools.commit({
      kind: "picked",
      shipOrder: id,
      shipment: { shipmentId, part: part + 1, lines, handlingUnits },
    });
    const { orderId, reference } = order;
    tools.webhook(orderId, { type: "goods.picked", orderId, reference, shipmentId, lines, handlingUnits });
    tools.later(() => dispatch(id, shipmentId));
  }

  function dispatch(id: string, shipmentId: string): void {
    const order = house.shipOrders.get(id)!;
    const shipment = order.shipments.find((one) => one.shipmentId === shipmentId)!;
    if (order.cancelled || shipment.dispatchedAt !== null) return;
    tools.commit({ kind: "dispatched", shipOrder: id, shipmentId });
    const { orderId, reference } = order;
    tools.webhook(orderId, {
      type: "shipment.dispatched",
      orderId,
      reference,
      shipmentId,
      part: shipment.part,
      parts: order.parts.length,
      lines: shipment.lines,
      outstanding: undispatched(order),
      handlingUnits: shipment.handlingUnits,
    });
    tools.later(() => handOver(order, shipment), 0);
    if (order.shipments.length < order.parts.length) tools.later(() => pick(id));
  }

  /** The carrier's driver signs for the goods. */
  function handOver({ orderId }: ShipOrder, { shipmentId }: Shipment): void {
    tools.ask("tms", "hand-over", { orderId, shipmentId });
  }

  // --- stock -------------------------------------------------------------------------------------------------------

  function move(body: Body, kind: "received" | "adjusted") {
    const sku = text(body, "sku");
    if (!house.stock.has(sku)) throw new Refusal(404, "ITEM_UNKNOWN", `The warehouse keeps no item ${sku}.`);
    if (kind === "received") {
      tools.commit({ kind, sku, quantity: quantity(positiveQuantity(body, "quantity")) });
    } else {
      tools.commit({
        kind,
        sku,
        delta: quantity(milli(body.delta, "delta")),
        reason: optionalText(body, "reason") ?? "",
      });
    }
    tools.later(fillBackorders);
    return stockOf(sku);
  }

  const stockOf = (sku: string) => {
    const held = house.stock.get(sku)!;
    return {
      sku,
      onHand: quantity(onHand(held)),
      allocated: quantity(held.allocated),
      available: quantity(available(held)),
    };
  };

  const collections: Record<string, { kind: string; post: (body: Body) => Answer }> = {
    allocations: { kind: "allocation", post: askAllocation },
    releases: { kind: "release", post: release },
    "ship-orders": { kind: "ship-order", post: askShipping },
    "ship-order-cancellations": { kind: "cancellation", post: cancelShipOrders },
  };

  return {
    apply(entry, at) {
      if (entry.kind === "allocation-asked" || entry.kind === "ship-asked" || entry.kind === "undone")
        documents += 1;
      house.apply(entry, at);
    },
    routes: [
      ...Object.entries(collections).flatMap(([name, { kind, post }]) => [
        {
          method: "POST",
          path: new RegExp(`^/api/${name}$`),
          handle: ({ body }: { body: Body }) => post(body),
        },
        {
          method: "GET",
          path: new RegExp(`^/api/${name}$`),
          handle: ({ query }: { query: URLSearchParams }) => {
            const reference = query.get("reference");
            if (reference === null) throw new Refusal(400, "INVALID_FIELD", "Say which: ?reference=…");
            return {
              status: 200,
              body: { items: (house.byReference.get(`${kind} ${reference}`) ?? []).map(shown) },
            };
          },
        },
      ]),
      {
        method: "GET",
        path: /^\/api\/stock$/,
        handle: ({ query }) => {
          const sku = query.get("sku");
          const skus = [...house.stock.keys()].filter((one) => sku === null || one === sku);
          return { status: 200, body: { items: skus.map(stockOf) } };
        },
      },
    ],
    acts: {
      "receive-stock": (body) => move(body, "received"),
      "adjust-stock": (body) => move(body, "adjusted"),
      dispatch: (body) => {
        const orders = house.shipOrdersOf.get(text(body, "orderId")) ?? [];
        for (const { id } of orders) tools.later(() => pick(id));
        return { shipOrders: orders.map(({ id }) => id) };
      },
    },
    settle(body) {
      const { split, autoShip, stock: _, ...unknown } = body;
      const [stranger] = Object.keys(unknown);
      if (stranger !== undefined)
        throw new Refusal(400, "NO_SUCH_SETTING", `The WMS has no setting ${stranger}.`);
      if (
        split !== undefined &&
        !(Number.isInteger(split) && (split as number) >= 1 && (split as number) <= 20)
      ) {
        throw new Refusal(400, "INVALID_FIELD", "split is a whole number from 1 to 20.");
      }
      if (autoShip !== undefined && typeof autoShip !== "boolean") {
        throw new Refusal(400, "INVALID_FIELD", "autoShip is true or false.");
      }
      const levels = Object.entries(object(body, "stock")).map(([sku, level]) => {
        if (!house.stock.has(sku))
          throw new Refusal(404, "ITEM_UNKNOWN", `The warehouse keeps no item ${sku}.`);
        return [sku, quantity(milli(level, `The stock of ${sku}`))] as const;
      });
      if (levels.length > 0) tools.later(fillBackorders);
      return {
        ...(split === undefined ? {} : { split }),
        ...(autoShip === undefined ? {} : { autoShip }),
        stock: Object.fromEntries(levels),
      };
    },
    books: () => ({
      stock: Object.fromEntries(
        [...house.stock].map(([sku, held]) => [
          sku,
          {
            initial: quantity(held.initial),
            received: quantity(held.received),
            adjusted: quantity(held.adjusted),
            shipped: quantity(held.shipped),
            onHand: quantity(onHand(held)),
            allocated: quantity(held.allocated),
          },
        ]),
      ),
      allocations: [...house.allocations.values()].map(shown),
      shipOrders: [...house.shipOrders.values()].map(shown),
      releases: [...house.undoings.values()].filter(({ kind }) => kind === "release").map(shown),
      cancellations: [...house.undoings.values()].filter(({ kind }) => kind === "cancellation").map(shown),
      settings: house.settings,
    }),
    resume() {
      for (const { id, handled } of house.allocations.values()) if (!handled) tools.later(() => allocate(id));
      for (const { id, told } of house.undoings.values()) if (!told) tools.later(() => tell(id));
      for (const order of house.shipOrders.values()) {
        for (const shipment of order.shipments) {
          if (shipment.dispatchedAt === null) tools.later(() => dispatch(order.id, shipment.shipmentId));
          else handOver(order, shipment);
        }
        const last = order.shipments.at(-1);
        if (house.settings.autoShip && last?.dispatchedAt !== null) tools.later(() => pick(order.id));
      }
    },
    dialect: ({ status, code, message, facts }) => ({
      status,
      body: { error: { code, message, ...facts } },
    }),
    refusal: () => new Refusal(422, "LOCATION_BLOCKED", "The storage location is blocked for counting."),
  };
}

/** What of a ship order is still in the house. */
function undispatched(order: ShipOrder): Piece[] {
  const gone = new Map<string, bigint>();
  for (const { dispatchedAt, lines } of order.shipments) {
    if (dispatchedAt === null) continue;
    for (const { line, sku, quantity: text } of lines) {
      gone.set(`${line} ${sku}`, (gone.get(`${line} ${sku}`) ?? 0n) + milli(text));
    }
  }
  return order.lines.flatMap((piece) => {
    const left = milli(piece.quantity) - (gone.get(`${piece.line} ${piece.sku}`) ?? 0n);
    return left > 0n ? [{ ...piece, quantity: quantity(left) }] : [];
  });
}

/** A document as it is answered and kept in the books: quantities as text. */
function shown(document: object): Record<string, unknown> {
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
