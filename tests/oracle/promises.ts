/**
 * I1 and I2: what a client holds a receipt for stands where it is owed, and once.
 */
import {
  atRest,
  type Booked,
  type Check,
  checks,
  hasEnded,
  isOfAnOrder,
  type Receipted,
  type Seen,
} from "./run.ts";

interface Content {
  readonly orderId?: string;
  readonly item?: string;
  readonly customer?: string;
  readonly entry?: string;
  readonly amount?: string;
  readonly count?: string;
}

const read = (content: string) => JSON.parse(content) as Content | readonly Content[];
const isBundle = (data: Content | readonly Content[]): data is readonly Content[] => Array.isArray(data);

/** The same message with the same content has one receipt, however often it came. */
function oneReceipt({ receipts }: Seen): string[] {
  const first = new Map<string, Receipted>();
  const found: string[] = [];
  for (const each of receipts) {
    // A document none of whose parts keeps its contract is not accepted; every copy of it is kept as it came.
    if (each.outcome === "conflict" || each.outcome === "quarantined") continue;
    const known = first.get(each.message);
    if (!known) first.set(each.message, each);
    else if (known.content !== each.content) found.push(`I2 ${each.message} was accepted with two contents.`);
    else if (known.receipt !== each.receipt)
      found.push(`I2 ${each.message} has two receipts, ${known.receipt} and ${each.receipt}.`);
  }
  return [...new Set(found)];
}

/** What a client holds a receipt for stands where it is owed, or was given up by a person. */
function lost(seen: Seen): string[] {
  const has = new Set([...seen.at("crm"), ...seen.at("shop")].map(({ body }) => body));
  const open = new Set(
    seen.deliveries
      .filter((each) => !hasEnded(each))
      .map(({ subject, connection }) => `${connection} ${subject}`),
  );
  return [...new Set(seen.promised.map(({ content }) => content))].flatMap((content) => {
    const data = read(content);
    if (has.has(content) || isBundle(data) || "entry" in data) return [];
    const where =
      data.customer !== undefined
        ? `crm customer/${data.customer}`
        : data.item === undefined
          ? `crm order/${data.orderId}`
          : `shop item/${data.item}`;
    return open.has(where) ? [] : [`I1 ${content} was accepted and never reached ${where}.`];
  });
}

/** Every part of a document that keeps its contract stands where it is owed. */
function lostParts(seen: Seen): string[] {
  const known = new Set(seen.at("crm").map(({ body }) => (read(body) as Content).orderId));
  const heard = new Set(seen.at("shop").map(({ body }) => body));
  return seen.receipts.flatMap(({ content, outcome }) => {
    const parts = read(content);
    if (!isBundle(parts) || outcome === "conflict") return [];
    return parts.flatMap((part) =>
      part.orderId !== undefined
        ? part.amount === "" || known.has(part.orderId)
          ? []
          : [`I1 ${part.orderId} of a bundle never reached the CRM.`]
        : part.count === undefined || heard.has(JSON.stringify(part))
          ? []
          : [`I1 count ${part.count} of ${part.item} was accepted and never reached the shop.`],
    );
  });
}

function lostEntries(seen: Seen): string[] {
  const booked = seen.at("ledger").filter((line) => !isOfAnOrder(line));
  const known = new Set(booked.map(({ body }) => (read(body) as Content).entry));
  return seen.promised.flatMap(({ content }) => {
    const data = read(content);
    return !isBundle(data) && data.entry !== undefined && !known.has(data.entry)
      ? [`I1 ${data.entry} was never booked.`]
      : [];
  });
}

/** What the dock says is done was done. */
function lostOnTheWay({ steps, orders, deliveries }: Seen): string[] {
  const waits = new Set(
    deliveries
      .filter(({ connection, status }) => connection === "ledger" && status !== "applied")
      .map(({ subject }) => subject),
  );
  return [...steps].flatMap(([order, lines]) => {
    const has = (contract: string) => lines.some((line) => line.contract === contract);
    return [
      ...(orders.get(order) === "completed" && !has("wms.ship-order")
        ? [`I1 ${order} is said to be completed and was never shipped.`]
        : []),
      ...(has("erp.post-order") && !has("erp.order-posted") && !waits.has(`order/${order}`)
        ? [`I1 the posting of ${order} never reached the ledger.`]
        : []),
    ];
  });
}

/** One delivery takes effect once; beyond what a searchable system declares it may be twice, and people are shown it. */
function doubled({ books, twice }: Seen): string[] {
  const times = new Map<string, number>();
  for (const { target, repeat, contract, subject, key } of books) {
    if (repeat === "searchable" && twice.includes(key)) continue;
    // By the whole key: among a million, two share its first six digits.
    const id = `${target} (${repeat}) booked ${contract} ${subject} under ${key}`;
    times.set(id, (times.get(id) ?? 0) + 1);
  }
  return [...times].filter(([, n]) => n > 1).map(([id, n]) => `I2 ${id} ${n} times.`);
}

/** Nothing is done for an order under two keys. */
function doubledUnderAnother({ steps }: Seen): string[] {
  return [...steps].flatMap(([order, lines]) =>
    [...Map.groupBy(lines, ({ contract }: Booked) => contract)].flatMap(([contract, of]) => {
      const keys = new Set(of.map(({ key }) => key));
      return keys.size > 1 ? [`I2 ${order} has ${contract} ${keys.size} times under different keys.`] : [];
    }),
  );
}

const ofBundles = ({ receipts }: Seen) => receipts.filter(({ content }) => isBundle(read(content))).length;
const ofEntries = ({ promised }: Seen) => promised.filter(({ content }) => "entry" in read(content)).length;

export const PROMISES: readonly Check[] = [
  ...checks("I1", {
    "what has a receipt stands where it is owed": [({ promised }) => promised.length, atRest(lost)],
    "so does every part of a document": [ofBundles, atRest(lostParts)],
    "so does every entry": [ofEntries, atRest(lostEntries)],
    "what is said to be done was done": [({ steps }) => steps.size, atRest(lostOnTheWay)],
  }),
  ...checks("I2", {
    "one message has one receipt": [({ receipts }) => receipts.length, oneReceipt],
    "one delivery takes effect once": [({ books }) => books.length, doubled],
    "nothing is done for an order under two keys": [({ steps }) => steps.size, doubledUnderAnother],
  }),
];
