/**
 * Others who move our goods: a warehouse in Rotterdam by EDI (940, 945, 944), its carriers by EDI (214), a fulfilment platform by REST.
 *
 * Which customers they ship for is agreed; the warehouse of our own is told of none of their orders to ship, and frees what it had set
 * aside once the goods have left elsewhere. An order without a wanted day does not go to Rotterdam: their documents carry one.
 *
 * @covers SYS-19, SYS-22, SYS-23
 */
import { type Connection, ContractBroken, connection, flow, type Message } from "crossdock";
import { fulfilment, logistics, stock } from "crossdock/canon";
import { x12 as codec, envelope, partsOf } from "crossdock/codecs/x12";
import { file } from "crossdock/connectors/file";
import { http } from "crossdock/connectors/http";
import { type Mapped, x12 } from "crossdock/mappings/x12";
import { controlNumber } from "../distribution/control-number.ts";
import { documentAsJson, json } from "../distribution/formats.ts";
import { fromPiece, toPiece } from "../distribution/mappings/pieces.ts";
import type { Recipient } from "../distribution/recipients.ts";
import { at, type Folders, inbox, type Neighbourhood, type System } from "./neighbourhood.ts";

type House = Recipient<ShipOrder>;

export interface ThirdParties {
  /** The line of our own warehouse, as the distribution solution has it. */
  readonly wms: Connection;
  /** Both as the distribution solution has them, which hands them the orders to ship. */
  readonly rotterdam?: House;
  readonly carriers?: Pick<Folders, "from" | "pollMs">;
  readonly platform?: { readonly house: House; readonly webhookSecrets: readonly string[] };
}

/** What our own warehouse takes besides; handed to the distribution solution, which has its line. */
export const thirdPartyPaths = {
  [logistics.ShipmentDispatched.name]: { path: "/api/releases", reference: "id", compare: ["orderId"] },
} as const;

type ShipOrder = (typeof fulfilment.ShipOrder)["sample"];
type Dispatched = (typeof logistics.ShipmentDispatched)["sample"];

const WAREHOUSE = "WH-ROT";
const US = { qualifier: "ZZ", id: "MERIDIAN" };
const ROTTERDAM = { qualifier: "ZZ", id: "ROTLOG" };
/** The codes of AT701 the carriers use, as agreed with them. */
const STATUSES = { AF: "in-transit", D1: "delivered", X3: "picked-up", SD: "exception" };

export function thirdParties({ wms, rotterdam, carriers, platform }: ThirdParties): Neighbourhood {
  /** Houses that ship goods of their own; what others ship was moved to them. */
  const stocked = [...(rotterdam ? [rotterdam] : []), ...(platform ? [platform.house] : [])];
  const elsewhere = [...(rotterdam ? [WAREHOUSE] : []), ...(platform ? [PLATFORM] : [])];
  return {
    flows: [
      ...(rotterdam ? [rotterdamFlow(rotterdam), rotterdamTransfers(rotterdam)] : []),
      ...(carriers ? [carrierFlow(carriers)] : []),
      ...(platform ? [platformFlow(platform.house)] : []),
      flow("stock-freed-by-others")
        .on(logistics.ShipmentDispatched)
        .keep("our own warehouse has shipped it", ({ warehouse = "" }) => elsewhere.includes(warehouse))
        .lookUp(
          "customer of the order",
          ({ salesOrderId }) => [{ key: { type: "order", value: salesOrderId }, give: "customer" }],
          (about, [customer]) => ({ about, customer: customer ?? "" }),
        )
        .keep("what was set aside here was moved there and is here no longer", ({ customer }) =>
          stocked.some(({ serves }) => serves({ customer } as ShipOrder)),
        )
        .map(({ about }) => about)
        .map(toRelease)
        .deliver(wms, documentAsJson()),
    ],
    webhooks: platform && { fulfilment: { flow: "platform-shipments", secrets: platform.webhookSecrets } },
  } as Neighbourhood;
}

const toRelease = (about: Dispatched) => ({
  about,
  document: { orderId: about.salesOrderId, lines: about.lines.map(toPiece) },
});

function to940(about: ShipOrder) {
  const { salesOrderId, requestedDate, call = 1 } = about;
  if (requestedDate === undefined) {
    throw new ContractBroken(
      `The order ${salesOrderId} names no day it is wanted by, and Rotterdam ships none without.`,
      {
        facts: { field: "requestedDate", expected: "a day", found: "none" },
      },
    );
  }
  const { draft } = x12["940"].write(
    { contract: fulfilment.ShipOrder.name, data: about },
    { partner: "ROTLOG" },
  );
  // Sent again, it is the same document: number and stamp follow from the order.
  const control = {
    date: requestedDate,
    time: "00:00",
    controlNumber: controlNumber("ROTLOG", "940", salesOrderId, ...(call > 1 ? [String(call)] : [])),
  };
  return envelope({ sender: US, receiver: ROTTERDAM, ...control }, [draft]);
}

type Transferred = (typeof stock.StockTransferred)["sample"];

/** Says that goods are on their way there. */
function to943(about: Transferred) {
  const { draft } = x12["943"].write(
    { contract: stock.StockTransferred.name, data: about },
    { partner: "ROTLOG" },
  );
  const control = {
    date: about.transferredAt.slice(0, 10),
    time: about.transferredAt.slice(11, 16),
    controlNumber: controlNumber("ROTLOG", "943", about.transferId, about.movementId ?? ""),
  };
  return envelope({ sender: US, receiver: ROTTERDAM, ...control }, [draft]);
}

const rotterdamTransfers = ({ line }: House) =>
  flow("rotterdam-transfers")
    .on(stock.StockTransferred)
    .keep(
      "it does not go to Rotterdam, or is there already",
      ({ to, stage }) => to === WAREHOUSE && stage === "sent",
    )
    .map(to943)
    .deliver(line, codec());

/** The messages of one set; what breaks its contract is refused alone. */
const sound = ({ messages }: Mapped): Message[] =>
  messages.map((message) => {
    if (message instanceof ContractBroken) throw message;
    return message;
  });

const REPORTS = ["945", "944"] as const;
const isReport = (type: string): type is (typeof REPORTS)[number] =>
  (REPORTS as readonly string[]).includes(type);

/** The warehouse in Rotterdam, for the distribution solution. */
export const rotterdamHouse = ({
  customers,
  to,
  ...folders
}: Folders & { readonly customers: readonly string[] }): House => ({
  line: connection("threepl", file, {
    title: "Rotterdam warehouse",
    owner: "logistics",
    config: { ...inbox(folders), outbox: to },
  }),
  serves: ({ customer, warehouse }) => warehouse === WAREHOUSE || customers.includes(customer),
  write: to940,
  as: codec(),
});

const rotterdamFlow = ({ line }: House) =>
  flow("rotterdam-reports")
    .from(line)
    .decode(codec())
    // The same interchange under another file name is the same reports.
    .identify("interchange number", ({ interchanges: [only, ...more] }) =>
      only && more.length === 0 ? `${only.sender.id} ${only.controlNumber}` : null,
    )
    .split("transaction sets", partsOf)
    .keep("it says only that our document was read", ({ set }) => isReport(set.type))
    .publishAs([logistics.ShipmentDispatched, stock.GoodsReceived], ({ set, interchange }) =>
      sound(
        x12[set.type as (typeof REPORTS)[number]].read(set, { partner: "ROTLOG", warehouse: WAREHOUSE }),
      ).map((message) =>
        message.contract === stock.GoodsReceived.name ? timed(message, interchange) : message,
      ),
    );

/** A 944 names the day alone; goods of the day it was written on had come by the minute it was written. */
function timed(message: Message, { date, time }: { readonly date: string; readonly time: string }): Message {
  const data = message.data as (typeof stock.GoodsReceived)["sample"];
  const written = /^\d{4}-\d\d-\d\d$/.test(date) && /^\d\d:\d\d/.test(time);
  if (!written || !data.receivedAt.startsWith(`${date}T00:00`)) return message;
  return stock.GoodsReceived.of({ ...data, receivedAt: `${date}T${time.slice(0, 5)}:00Z` });
}

const carrierFlow = (folders: Pick<Folders, "from" | "pollMs">) =>
  flow("carrier-reports")
    .from(connection("carriers", file, { title: "Carriers", owner: "logistics", config: inbox(folders) }))
    .decode(codec())
    .split("transaction sets", partsOf)
    .keep("it is no report about a shipment", ({ set }) => set.type === "214")
    .publishAs([logistics.ShipmentStatusChanged], ({ set, interchange }) =>
      sound(x12["214"].read(set, { partner: interchange.sender.id, codes: STATUSES })),
    );

const PLATFORM = "platform";

interface Confirmed {
  readonly occurredAt: string;
  readonly displayableOrderId: string;
  readonly shipment: string;
  readonly carrierCode: string;
  readonly trackingNumber: string;
  readonly shipmentItems: readonly {
    readonly sellerOrderItemId: string;
    readonly sellerSku: string;
    readonly quantity: string;
  }[];
}

const toFulfilmentOrder = (about: ShipOrder) => ({
  displayableOrderId: about.salesOrderId,
  items: about.lines.map(toPiece).map(({ line, sku, quantity }) => ({
    sellerOrderItemId: String(line),
    sellerSku: sku,
    quantity,
  })),
  destination: about.shipTo ?? {},
});

const fromPlatform = (told: unknown): Dispatched => {
  const { displayableOrderId, shipment, carrierCode, trackingNumber, shipmentItems, occurredAt } =
    told as Confirmed;
  return {
    salesOrderId: displayableOrderId,
    shipmentId: shipment,
    warehouse: PLATFORM,
    carrier: carrierCode,
    trackingNumber,
    handlingUnits: [],
    lines: shipmentItems.map(({ sellerOrderItemId: line, sellerSku: sku, quantity }) =>
      fromPiece({ line, sku, quantity }),
    ),
    dispatchedAt: occurredAt,
  };
};

/** The fulfilment platform, for the distribution solution. */
export const platformHouse = ({
  customers,
  ...system
}: System & { readonly customers: readonly string[] }): House => ({
  line: connection("fulfilment", http, {
    title: "Fulfilment platform",
    owner: "logistics",
    config: { ...at(system), reference: "id", paths: { [fulfilment.ShipOrder.name]: "/fulfilment-orders" } },
  }),
  serves: ({ customer }) => customers.includes(customer),
  write: toFulfilmentOrder,
});

const platformFlow = ({ line }: House) =>
  flow("platform-shipments").from(line).decode(json).map(fromPlatform).publish(logistics.ShipmentDispatched);
