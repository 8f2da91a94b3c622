/**
 * Allocations and releases: stock set aside for an order or a plant, taken by the plant, or given free again.
 *
 * What must stay true: no more is set aside than is on hand, what is missing is told once as a backorder and filled
 * first come first served, and a release frees only what no ship order has taken.
 */
import { type Answer, type Body, optionalText, Refusal, text } from "../kernel/call.ts";
import { milli, quantity } from "../kernel/decimal.ts";
import { fromElsewhere } from "./warehouse.ts";
import { available, HOME, heldAt, type Released, type Take } from "./warehouse-state.ts";
import { type Floor, least, shown } from "./wms-floor.ts";
import type { Piece } from "./wms-pieces.ts";

export function allocating(floor: Floor) {
  const { tools, house, number, pieces, tell } = floor;

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
      ...(body.shipsFrom === undefined ? {} : { shipsFrom: text(body, "shipsFrom") }),
      ...(body.purpose === "production"
        ? { production: body.salesOrder === undefined ? {} : { salesOrder: text(body, "salesOrder") } }
        : {}),
    });
    tools.later(() => allocate(id));
    return { status: 201, body: shown(house.allocations.get(id)!) };
  }

  /** Gives an allocation what is free, and tells what it got and what is missing. */
  function allocate(id: string): void {
    const allocation = house.allocations.get(id)!;
    const free = new Map<string, bigint>();
    const given: { index: number; quantity: string; site?: string }[] = [];
    // A plant takes from its own site; an order gets from another what the first does not have.
    const sites = [HOME, ...(allocation.production === undefined ? house.sites.keys() : [])];
    const missing = allocation.lines.map((line, index) =>
      sites.reduce((wanted, site) => {
        const place = `${site} ${line.sku}`;
        const left = free.get(place) ?? available(heldAt(house, site, line.sku));
        const share = least(wanted, left);
        if (share <= 0n) return wanted;
        free.set(place, left - share);
        given.push({ index, quantity: quantity(share), ...(site === HOME ? {} : { site }) });
        return wanted - share;
      }, line.missing),
    );
    const short = allocation.lines.filter((_, index) => missing[index]! > 0n);
    const tellShort = short.length > 0 && !allocation.backordered;
    if (given.length === 0 && !tellShort) return;
    tools.commit({ kind: "allocated", id, given, backordered: short.length > 0 });
    const { reference, orderId, lines, production } = allocation;
    if (production !== undefined) {
      tools.webhook(orderId, {
        type: "components.reserved",
        orderId,
        reference,
        reservationId: id,
        warehouse: "WH-LYO",
        ...production,
        lines: lines.map(({ line, sku, reserved, taken, missing }) => ({
          line,
          sku,
          quantity: quantity(reserved + taken),
          ...(missing > 0n ? { shortfall: quantity(missing) } : {}),
        })),
      });
      return;
    }
    const { takesFrom = {} } = house.settings;
    const parts = given.map((part) => ({ ...part, lot: takesFrom[lines[part.index]!.sku] }));
    for (const together of Map.groupBy(parts, ({ site, lot }) => `${site} ${lot}`).values()) {
      const { site, lot } = together[0]!;
      tools.webhook(orderId, {
        type: "stock.allocated",
        orderId,
        reference,
        allocationId: id,
        ...(site === undefined ? {} : { warehouse: site }),
        ...(lot === undefined ? {} : { lot }),
        lines: together.map(({ index, quantity: share }) => ({
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
        ...(allocation.shipsFrom === undefined ? {} : { shipsFrom: allocation.shipsFrom }),
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

  /** Takes materials out for a plant's report: first what is set aside for its order, then what is free. */
  function issue(body: Body): Answer {
    const reference = text(body, "reference");
    const orderId = text(body, "orderId");
    const lines = pieces(body);
    const takes: Take[] = [];
    for (const { sku, quantity: asked } of lines) {
      let left = milli(asked);
      for (const allocation of house.allocationsOf.get(orderId) ?? [])
        allocation.lines.forEach((line, index) => {
          const share = line.sku === sku ? least(line.reserved, left) : 0n;
          if (share <= 0n) return;
          left -= share;
          takes.push({ allocation: allocation.id, index, quantity: quantity(share) });
        });
      const free = available(house.stock.get(sku)!);
      if (left > free)
        throw new Refusal(
          409,
          "NOT_ON_HAND",
          `Of ${sku} ${quantity(free)} are free, ${quantity(left)} asked.`,
        );
    }
    const id = number("GI");
    tools.commit({ kind: "goods-issued", id, reference, orderId, lines, takes });
    return { status: 201, body: { id, reference, orderId, lines } };
  }

  function fillBackorders(): void {
    for (const { id, backordered } of house.allocations.values()) if (backordered) allocate(id);
  }

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
    const released: Released[] = [];
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
          elsewhere: fromElsewhere(line, reserved),
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

  return { askAllocation, allocate, fillBackorders, issue, release };
}
