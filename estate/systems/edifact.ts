/**
 * ACME's own EDIFACT D.96A: the ORDERS and CONTRL it writes, and how it reads ORDRSP, DESADV, INVOIC and CONTRL of Meridian's.
 *
 * Written from the message descriptions, apart from Crossdock's codec, because it is the other side of the conversation. What must
 * stay true: what it writes carries right counts and references, and a file whose counts or references do not agree is refused.
 */
import { cents, extended, milli, money, quantity } from "../kernel/decimal.ts";
import type { Said, SaidLine } from "./acme-books.ts";
import { type PartnerAddress, type PartnerLine, stamped } from "./x12.ts";

type Element = string | readonly string[];
type Segment = readonly [string, ...Element[]];

const released = (text: string) => text.replace(/[?'+:]/g, "?$&");
const element = (one: Element) => (typeof one === "string" ? released(one) : one.map(released).join(":"));
const line = (segment: Segment) =>
  `${segment
    .map(element)
    .join("+")
    .replace(/[+:]+$/, "")}'`;

/** One interchange from ACME to MERIDIAN with one message. */
export function interchange(control: number, at: Date, type: string, segments: readonly Segment[]): string {
  const { day, time } = stamped(at);
  const lines: Segment[] = [
    ["UNB", ["UNOC", "3"], "ACME", "MERIDIAN", [day.slice(2), time], String(control)],
    ["UNH", "1", type === "CONTRL" ? [type, "D", "3", "UN"] : [type, "D", "96A", "UN"]],
    ...segments,
    ["UNT", String(segments.length + 2), "1"],
    ["UNZ", "1", String(control)],
  ];
  return `${lines.map(line).join("\n")}\n`;
}

const dtm = (qualifier: string, day: string): Segment => ["DTM", [qualifier, day.replaceAll("-", ""), "102"]];

export const ordersMessage = (
  po: string,
  lines: readonly PartnerLine[],
  requested: string,
  to: PartnerAddress,
  at: Date,
): readonly Segment[] => [
  ["BGM", "220", po, "9"],
  dtm("137", stamped(at).day),
  dtm("2", requested),
  ["NAD", "BY", "C-ACME", "", "ACME CORP"],
  ["NAD", "DP", "", "", to.name, to.street, to.city, "", to.postalCode, to.country],
  ["CUX", ["2", "EUR", "9"]],
  ...lines.flatMap(({ line: number, sku, quantity: ordered, unit, price }): Segment[] => [
    ["LIN", number],
    ["PIA", "5", [sku, "SA"]],
    ["QTY", unit === "EA" ? ["21", ordered] : ["21", ordered, unit]],
    ["PRI", ["AAA", price, "", "", "1", unit === "EA" ? "PCE" : unit]],
  ]),
  ["UNS", "S"],
  ["CNT", ["2", String(lines.length)]],
];

/** What was taken of a file of Meridian's: everything, or nothing. */
export const contrlMessage = (read: EdifactFile, accepted: boolean): readonly Segment[] => [
  ["UCI", read.control, "MERIDIAN", "ACME", accepted ? "7" : "4"],
  ...read.messages.map(
    ({ reference, type }): Segment => ["UCM", reference, [type, "D", "96A", "UN"], accepted ? "7" : "4"],
  ),
];

interface ReadMessage {
  readonly reference: string;
  readonly type: string;
  readonly segments: readonly (readonly string[])[][];
}
export interface EdifactFile {
  readonly control: string;
  readonly messages: readonly ReadMessage[];
}

/** Cuts at a sign that no `?` releases. */
function cut(text: string, sign: string): string[] {
  const parts = [""];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "?") {
      parts.push(parts.pop() + text.slice(at, at + 2));
      at += 1;
    } else if (text[at] === sign) parts.push("");
    else parts.push(parts.pop() + text.charAt(at));
  }
  return parts;
}
const plain = (text: string) => text.replace(/\?(.)/g, "$1");

/** Reads one interchange; throws an Error that says what does not agree. */
export function readInterchange(text: string): EdifactFile {
  const segments = cut(text.replace(/[\r\n]/g, ""), "'")
    .filter((one) => one !== "")
    .map((one) => cut(one, "+").map((each) => cut(each, ":").map(plain)));
  const [unb] = segments;
  const unz = segments.at(-1);
  if (unb?.[0]?.[0] !== "UNB" || unz?.[0]?.[0] !== "UNZ")
    throw new Error("The file is no whole interchange.");
  const control = unb[5]?.[0] ?? "";
  if (unz[2]?.[0] !== control) throw new Error(`UNZ: the reference should be ${control}.`);
  const messages: { reference: string; type: string; segments: (readonly string[])[][] }[] = [];
  let open: (typeof messages)[number] | undefined;
  for (const segment of segments.slice(1, -1)) {
    const name = segment[0]![0];
    if (name === "UNH") open = { reference: segment[1]![0]!, type: segment[2]![0]!, segments: [] };
    else if (!open) throw new Error(`${name}: it stands outside a message.`);
    else if (name === "UNT") {
      if (Number(segment[1]![0]) !== open.segments.length + 2) throw new Error(`UNT: the count is wrong.`);
      messages.push(open);
      open = undefined;
    } else open.segments.push(segment);
  }
  if (Number(unz[1]?.[0]) !== messages.length)
    throw new Error(`UNZ: the count should be ${messages.length}.`);
  return { control, messages };
}

/** What a file says, in the few facts ACME keeps. */
export const heardEdifact = ({ messages }: EdifactFile): Said[] => messages.map(heard);

function heard({ type, segments }: ReadMessage): Said {
  const find = (name: string, qualifier?: string) =>
    segments.find((one) => one[0]![0] === name && (qualifier === undefined || one[1]?.[0] === qualifier));
  const must = (name: string, qualifier: string | undefined, at: number, part = 0): string => {
    const value = find(name, qualifier)?.[at]?.[part];
    if (!value) throw new Error(`${type}: ${name} ${qualifier ?? ""} says nothing.`);
    return value;
  };
  if (type === "CONTRL") {
    const sets = Object.fromEntries(
      segments.filter((one) => one[0]![0] === "UCM").map((one) => ["0001", one[3]?.[0] === "4" ? "R" : "A"]),
    );
    return { what: "acknowledgement", group: String(Number(must("UCI", undefined, 1))), sets };
  }
  const lines: SaidLine[] = [];
  for (const segment of segments) {
    const [name] = segment[0]!;
    const last = lines.at(-1);
    if (name === "LIN") {
      lines.push({
        line: segment[1]?.[0] ?? "",
        sku: "",
        quantity: "0",
        unit: "EA",
        status: segment[2]?.[0] ?? "",
      });
    } else if (name === "UNS") break;
    else if (last === undefined) continue;
    else if (name === "PIA") lines[lines.length - 1] = { ...last, sku: segment[2]?.[0] ?? "" };
    else if (name === "QTY") {
      const [, value = "0", unit = "PCE"] = segment[1]!;
      const said = quantity(milli(value, "A quantity"));
      lines[lines.length - 1] = { ...last, quantity: said, unit: unit === "PCE" ? "EA" : unit };
    } else if (name === "PRI") lines[lines.length - 1] = { ...last, price: segment[1]?.[1] ?? "0" };
  }
  const unnamed = lines.find(({ sku }) => sku === "");
  if (unnamed) throw new Error(`${type}: line ${unnamed.line} names no item.`);
  const poNumber = must("RFF", "ON", 1, 1);
  if (type === "ORDRSP") {
    const types: Readonly<Record<string, string>> = { "29": "AD", "4": "AC", "27": "RD" };
    const answer = must("BGM", undefined, 3);
    return { what: "response", code: type, type: types[answer] ?? answer, poNumber, lines };
  }
  if (type === "DESADV") {
    const ssccs = segments
      .filter((one) => one[0]![0] === "GIN")
      .flatMap((one) => one.slice(2).map(([sscc]) => sscc!));
    return { what: "shipment", code: type, shipmentId: must("BGM", undefined, 2), poNumber, lines, ssccs };
  }
  if (type !== "INVOIC") return { what: "other", code: type };
  const total = cents(must("MOA", "77", 1, 1), "MOA 77");
  const tax = cents(must("MOA", "124", 1, 1), "MOA 124");
  const net = lines.reduce((sum, one) => sum + extended(cents(one.price), milli(one.quantity)), 0n);
  return {
    what: "invoice",
    code: type,
    invoice: must("BGM", undefined, 2),
    poNumber,
    lines,
    tax: money(tax),
    total: money(total),
    sound: net + tax === total,
  };
}
