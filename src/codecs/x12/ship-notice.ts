/**
 * Advance ship notices: X12 856 as plain business data, both ways.
 *
 * The 856 is a tree of HL loops joined by parent numbers: shipment, order, tare, pack, item, in several standard
 * arrangements. Reading climbs from each item to whatever stands above it, so every arrangement gives one shape; writing
 * uses shipment, order, pack, item (0001), or shipment, order, item (0004) where nothing is packed.
 */
import { ContractBroken } from "../../std/errors.ts";
import {
  type Loop,
  loopsOf,
  type Node,
  type Segment,
  segment,
  segmentNamed,
  segmentsNamed,
  textOf,
  type X12Set,
} from "./document.ts";
import { draft, type SetDraft } from "./draft.ts";
import {
  dateOf,
  descriptionOf,
  given,
  type ItemNumbers,
  itemNumbers,
  itemPairs,
  readParties,
  readReferences,
  skuOf,
  type TradeParty,
  type TradeReference,
  writeDate,
  writeDescription,
  writeParties,
  writeReferences,
} from "./parties.ts";
import { decimal, isoDate, needed, x12Date } from "./values.ts";

export interface ShippedItem {
  /** LIN01, or SN101. */
  readonly line?: string;
  readonly quantity: string;
  readonly uom: string;
  /** SN105/SN106: what was ordered, where the sender repeats it. */
  readonly quantityOrdered?: string;
  readonly sku: string;
  readonly numbers?: ItemNumbers;
  readonly description?: string;
  /** LIN LT: the lot. */
  readonly lot?: string;
}

export interface ShippedPack {
  /** The SSCC-18 without its application identifier, from MAN GM (20 digits with 00) or MAN AA. */
  readonly sscc?: string;
  /** The SSCC of the pallet the pack stands on. */
  readonly palletSscc?: string;
  readonly items: readonly ShippedItem[];
}

export interface ShippedOrder {
  readonly poNumber: string;
  readonly releaseNumber?: string;
  readonly poDate?: string;
  /** PRF06, or REF VN: the seller's number for the order. */
  readonly sellerOrderNumber?: string;
  readonly packs: readonly ShippedPack[];
  /** Items of this order that are in no pack. */
  readonly items?: readonly ShippedItem[];
}

export interface ShipNotice {
  /** BSN01: `00` original, `01` cancellation, `05` replace, `14` advance notification … */
  readonly purpose: string;
  /** BSN02. */
  readonly shipmentId: string;
  /** BSN03 (ISO) and BSN04 (HHMM…) as sent. */
  readonly date: string;
  readonly time: string;
  /** DTM 011. */
  readonly shippedOn?: string;
  /** DTM 017. */
  readonly deliverOn?: string;
  /** TD503 with TD502 = 2: the carrier's SCAC. */
  readonly carrier?: string;
  /** REF BM and REF CN. */
  readonly billOfLading?: string;
  readonly trackingNumber?: string;
  /** TD102, TD107, TD108. */
  readonly packages?: string;
  readonly weight?: string;
  readonly weightUom?: string;
  readonly parties?: readonly TradeParty[];
  readonly references?: readonly TradeReference[];
  readonly orders: readonly ShippedOrder[];
}

interface Level {
  readonly code: string;
  readonly parent: Level | undefined;
  readonly children: readonly Node[];
}

/**
 * Reads an 856.
 *
 * @throws {ContractBroken} when a number or date cannot be read, or an HL names a parent that is not there
 */
export function readShipNotice(set: X12Set): ShipNotice {
  const bsn = segmentNamed(set.body, "BSN");
  const levels = hierarchy(set);
  const shipment = levels.find(({ code }) => code === "S")?.children ?? [];
  const td1 = segmentNamed(shipment, "TD1");
  const references = readReferences(shipment);
  const parties = readParties(shipment);
  const referenced = (qualifier: string) =>
    references.find((reference) => reference.qualifier === qualifier)?.value;
  return {
    purpose: textOf(bsn, 1),
    shipmentId: textOf(bsn, 2),
    date: isoDate(textOf(bsn, 3)) ?? "",
    time: textOf(bsn, 4),
    ...given("shippedOn", dateOf(shipment, "011")),
    ...given("deliverOn", dateOf(shipment, "017")),
    ...given("carrier", carrierOf(shipment)),
    ...given("billOfLading", referenced("BM")),
    ...given("trackingNumber", referenced("CN")),
    ...given("packages", decimal(textOf(td1, 2))),
    ...given("weight", decimal(textOf(td1, 7))),
    ...given("weightUom", textOf(td1, 8)),
    ...(parties.length > 0 ? { parties } : {}),
    ...(references.length > 0 ? { references } : {}),
    orders: ordersOf(levels),
  };
}

function hierarchy(set: X12Set): Level[] {
  const byNumber = new Map<string, Level>();
  return loopsOf(set.body, "HL").map(({ children }: Loop) => {
    const hl = segmentNamed(children, "HL");
    const number = textOf(hl, 1);
    const named = textOf(hl, 2);
    const parent = byNumber.get(named);
    if (named !== "" && parent === undefined) {
      throw new ContractBroken(`HL ${number} names parent ${named}, and there is no HL ${named} before it.`, {
        facts: { segment: "HL", line: hl?.line ?? 0, expected: "the number of an earlier HL", found: named },
      });
    }
    const level: Level = { code: textOf(hl, 3), parent, children };
    byNumber.set(number, level);
    return level;
  });
}

function ordersOf(levels: readonly Level[]): ShippedOrder[] {
  interface Gathered {
    order: Omit<ShippedOrder, "packs" | "items">;
    packs: Map<Level, { sscc?: string; palletSscc?: string; items: ShippedItem[] }>;
    items: ShippedItem[];
  }
  const orders = new Map<string, Gathered>();
  const orderAt = (level: Level): Gathered => {
    // An item's own PRF counts too: some senders leave the order level out and repeat the order at each item.
    const named = above(level, ({ children }) => segmentNamed(children, "PRF") !== undefined);
    const prf = segmentNamed(named?.children ?? [], "PRF");
    const poNumber = textOf(prf, 1);
    const key = `${poNumber}/${textOf(prf, 2)}`;
    const known = orders.get(key);
    if (known) return known;
    const vendor = readReferences(named?.children ?? []).find(({ qualifier }) => qualifier === "VN")?.value;
    const gathered: Gathered = {
      order: {
        poNumber,
        ...given("releaseNumber", textOf(prf, 2)),
        ...given("poDate", isoDate(textOf(prf, 4))),
        ...given("sellerOrderNumber", textOf(prf, 6) || vendor),
      },
      packs: new Map(),
      items: [],
    };
    orders.set(key, gathered);
    return gathered;
  };
  // In the arrangement shipment, order, item, pack, an item stands above its packs; the first names its SSCC.
  const packsBelow = new Map<Level, Level>();
  for (const level of levels) {
    if (level.code === "P" && level.parent && !packsBelow.has(level.parent))
      packsBelow.set(level.parent, level);
  }
  for (const level of levels) {
    if (level.code === "O") orderAt(level);
    if (level.code !== "I") continue;
    const order = orderAt(level);
    const pack =
      above(level, ({ code }) => code === "P") ??
      above(level, ({ code }) => code === "T") ??
      packsBelow.get(level);
    if (!pack) {
      order.items.push(itemOf(level));
      continue;
    }
    const tare = pack.code === "T" ? undefined : above(pack, ({ code }) => code === "T");
    const packed = order.packs.get(pack) ?? {
      ...given("sscc", ssccOf(pack.children)),
      ...given("palletSscc", tare && ssccOf(tare.children)),
      items: [],
    };
    packed.items.push(itemOf(level));
    order.packs.set(pack, packed);
  }
  return [...orders.values()].map(({ order, packs, items }) => ({
    ...order,
    packs: [...packs.values()],
    ...(items.length > 0 ? { items } : {}),
  }));
}

function above(level: Level, test: (level: Level) => boolean): Level | undefined {
  for (let at: Level | undefined = level; at; at = at.parent) if (test(at)) return at;
  return undefined;
}

function itemOf({ children }: Level): ShippedItem {
  const lin = segmentNamed(children, "LIN");
  const sn1 = segmentNamed(children, "SN1");
  const numbers = itemNumbers(lin, 2);
  return {
    ...given("line", textOf(lin, 1) || textOf(sn1, 1)),
    quantity: needed(textOf(sn1, 2)),
    uom: textOf(sn1, 3),
    ...given("quantityOrdered", decimal(textOf(sn1, 5))),
    sku: skuOf(numbers),
    numbers,
    ...given("description", descriptionOf(children)),
    ...given("lot", numbers.LT),
  };
}

function ssccOf(children: readonly Node[]): string {
  const marks = segmentsNamed(children, "MAN");
  const mark = marks.find((man) => textOf(man, 1) === "GM") ?? marks.find((man) => textOf(man, 1) === "AA");
  const number = textOf(mark, 2)
    .replace(/^\(00\)/, "00")
    .trim();
  return /^00\d{18}$/.test(number) ? number.slice(2) : number;
}

const carrierOf = (shipment: readonly Node[]): string => {
  const td5 = segmentsNamed(shipment, "TD5").find((found) => textOf(found, 3) !== "");
  return textOf(td5, 3);
};

/** Writes an 856. */
export function writeShipNotice856(notice: ShipNotice): SetDraft {
  const packed = notice.orders.some(({ packs }) => packs.length > 0);
  const segments: Segment[] = [
    segment(
      "BSN",
      notice.purpose,
      notice.shipmentId,
      x12Date(notice.date),
      notice.time,
      packed ? "0001" : "0004",
    ),
  ];
  let levels = 0;
  const hl = (parent: number | undefined, code: string, ...content: readonly Segment[]): number => {
    levels += 1;
    segments.push(
      segment("HL", String(levels), parent === undefined ? "" : String(parent), code),
      ...content,
    );
    return levels;
  };
  const references = [...(notice.references ?? [])];
  const add = (qualifier: string, value: string | undefined) => {
    const there = references.some((reference) => reference.qualifier === qualifier);
    if (value !== undefined && !there) references.push({ qualifier, value });
  };
  add("BM", notice.billOfLading);
  add("CN", notice.trackingNumber);

  const shipment = hl(
    undefined,
    "S",
    ...(notice.packages !== undefined || notice.weight !== undefined
      ? [
          segment(
            "TD1",
            notice.packages === undefined ? "" : "CTN",
            notice.packages,
            "",
            "",
            "",
            notice.weight === undefined ? "" : "G",
            notice.weight,
            weightUnit(notice),
          ),
        ]
      : []),
    ...(notice.carrier === undefined ? [] : [segment("TD5", "", "2", notice.carrier)]),
    ...writeReferences(references),
    ...writeDate("011", notice.shippedOn),
    ...writeDate("017", notice.deliverOn),
    ...writeParties(notice.parties),
  );
  for (const order of notice.orders) {
    const date = order.poDate === undefined ? "" : x12Date(order.poDate);
    const above = hl(
      shipment,
      "O",
      segment("PRF", order.poNumber, order.releaseNumber, "", date, "", order.sellerOrderNumber),
    );
    for (const pack of order.packs) {
      let parent = above;
      if (pack.palletSscc !== undefined)
        parent = hl(above, "T", segment("MAN", "GM", `00${pack.palletSscc}`));
      const inside = hl(
        parent,
        "P",
        ...(pack.sscc === undefined ? [] : [segment("MAN", "GM", marked(pack.sscc))]),
      );
      for (const item of pack.items) hl(inside, "I", ...writeItem(item));
    }
    for (const item of order.items ?? []) hl(above, "I", ...writeItem(item));
  }
  segments.push(segment("CTT", String(levels)));
  return draft("856", segments);
}

/** MAN GM carries the application identifier 00 before the 18 digits. */
const marked = (sscc: string): string => (/^\d{18}$/.test(sscc) ? `00${sscc}` : sscc);

const writeItem = (item: ShippedItem): Segment[] => {
  const numbers = item.lot === undefined ? item.numbers : { ...item.numbers, LT: item.lot };
  return [
    segment("LIN", item.line, ...itemPairs(item.sku, numbers)),
    segment(
      "SN1",
      item.line,
      item.quantity,
      item.uom,
      "",
      item.quantityOrdered,
      item.quantityOrdered === undefined ? "" : item.uom,
    ),
    ...writeDescription(item.description),
  ];
};

/** A weight says its unit: which one it is cannot be guessed. */
function weightUnit({ weight, weightUom }: ShipNotice): string {
  if (weight === undefined) return "";
  if (weightUom !== undefined) return weightUom;
  throw new ContractBroken(`The weight ${weight} has no unit.`, {
    facts: { segment: "TD1", expected: "a unit of weight in TD108", found: "nothing" },
  });
}
