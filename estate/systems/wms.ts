/**
 * The warehouse management system: allocations, releases, ship orders and their cancellations by REST, and what became
 * of them by webhook.
 *
 * It can be searched by reference but knows no uniqueness: the same POST twice books twice, on purpose. What must stay
 * true: nothing leaves that is not on hand, and everything that happens to an order is told once. This file is the door;
 * what happens inside is in `wms-allocating.ts` and `wms-shipping.ts`, what is kept in `warehouse.ts`.
 *
 * @covers SYS-18, SYS-20
 */
import { join } from "node:path";
import {
  type Answer,
  type Body,
  object,
  optionalText,
  positiveQuantity,
  Refusal,
  text,
} from "../kernel/call.ts";
import { milli, quantity } from "../kernel/decimal.ts";
import type { Tools, Trade } from "../kernel/station.ts";
import { fromElsewhere } from "./warehouse.ts";
import { available, onHand, type Stock } from "./warehouse-state.ts";
import { allocating } from "./wms-allocating.ts";
import { openFloor, shown } from "./wms-floor.ts";
import { lots, shownLots, takenFrom } from "./wms-lots.ts";
import { returning } from "./wms-returns.ts";
import { shipping } from "./wms-shipping.ts";
import { transferring } from "./wms-transferring.ts";

/** Entries that begin a document of their own. */
const COUNTED = new Set([
  "allocation-asked",
  "ship-asked",
  "undone",
  "goods-received",
  "receipt-corrected",
  "goods-issued",
  "status-asked",
  "transfer-asked",
  "adjusted",
]);

const shownStock = (stock: ReadonlyMap<string, Stock>) =>
  Object.fromEntries(
    [...stock].map(([sku, held]) => [
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
  );

export function wms(tools: Tools): Trade {
  const floor = openFloor(tools);
  const { house, number, tell } = floor;
  let scans = 0;
  const { askAllocation, allocate, fillBackorders, issue, release } = allocating(floor);
  const { receive, correctReceipt, changeStatus, routes, byHand } = lots(floor, fillBackorders);
  const back = returning(floor);
  const moving = transferring(floor);
  const { askShipping, pick, dispatch, handOver, cancelShipOrders } = shipping(floor);

  function move(body: Body, kind: "received" | "adjusted") {
    const sku = text(body, "sku");
    if (!house.stock.has(sku)) throw new Refusal(404, "ITEM_UNKNOWN", `The warehouse keeps no item ${sku}.`);
    if (kind === "received") {
      tools.commit({ kind, sku, quantity: quantity(positiveQuantity(body, "quantity")) });
    } else {
      const delta = quantity(milli(body.delta, "delta"));
      const reason = optionalText(body, "reason") || "count";
      const adjustmentId = number("AD");
      tools.commit({ kind, id: adjustmentId, sku, delta, reason });
      tools.webhook(sku, {
        type: "stock.adjusted",
        orderId: sku,
        lines: [],
        warehouse: "WH-LYO",
        adjustmentId,
        sku,
        delta,
        reason,
      });
    }
    tools.later(fillBackorders);
    return stockOf(sku);
  }

  /** A pallet is scanned where it stands now; scanners speak EPCIS, into a folder. */
  function movePallet(body: Body) {
    const [sscc, from, to] = ["sscc", "from", "to"].map((field) => text(body, field)) as [
      string,
      string,
      string,
    ];
    const at = new Date().toISOString();
    scans += 1;
    const place = (name: string) => ({ id: `https://id.meridian.example/place/${name}` });
    const event = {
      type: "ObjectEvent",
      eventTime: at,
      eventTimeZoneOffset: "+00:00",
      action: "OBSERVE",
      bizStep: "storing",
      epcList: [`https://id.gs1.org/00/${sscc}`],
      readPoint: place(from),
      bizLocation: place(to),
    };
    const document = {
      "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
      type: "EPCISDocument",
      schemaVersion: "2.0",
      creationDate: at,
      epcisBody: { eventList: [event] },
    };
    tools.drop(`${at.replace(/[^\d]/g, "")}-${scans}.json`, JSON.stringify(document));
    return { sscc, at: to };
  }

  /** One order as the house has it now: what is set aside, and what has left. */
  function statusOf(orderId: string) {
    const allocations = house.allocationsOf.get(orderId) ?? [];
    const orders = house.shipOrdersOf.get(orderId) ?? [];
    if (allocations.length + orders.length === 0) return [];
    const shipments = orders.flatMap((order) =>
      order.shipments
        .filter(({ dispatchedAt }) => dispatchedAt !== null)
        .map((shipment) => ({ ...shipment, reference: order.reference, parts: order.parts.length })),
    );
    return [{ orderId, allocations: allocations.map(shown), shipments }];
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

  const movementsOf = (sku: string) => ({
    adjustments: house.adjustments.filter((one) => one.sku === sku),
    transfers: house.transfers.filter((one) => one.sku === sku && one.sentAt !== null),
  });

  const collections: Record<string, { kind: string; post: (body: Body) => Answer }> = {
    allocations: { kind: "allocation", post: askAllocation },
    releases: { kind: "release", post: release },
    "ship-orders": { kind: "ship-order", post: askShipping },
    "ship-order-cancellations": { kind: "cancellation", post: cancelShipOrders },
  };

  return {
    apply(entry, at) {
      if (back.apply(entry)) return;
      if (COUNTED.has(entry.kind)) floor.documents += 1;
      house.apply(entry, at);
    },
    routes: [
      ...back.routes,
      ...routes,
      { method: "POST", path: /^\/api\/goods-receipts$/, handle: ({ body }) => receive(body) },
      { method: "POST", path: /^\/api\/receipt-corrections$/, handle: ({ body }) => correctReceipt(body) },
      { method: "POST", path: /^\/api\/goods-issues$/, handle: ({ body }) => issue(body) },
      { method: "POST", path: /^\/api\/stock-status-changes$/, handle: ({ body }) => changeStatus(body) },
      { method: "POST", path: /^\/api\/transfers$/, handle: ({ body }) => moving.askTransfer(body) },
      {
        method: "GET",
        path: /^\/api\/(?<what>goods-receipts|receipt-corrections|goods-issues|stock-status-changes|transfers)$/,
        handle: ({ params, query }) => {
          const kept = {
            "goods-receipts": house.receipts,
            "receipt-corrections": house.corrections,
            "goods-issues": house.issues,
            "stock-status-changes": house.statusChanges,
            transfers: house.transfers,
          };
          const all = kept[params.what as keyof typeof kept];
          const ids = query.get("ids")?.split(",");
          if (ids !== undefined && params.what === "transfers") {
            const left = house.transfers.filter(({ sentAt }) => sentAt !== null);
            return {
              status: 200,
              body: { items: left.filter(({ transferId }) => ids.includes(transferId)) },
            };
          }
          return {
            status: 200,
            body: { items: all.filter(({ reference }) => reference === query.get("reference")) },
          };
        },
      },
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
        path: /^\/api\/orders$/,
        handle: ({ query }) => {
          const ids = (query.get("ids") ?? "").split(",").filter(Boolean);
          if (ids.length === 0) throw new Refusal(400, "INVALID_FIELD", "Say which: ?ids=SO-1,SO-2");
          return { status: 200, body: { items: ids.flatMap((id) => statusOf(id)) } };
        },
      },
      {
        method: "GET",
        path: /^\/api\/stock$/,
        handle: ({ query }) => {
          const asked = query.get("skus");
          const wanted = asked?.split(",") ?? [query.get("sku")].filter((sku) => sku !== null);
          const skus = [...house.stock.keys()].filter((one) => wanted.length === 0 || wanted.includes(one));
          // Of items that are named it says as well what it changed by itself, and what it sent elsewhere.
          const all = skus.map((sku) => ({ ...stockOf(sku), ...(asked === null ? {} : movementsOf(sku)) }));
          return { status: 200, body: { items: all } };
        },
      },
    ],
    acts: {
      "return-goods": back.take,
      /** Goods at the door: of a purchase order, counted. */
      "receive-goods": (body) => receive({ reference: `door-${house.receipts.length + 1}`, ...body }).body,
      "receive-stock": (body) => move(body, "received"),
      "adjust-stock": (body) => move(body, "adjusted"),
      "move-pallet": movePallet,
      /** Somebody at the terminal frees what was set aside for an order, and tells nobody. */
      "by-hand": (body) => {
        if (body.orderId === undefined) {
          byHand(body);
          return {};
        }
        const orderId = text(body, "orderId");
        const released = (house.allocationsOf.get(orderId) ?? []).flatMap(({ id, lines }) =>
          lines.map((line, index) => ({
            allocation: id,
            index,
            reserved: quantity(line.reserved),
            missing: quantity(line.missing),
            elsewhere: fromElsewhere(line, line.reserved),
          })),
        );
        const reference = `by hand ${floor.documents}`;
        tools.commit({
          kind: "undone",
          what: "release",
          id: floor.number("RL"),
          reference,
          orderId,
          lines: [],
          released,
        });
        return { orderId, released: released.length };
      },
      dispatch: (body) => {
        const orders = house.shipOrdersOf.get(text(body, "orderId")) ?? [];
        const site = optionalText(body, "site");
        const pieces = optionalText(body, "pieces");
        const asked = orders.flatMap(({ parts }) => parts.flat()).map((piece) => milli(piece.quantity));
        const there = asked.reduce((sum, piece) => sum + piece, 0n);
        if (pieces !== undefined && there < milli(pieces))
          throw new Refusal(409, "NOT_YET", `Of ${pieces} pieces ${quantity(there)} are ordered out so far.`);
        for (const { id } of orders) tools.later(() => pick(id, site));
        return { shipOrders: orders.map(({ id }) => id) };
      },
    },
    settle(body) {
      const {
        split,
        autoShip,
        stock: _,
        sites: __,
        loseStatusChanges,
        losesChangesTo,
        takesFrom,
        ...unknown
      } = body;
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
      const levelsOf = (told: Body) =>
        Object.fromEntries(
          Object.entries(told).map(([sku, level]) => {
            if (!house.stock.has(sku))
              throw new Refusal(404, "ITEM_UNKNOWN", `The warehouse keeps no item ${sku}.`);
            return [sku, quantity(milli(level, `The stock of ${sku}`))] as const;
          }),
        );
      const stock = levelsOf(object(body, "stock"));
      const places = object(body, "sites");
      const sites = Object.fromEntries(
        Object.keys(places).map((site) => [site, levelsOf(object(places, site))] as const),
      );
      if (Object.keys({ ...stock, ...sites }).length > 0) tools.later(fillBackorders);
      return {
        ...(split === undefined ? {} : { split }),
        ...(autoShip === undefined ? {} : { autoShip }),
        ...(typeof loseStatusChanges === "number" ? { loseStatusChanges } : {}),
        ...(typeof losesChangesTo === "string" ? { losesChangesTo } : {}),
        ...(takesFrom === undefined ? {} : { takesFrom: takenFrom(house, object(body, "takesFrom")) }),
        stock,
        ...(Object.keys(sites).length === 0 ? {} : { sites }),
      };
    },
    books: () => ({
      stock: shownStock(house.stock),
      sites: Object.fromEntries([...house.sites].map(([site, stock]) => [site, shownStock(stock)])),
      ...back.books(),
      lots: shownLots(house),
      goodsReceipts: house.receipts,
      receiptCorrections: house.corrections,
      goodsIssues: house.issues,
      statusChanges: house.statusChanges,
      transfers: house.transfers,
      allocations: [...house.allocations.values()].map(shown),
      shipOrders: [...house.shipOrders.values()].map(shown),
      releases: [...house.undoings.values()].filter(({ kind }) => kind === "release").map(shown),
      cancellations: [...house.undoings.values()].filter(({ kind }) => kind === "cancellation").map(shown),
      settings: house.settings,
    }),
    resume() {
      moving.resume();
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
    dropFolder: join(tools.folder, "scans"),
    refusal: () => new Refusal(422, "LOCATION_BLOCKED", "The storage location is blocked for counting."),
  };
}
