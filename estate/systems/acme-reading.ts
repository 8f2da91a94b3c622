/**
 * How ACME reads what Meridian sends: 855, 856, 810 and 997, each into the few facts ACME keeps.
 *
 * What must stay true: a document ACME cannot make sense of is an error with a reason, never half a fact.
 */
import { cents, extended, milli, money, quantity } from "../kernel/decimal.ts";
import type { Said, SaidLine } from "./acme-books.ts";
import { type Group, paired, type Segment, type TransactionSet } from "./x12.ts";

/** Everything a functional group says. */
export function heard(group: Group): Said[] {
  return group.sets.map((set) => {
    if (set.code === "855") return response(set);
    if (set.code === "856") return shipment(set);
    if (set.code === "810") return invoice(set);
    if (set.code === "997") return acknowledgement(set);
    return { what: "other", code: set.code };
  });
}

function must(set: TransactionSet, name: string, element: number): string {
  const value = set.segments.find((segment) => segment[0] === name)?.[element];
  if (value === undefined || value === "") {
    throw new Error(`${set.code} ${set.control}: ${name}${String(element).padStart(2, "0")} is missing.`);
  }
  return value;
}

function skuOf(set: TransactionSet, segment: Segment, from: number): string {
  const sku = paired(segment, from, "VP", "VN", "BP");
  if (sku === undefined)
    throw new Error(`${set.code} ${set.control}: ${segment.join("*")} names no item (VP).`);
  return sku;
}

const amountText = (text: string) => quantity(milli(text, "A quantity"));

function response(set: TransactionSet): Said {
  const lines: SaidLine[] = [];
  for (const segment of set.segments) {
    if (segment[0] === "PO1") {
      lines.push({
        line: segment[1] ?? "",
        sku: skuOf(set, segment, 6),
        quantity: amountText(segment[2] ?? ""),
        unit: segment[3] ?? "EA",
        ...(segment[4] ? { price: segment[4] } : {}),
      });
    } else if (segment[0] === "ACK" && lines.length > 0) {
      const last = lines.pop()!;
      lines.push({
        ...last,
        status: segment[1] ?? "",
        ...(segment[2] ? { quantity: amountText(segment[2]) } : {}),
      });
    }
  }
  return { what: "response", type: must(set, "BAK", 2), poNumber: must(set, "BAK", 3), lines };
}

function shipment(set: TransactionSet): Said {
  const lines: SaidLine[] = [];
  const ssccs: string[] = [];
  let item: { line?: string; sku: string } | undefined;
  for (const segment of set.segments) {
    if (segment[0] === "LIN") {
      item = { sku: skuOf(set, segment, 2), ...(segment[1] ? { line: segment[1] } : {}) };
    } else if (segment[0] === "SN1") {
      if (item === undefined) throw new Error(`856 ${set.control}: an SN1 stands before its LIN.`);
      lines.push({ ...item, quantity: amountText(segment[2] ?? ""), unit: segment[3] ?? "EA" });
      item = undefined;
    } else if (segment[0] === "MAN" && segment[1] === "GM") ssccs.push(segment[2] ?? "");
  }
  return { what: "shipment", shipmentId: must(set, "BSN", 2), poNumber: must(set, "PRF", 1), lines, ssccs };
}

function invoice(set: TransactionSet): Said {
  const lines = set.segments
    .filter((segment) => segment[0] === "IT1")
    .map((segment) => ({
      ...(segment[1] ? { line: segment[1] } : {}),
      sku: skuOf(set, segment, 6),
      quantity: amountText(segment[2] ?? ""),
      unit: segment[3] ?? "EA",
      price: segment[4] ?? "0",
    }));
  // Tax after TDS is that of the whole invoice; tax before it is that of the lines, told where no whole is.
  const summary = set.segments.findIndex((segment) => segment[0] === "TDS");
  const whole = set.segments.slice(summary).filter((segment) => segment[0] === "TXI");
  const taxes = whole.length > 0 ? whole : set.segments.filter((segment) => segment[0] === "TXI");
  const tax = taxes.reduce((sum, segment) => sum + cents(segment[2], "TXI02"), 0n);
  const charges = set.segments
    .filter((segment) => segment[0] === "SAC" && (segment[1] === "C" || segment[1] === "A"))
    .reduce((sum, segment) => sum + (segment[1] === "C" ? 1n : -1n) * BigInt(segment[5] || "0"), 0n);
  const total = cents(must(set, "TDS", 1), "TDS01") / 100n;
  const net = lines.reduce((sum, line) => sum + extended(cents(line.price), milli(line.quantity)), 0n);
  return {
    what: "invoice",
    invoice: must(set, "BIG", 2),
    poNumber: must(set, "BIG", 4),
    lines,
    tax: money(tax),
    total: money(total),
    sound: net + tax + charges === total,
  };
}

function acknowledgement(set: TransactionSet): Said {
  const sets: Record<string, string> = {};
  let open: string | undefined;
  for (const segment of set.segments) {
    if (segment[0] === "AK2") open = segment[2];
    else if (segment[0] === "AK5" && open !== undefined) sets[open] = segment[1] ?? "";
  }
  return { what: "acknowledgement", group: String(Number(must(set, "AK1", 2))), sets };
}
