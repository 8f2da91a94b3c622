/**
 * What the reading side is told about the words it finds in the memory: contracts, processes, titles of systems.
 *
 * The memory itself is readable without any of it; then names stand as they were written. `dock.definitions` fits
 * `Known` as it is, so faces pass it on. Nothing here reads a database.
 */
import type { Contract } from "../contracts/contract.ts";
import type { BusinessKey } from "../contracts/keys.ts";
import type { Process } from "../processes/process.ts";

export interface Known {
  readonly contracts: ReadonlyMap<string, Contract>;
  /** By `name@version`. */
  readonly processes: ReadonlyMap<string, Process>;
  readonly connections: ReadonlyMap<string, { readonly title: string; readonly owner: string }>;
}

export const NOTHING_KNOWN: Known = { contracts: new Map(), processes: new Map(), connections: new Map() };

/** How people call a system: the connection's title, or the name as it stands. */
export const systemTitle = (known: Known, name: string): string =>
  known.connections.get(name)?.title ?? (SOMEBODY.exec(name)?.[1] || sentence(name));

/** Sources that are people or machines with a name of their own: `person:maria`, `client:web-shop`. */
const SOMEBODY = /^(?:person|client):(.+)$/;

export const processOf = (known: Known, name: string, version: number): Process | undefined =>
  known.processes.get(`${name}@${version}`);

/** The newest version of each process, by name, in the order they were declared. */
export function newestProcesses(known: Known): Process[] {
  const newest = new Map<string, Process>();
  for (const process of known.processes.values()) {
    const { name, version } = process.header;
    if (version >= (newest.get(name)?.header.version ?? 0)) newest.set(name, process);
  }
  return [...newest.values()];
}

/** `sales.order-accepted` → "Order accepted"; `erp.post-sales-order` → "Post sales order". */
export function messageTitle(contract: string): string {
  return sentence(contract.slice(contract.indexOf(".") + 1));
}

/** What people call a kind of number. Types nobody named here are read as words: `taxDocument` → "Tax document". */
const KEY_WORDS: Readonly<Record<string, string>> = {
  order: "Order",
  customerReference: "Customer PO",
  sscc: "SSCC",
  asn: "Despatch advice",
  rma: "Return",
  ediControlNumber: "EDI control number",
  endToEndId: "End-to-end id",
  erpOrder: "ERP order",
  creditNote: "Credit note",
};

export function keyTitle(type: string): string {
  return KEY_WORDS[type] ?? sentence(type);
}

/** "order-to-cash" and "orderToCash" → "Order to cash"; well-known abbreviations stay in capitals. */
export function sentence(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[\s._-]+/)
    .filter(Boolean)
    .map((word) => (ABBREVIATIONS.has(word.toLowerCase()) ? word.toUpperCase() : word.toLowerCase()));
  const text = words.join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
const ABBREVIATIONS = new Set(["erp", "wms", "tms", "crm", "mes", "qms", "edi", "po", "id", "sku", "api"]);

/**
 * A sentence of the engine or a connector for people: names of contracts become their titles, `order/SO-1` its number, and what a
 * connector calls the other side the system it is, where one says which (`connection`).
 * "The other side refused erp.post-sales-order" → "ERP refused “post sales order”".
 */
export function plain(known: Known, text: string, connection?: string | null): string;
export function plain(known: Known, text: string | null, connection?: string | null): string | null;
export function plain(known: Known, text: string | null, connection: string | null = null): string | null {
  if (text === null) return null;
  return (
    connection === null
      ? text
      : text.replaceAll(/\b[Tt]he other side\b/g, () => systemTitle(known, connection))
  )
    .replaceAll(/\b(?:event:)?([a-z]+\.[a-z]+(?:-[a-z]+)+)\b/g, (whole, name: string) =>
      known.contracts.has(name) ? `“${messageTitle(name).toLowerCase()}”` : whole,
    )
    .replaceAll(BUSINESS_KEY, (_, type: string) => `${keyTitle(type).toLowerCase()} `);
}

/** A business thing as the engine names it, up to its number. */
const BUSINESS_KEY =
  /\b(order|productionOrder|purchaseOrder|shipment|delivery|invoice|payment|return|lot|requisition|transfer|position)\/(?=\S)/g;

/** Splits `order/SO-10045` at its first slash; a text without one is a value of no type. */
export function splitKey(key: string): BusinessKey {
  const slash = key.indexOf("/");
  return slash < 0 ? { type: "", value: key } : { type: key.slice(0, slash), value: key.slice(slash + 1) };
}

/**
 * Key types that name a partner, a thing or a place rather than one business document. Hundreds of documents share
 * them, so they are searchable but never tie two documents together.
 */
const SHARED_TYPES = new Set(
  [
    "customer",
    "supplier",
    "carrier",
    "item",
    "sku",
    "plant",
    "warehouse",
    "location",
    "workCentre",
    "account",
    "period",
  ].concat([
    "entity",
    "currency",
    "salesOrganisation",
    "costCentre",
    "buyer",
    "seller",
    "partner",
    "postingStatus",
    "channel",
  ]),
);

/** Whether a number of this type belongs to one business document and what follows from it. */
export const isStrong = (type: string): boolean => !SHARED_TYPES.has(type);
