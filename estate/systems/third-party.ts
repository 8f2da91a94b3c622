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

/** Pieces per item that stand in Rotterdam on the first day. */
const FIRST_STOCK = 1_000_000n;

/** The warehouse `WH-ROT`: 940 in, 997, 945 and 944 out. */
export function threepl(tools: Tools): Trade {
  const orders = new Map<string, Dispatch>();
  const stock = new Map(items.filter(({ physical }) => physical).map(({ sku }) => [sku, FIRST_STOCK]));
  const receipts: Body[] = [];
  const complaints: string[] = [];
  let control = 0;

  const mailbox = readMailbox(
    join(tools.folder, "from-crossdock"),
    join(tools.folder, "received"),
    tools.up,
    (name, body) => {
      try {
        for (const { groups } of read(body))
          for (const group of groups) {
            for (const { segments } of group.sets.filter(({ code }) => code === "940")) take(segments);
            if (group.code === "OW")
              send("FA", "997", [
                ["AK1", "OW", group.control],
                ["AK9", "A", "1", "1", "1"],
              ]);
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
    if (orders.has(order)) return;
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
    tools.later(() => dispatch(orders.get(order)!));
  }

  function dispatch({ order, lines, shipment, sscc, dispatched }: Dispatch): void {
    if (dispatched !== null) return;
    const { day, time } = stamped(new Date());
    tools.commit({ kind: "dispatched", order, at: `${day}T${time}` });
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
        orders.set(given.order, { ...given });
      } else if (entry.kind === "dispatched") {
        const one = orders.get(entry.order as string)!;
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
      /** Goods of a supplier come in at Rotterdam. */
      receive(body) {
        const number = `RR-${1001 + receipts.length}`;
        const purchaseOrder = text(body, "purchaseOrder");
        const lines = list(body, "lines").map((line, at) => ({
          line: optionalText(line, "line") ?? String(at + 1),
          sku: text(line, "sku"),
          quantity: quantity(positiveQuantity(line, "quantity")),
        }));
        tools.commit({ kind: "received", receipt: { number, purchaseOrder, lines } });
        send("RE", "944", [
          ["W17", "F", stamped(new Date()).day, number],
          ["N1", "WH", "Rotterdam", "92", "WH-ROT"],
          ["N9", "PO", purchaseOrder],
          ...lines.flatMap(({ line, sku, quantity: pieces }): Segment[] => [
            ["W07", pieces, "EA", "", "VN", sku],
            ["N9", "LI", line],
          ]),
          ["W14", String(lines.length)],
        ]);
        return { number };
      },
    },
    settle: (body) => body,
    books: () => ({
      orders: [...orders.values()],
      receipts,
      stock: Object.fromEntries([...stock].map(([sku, pieces]) => [sku, quantity(pieces)])),
      complaints,
      sent: control,
    }),
    resume() {
      mailbox.start();
      for (const one of orders.values()) if (one.dispatched === null) tools.later(() => dispatch(one));
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
