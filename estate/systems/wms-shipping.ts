/**
 * Ship orders and their cancellations: goods taken, picked, dispatched and handed to the carrier.
 *
 * What must stay true: a ship order takes from its order's allocations first and from free stock only what is there,
 * its shipments add up to its lines, and what has left cannot be cancelled. What lies at another site leaves from there as a
 * shipment of its own; what is added to an order while that site still picks leaves with it.
 */
import { type Answer, type Body, optionalText, Refusal, text } from "../kernel/call.ts";
import { milli, quantity } from "../kernel/decimal.ts";
import { sscc } from "./warehouse.ts";
import { available, HOME, type Joined, type Shipment, type ShipOrder, type Take } from "./warehouse-state.ts";
import { type Floor, least, shown } from "./wms-floor.ts";
import { cut, lessThe, type Piece, together } from "./wms-pieces.ts";

export function shipping(floor: Floor) {
  const { tools, house, number, pieces, tell } = floor;

  function askShipping(body: Body): Answer {
    const reference = text(body, "reference");
    const orderId = text(body, "orderId");
    if (house.tombstones.has(`ship-order ${reference}`)) {
      throw new Refusal(409, "CANCELLED_BEFORE", `The ship order ${reference} was cancelled before it came.`);
    }
    const lines = pieces(body);
    const takes: Take[] = [];
    const free: Piece[] = [];
    const taken = new Map<string, bigint>();
    const freed = new Map<string, bigint>();
    for (const piece of lines) {
      let owed = milli(piece.quantity);
      for (const allocation of house.allocationsOf.get(orderId) ?? []) {
        allocation.lines.forEach((line, index) => {
          if (line.sku !== piece.sku || line.line !== piece.line) return;
          const away = [...line.elsewhere.values()].reduce((sum, there) => sum + there, 0n);
          for (const [site, there] of [[HOME, line.reserved - away] as const, ...line.elsewhere]) {
            const place = `${allocation.id} ${index} ${site}`;
            const share = least(owed, there - (taken.get(place) ?? 0n));
            if (share <= 0n) continue;
            owed -= share;
            taken.set(place, (taken.get(place) ?? 0n) + share);
            const take = { allocation: allocation.id, index, quantity: quantity(share) };
            takes.push(site === HOME ? take : { ...take, site });
          }
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
    const away = takes.filter(({ site }) => site !== undefined);
    const joins: Joined[] = [];
    const parts = cut(lessThe(lines, away.map(pieceOf)), house.settings.split);
    const from = parts.map(() => HOME);
    for (const [site, there] of Map.groupBy(away, (take) => take.site!)) {
      const pieces = there.map(pieceOf);
      const picking = stillPicked(orderId, site);
      if (picking) joins.push({ ...picking, pieces, takes: there });
      else {
        parts.push(pieces);
        from.push(site);
      }
    }
    const joined = new Set(joins.flatMap((join) => join.takes));
    tools.commit({
      kind: "ship-asked",
      id,
      reference,
      orderId,
      lines,
      parts,
      from,
      joins,
      free,
      takes: takes.filter((take) => !joined.has(take)),
    });
    if (house.settings.autoShip) tools.later(() => pick(id));
    return { status: 201, body: shown(house.shipOrders.get(id)!) };
  }

  const pieceOf = ({ allocation, index, quantity: text }: Take): Piece => {
    const { line, sku } = house.allocations.get(allocation)!.lines[index]!;
    return { line, sku, quantity: text };
  };

  /** The part of an earlier ship order that a site has not taken off its shelves yet. */
  function stillPicked(orderId: string, site: string): { shipOrder: string; part: number } | undefined {
    for (const order of house.shipOrdersOf.get(orderId) ?? []) {
      const part = order.cancelled ? -1 : nextOf(order, site);
      if (part >= 0) return { shipOrder: order.id, part };
    }
    return undefined;
  }

  /** `site`: only what leaves from there. */
  function pick(id: string, site?: string): void {
    const order = house.shipOrders.get(id)!;
    const part = nextOf(order, site);
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
    tools.later(() => dispatch(id, shipmentId, site));
  }

  function dispatch(id: string, shipmentId: string, site?: string): void {
    const order = house.shipOrders.get(id)!;
    const shipment = order.shipments.find((one) => one.shipmentId === shipmentId)!;
    if (order.cancelled || shipment.dispatchedAt !== null) return;
    const { takesFrom } = house.settings;
    tools.commit({ kind: "dispatched", shipOrder: id, shipmentId, ...(takesFrom && { lots: takesFrom }) });
    const { orderId, reference } = order;
    const warehouse = order.from[shipment.part - 1];
    tools.webhook(orderId, {
      type: "shipment.dispatched",
      orderId,
      reference,
      shipmentId,
      ...(warehouse === HOME ? {} : { warehouse }),
      part: shipment.part,
      parts: order.parts.length,
      lines: shipment.lines,
      outstanding: undispatched(order),
      handlingUnits: shipment.handlingUnits,
    });
    tools.later(() => handOver(order, shipment), 0);
    if (order.shipments.length < order.parts.length) tools.later(() => pick(id, site));
  }

  /** The carrier's driver signs for the goods. */
  function handOver({ orderId }: ShipOrder, { shipmentId }: Shipment): void {
    tools.ask("tms", "hand-over", { orderId, shipmentId });
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

  return { askShipping, pick, dispatch, handOver, cancelShipOrders };
}

/** The next part of a ship order that nobody has picked; -1 when there is none. */
const nextOf = ({ parts, from, shipments }: ShipOrder, site?: string): number =>
  parts.findIndex(
    (_, at) => !shipments.some(({ part }) => part === at + 1) && (site === undefined || from[at] === site),
  );

/** What of a ship order is still in the house. */
const undispatched = (order: ShipOrder): Piece[] =>
  lessThe(
    together(order.parts.flat()),
    order.shipments.flatMap(({ dispatchedAt, lines }) => (dispatchedAt === null ? [] : lines)),
  );
