/**
 * Others who move our goods: a warehouse in Rotterdam by EDI, carriers who report by EDI, a fulfilment platform by REST and webhook.
 *
 * What must stay true: a shipping order is carried out once, whatever comes twice; stock on hand is what came in less what went out; a
 * document that cannot be read, or that asks for goods that are not there, is a complaint and moves nothing.
 *
 * @covers SYS-19, SYS-22, SYS-23
 */
import { join } from "node:path";
import {
  type Body,
  list,
  object,
  optionalText,
  positiveQuantity,
  problemDetails,
  Refusal,
  text,
} from "../kernel/call.ts";
import { milli, quantity } from "../kernel/decimal.ts";
import { desk } from "../kernel/desk.ts";
import { readMailbox } from "../kernel/mailbox.ts";
import type { Tools, Trade } from "../kernel/station.ts";
import { items } from "./goods.ts";
import { read, type Segment, stamped, written } from "./x12.ts";

interface Piece {
  readonly line: string;
  readonly sku: string;
  readonly quantity: string;
}
interface Dispatch {
  readonly order: string;
  readonly customer: string;
  readonly lines: readonly Piece[];
  readonly shipment: string;
  readonly sscc: string;
  dispatched: string | null;
}

interface Announced {
  readonly transfer: string;
  readonly lines: readonly Piece[];
  arrived: boolean;
}

/** Pieces per item that stand in Rotterdam on the first day. */
const FIRST_STOCK = 1_000_000n;

/** The warehouse `WH-ROT`: 940 and 943 in, 997, 945 and 944 out. */
export function threepl(tools: Tools): Trade {
  const orders = new Map<string, Dispatch>();
  const stock = new Map(items.filter(({ physical }) => physical).map(({ sku }) => [sku, FIRST_STOCK]));
  const receipts: Body[] = [];
  const complaints: string[] = [];
  /** Interchanges taken, by their control numbers: the same one again is the same documents. */
  const taken = new Set<string>();
  /** Transfers announced by a 943, and how many pieces of the next one got lost on the road (setting `arriveShort`). */
  const announced: Announced[] = [];
  let arriveShort = 0n;
  /** Their line is away: what we send stays unread (setting `offline`). */
  let offline = false;
  let control = 0;

  const mailbox = readMailbox(
    join(tools.folder, "from-crossdock"),
    join(tools.folder, "received"),
    () => tools.up() && !offline,
    (name, body) => {
      try {
        for (const { groups, control: number } of read(body)) {
          const again = taken.has(number);
          if (!again) tools.commit({ kind: "interchange", number });
          for (const group of groups) {
            for (const { code, segments } of again ? [] : group.sets) {
              if (code === "940") take(segments);
              if (code === "943") expect(segments);
            }
            if (group.code === "OW" || group.code === "AR")
              send("FA", "997", [
                ["AK1", group.code, group.control],
                ["AK9", "A", "1", "1", "1"],
              ]);
          }
        }
      } catch (problem) {
        tools.commit({ kind: "complaint", sentence: `${name}: ${(problem as Error).message}` });
      }
    },
  );

  function send(code: string, set: string, segments: readonly Segment[]): void {
    tools.commit({ kind: "sent", control: control + 1 });
    const name = `${set}-${String(control).padStart(6, "0")}.edi`;
    tools.drop(name, written(code, control, new Date(), [{ code: set, segments }], "ROTLOG"));
  }

  function take(segments: readonly Segment[]): void {
    const find = (tag: string, qualifier?: string) =>
      segments.find(([name, first]) => name === tag && (qualifier === undefined || first === qualifier));
    const order = find("W05")?.[2] ?? "";
    const lines: Piece[] = segments.flatMap((segment, at) => {
      if (segment[0] !== "W01") return [];
      const marked = segment.findIndex((element) => element === "VN");
      const line = segments.slice(at + 1).find(([name, first]) => name === "N9" && first === "LI")?.[2];
      return [{ line: line ?? String(at), sku: segment[marked + 1] ?? "", quantity: segment[1] ?? "0" }];
    });
    const short = lines.find(({ sku, quantity: pieces }) => (stock.get(sku) ?? 0n) < milli(pieces));
    if (order === "" || lines.length === 0 || short !== undefined) {
      const why = short
        ? `of ${short.sku} there is less than ${short.quantity}`
        : "it names no order or no goods";
      tools.commit({ kind: "complaint", sentence: `The order ${order} is not shipped: ${why}.` });
      return;
    }
    const number = 1001 + orders.size;
    const shipment = `RT-${number}`;
    tools.commit({
      kind: "ordered",
      dispatch: {
        order,
        customer: find("N9", "CU")?.[2] ?? "",
        lines,
        shipment,
        sscc: `34012345000000${number}`,
        dispatched: null,
      },
    });
    tools.later(() => dispatch(orders.get(shipment)!));
  }

  /** A 943: goods are on their way here; the truck comes, and they are counted. */
  function expect(segments: readonly Segment[]): void {
    const [, , transfer = ""] = segments.find(([name]) => name === "W06") ?? [];
    const lines: Piece[] = segments.flatMap((segment) => {
      if (segment[0] !== "W04") return [];
      const marked = segment.findIndex((element) => element === "VN");
      return [{ line: "1", sku: segment[marked + 1] ?? "", quantity: segment[1] ?? "0" }];
    });
    if (transfer === "" || lines.length === 0) {
      tools.commit({ kind: "complaint", sentence: `The transfer ${transfer} names no goods.` });
      return;
    }
    const at = announced.length;
    tools.commit({ kind: "announced", transfer, lines });
    tools.later(() => arrive(at));
  }

  function arrive(at: number): void {
    const { transfer, lines, arrived } = announced[at]!;
    if (arrived) return;
    let missing = arriveShort;
    const counted = lines.flatMap((line) => {
      const lost = missing < milli(line.quantity) ? missing : milli(line.quantity);
      missing -= lost;
      const there = milli(line.quantity) - lost;
      return there > 0n ? [{ ...line, quantity: quantity(there) }] : [];
    });
    tools.commit({ kind: "arrived", at });
    if (counted.length > 0) receive({ transfer, lines: counted });
  }

  /** Counts what came in, and says so by a 944. */
  function receive({ lines, ...of }: { lines: Piece[]; purchaseOrder?: string; transfer?: string }): string {
    const number = `RR-${1001 + receipts.length}`;
    tools.commit({ kind: "received", receipt: { number, ...of, lines } });
    send("RE", "944", [
      ["W17", "F", stamped(new Date()).day, number, of.transfer ?? ""],
      ["N1", "WH", "Rotterdam", "92", "WH-ROT"],
      ...(of.purchaseOrder === undefined ? [] : [["N9", "PO", of.purchaseOrder]]),
      ...lines.flatMap(({ line, sku, quantity: pieces }): Segment[] => [
        ["W07", pieces, "EA", "", "VN", sku],
        ["N9", "LI", line],
      ]),
      ["W14", String(lines.length)],
    ]);
    return number;
  }

  function dispatch({ order, lines, shipment, sscc, dispatched }: Dispatch): void {
    if (dispatched !== null) return;
    const { day, time } = stamped(new Date());
    tools.commit({ kind: "dispatched", shipment, at: `${day}T${time}` });
    send("SW", "945", [
      ["W06", "F", order, day, shipment],
      ["N1", "WH", "Rotterdam", "92", "WH-ROT"],
      ["N9", "CN", `TRK-${shipment}`],
      ["G62", "11", day, "X", time],
      ["W27", "M", "RHEX", "Rhine Express"],
      ["LX", "1"],
      ...lines.flatMap(({ line, sku, quantity: pieces }): Segment[] => [
        ["W12", "CL", pieces, pieces, "", "EA", "", "VN", sku],
        ["N9", "LI", line],
      ]),
      ["LX", "2"],
      ["MAN", "GM", sscc],
    ]);
    tools.ask("carrier", "collect", { order, shipment });
  }

  return {
    apply(entry) {
      if (entry.kind === "sent") control = entry.control as number;
      else if (entry.kind === "complaint") complaints.push(entry.sentence as string);
      else if (entry.kind === "ordered") {
        const given = entry.dispatch as Dispatch;
        orders.set(given.shipment, { ...given });
      } else if (entry.kind === "interchange") taken.add(entry.number as string);
      else if (entry.kind === "announced") {
        const { transfer, lines } = entry as unknown as Announced;
        announced.push({ transfer, lines, arrived: false });
      } else if (entry.kind === "arrived") {
        announced[entry.at as number]!.arrived = true;
        arriveShort = 0n;
      } else if (entry.kind === "settings") {
        const {
          stock: levels = {},
          arriveShort: short,
          offline: away = offline,
        } = entry.settings as { stock?: Record<string, string>; arriveShort?: string; offline?: boolean };
        offline = away;
        for (const [sku, level] of Object.entries(levels)) stock.set(sku, milli(level));
        if (short !== undefined) arriveShort = milli(short);
      } else if (entry.kind === "dispatched") {
        const one = orders.get(entry.shipment as string)!;
        one.dispatched = entry.at as string;
        for (const { sku, quantity: pieces } of one.lines) stock.set(sku, stock.get(sku)! - milli(pieces));
      } else if (entry.kind === "received") {
        const receipt = entry.receipt as { lines: Piece[] };
        receipts.push(receipt as unknown as Body);
        for (const { sku, quantity: pieces } of receipt.lines)
          stock.set(sku, (stock.get(sku) ?? 0n) + milli(pieces));
      }
    },
    routes: [],
    acts: {
      /** Goods of a supplier come in at Rotterdam, or what was missing of a transfer. */
      receive(body) {
        const transfer = optionalText(body, "transfer");
        const of = transfer === undefined ? { purchaseOrder: text(body, "purchaseOrder") } : { transfer };
        const lines = list(body, "lines").map((line, at) => ({
          line: optionalText(line, "line") ?? String(at + 1),
          sku: text(line, "sku"),
          quantity: quantity(positiveQuantity(line, "quantity")),
        }));
        return { number: receive({ ...of, lines }) };
      },
    },
    /** `stock: {sku: pieces}`; `arriveShort: n`: so many of the next transfer get lost on the road; `offline`. */
    settle: (body) => ({
      ...(typeof body.offline === "boolean" ? { offline: body.offline } : {}),
      stock: Object.fromEntries(
        Object.entries(object(body, "stock")).map(([sku, level]) => {
          if (!stock.has(sku)) throw new Refusal(404, "ITEM_UNKNOWN", `Rotterdam keeps no item ${sku}.`);
          return [sku, quantity(milli(level, `The stock of ${sku}`))];
        }),
      ),
      ...(body.arriveShort === undefined
        ? {}
        : { arriveShort: quantity(milli(body.arriveShort, "arriveShort")) }),
    }),
    books: () => ({
      orders: [...orders.values()],
      receipts,
      transfers: announced,
      stock: Object.fromEntries([...stock].map(([sku, pieces]) => [sku, quantity(pieces)])),
      complaints,
      sent: control,
    }),
    resume() {
      mailbox.start();
      for (const one of orders.values()) if (one.dispatched === null) tools.later(() => dispatch(one));
      announced.forEach(({ arrived }, at) => {
        if (!arrived) tools.later(() => arrive(at));
      });
    },
    dialect: problemDetails,
    refusal: () => new Refusal(422, "REFUSED", "Rotterdam takes files only."),
    dropFolder: join(tools.folder, "to-crossdock"),
    stop: () => mailbox.stop(),
  };
}

const CODES = [
  ["AF", "in transit"],
  ["D1", "delivered"],
] as const;

/** Carriers of Rotterdam's goods: a 214 when they leave and when they arrive. */
export function carrier(tools: Tools): Trade {
  const consignments = new Map<string, { order: string; shipment: string; told: string[] }>();
  let control = 0;

  function tell(shipment: string, at: number): void {
    const { order, told } = consignments.get(shipment)!;
    const [code, status] = CODES[at]!;
    if (told.includes(status)) return;
    const { day, time } = stamped(new Date());
    tools.commit({ kind: "told", shipment, status, control: control + 1 });
    const segments: Segment[] = [
      ["B10", `TRK-${shipment}`, order, "RHEX"],
      ["L11", shipment, "SI"],
      ["LX", "1"],
      ["AT7", code, "NS", "", "", day, time, "UT"],
      ["MS1", "Rotterdam", "", "NL"],
    ];
    const name = `214-${String(control).padStart(6, "0")}.edi`;
    tools.drop(name, written("QM", control, new Date(), [{ code: "214", segments }], "RHEX"));
    if (at + 1 < CODES.length) tools.later(() => tell(shipment, at + 1));
  }

  return {
    apply(entry) {
      if (entry.kind === "collected") {
        const { order, shipment } = entry as unknown as { order: string; shipment: string };
        consignments.set(shipment, { order, shipment, told: [] });
      } else if (entry.kind === "told") {
        control = entry.control as number;
        consignments.get(entry.shipment as string)!.told.push(entry.status as string);
      }
    },
    routes: [],
    acts: {
      collect(body) {
        const shipment = text(body, "shipment");
        if (consignments.has(shipment)) return {};
        tools.commit({ kind: "collected", shipment, order: text(body, "order") });
        tools.later(() => tell(shipment, 0));
        return {};
      },
    },
    settle: (body) => body,
    books: () => ({ consignments: [...consignments.values()] }),
    resume() {
      for (const { shipment, told } of consignments.values())
        if (told.length < CODES.length) tools.later(() => tell(shipment, told.length));
    },
    dialect: problemDetails,
    refusal: () => new Refusal(422, "REFUSED", "Carriers send files only."),
    dropFolder: join(tools.folder, "to-crossdock"),
  };
}

/** A platform that picks and ships what a marketplace sold: `POST /fulfilment-orders`, webhook `shipment.confirmed`. */
export const fulfilment = (tools: Tools): Trade =>
  desk(tools, ({ tell, change }) => ({
    collections: {
      "fulfilment-orders": {
        prefix: "FO",
        check: (body) => ({
          displayableOrderId: text(body, "displayableOrderId"),
          items: list(body, "items").map((item) => ({
            sellerOrderItemId: text(item, "sellerOrderItemId"),
            sellerSku: text(item, "sellerSku"),
            quantity: quantity(positiveQuantity(item, "quantity")),
          })),
          destination: object(body, "destination"),
          status: "received",
        }),
        taken(order) {
          change("fulfilment-orders", order.number, { status: "complete" });
          tell(order.displayableOrderId as string, {
            type: "shipment.confirmed",
            displayableOrderId: order.displayableOrderId,
            shipment: `FBM-${order.number}`,
            carrierCode: "PARCELS",
            trackingNumber: `TRK-${order.number}`,
            shipmentItems: order.items,
          });
        },
      },
    },
  }));
