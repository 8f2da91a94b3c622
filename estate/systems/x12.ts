/**
 * The partner's own X12 004010: an envelope writer, an envelope reader, and the documents ACME writes.
 *
 * Written from the segment tables, apart from Crossdock's codec, because it is the other side of the conversation. What
 * must stay true: what it writes carries right counts and control numbers, and what it reads is refused, with the
 * reason, when an envelope's counts or control numbers do not agree.
 */

export type Segment = readonly string[];

export interface TransactionSet {
  readonly code: string;
  readonly control: string;
  /** Between ST and SE. */
  readonly segments: readonly Segment[];
}

export interface Group {
  /** GS01: PO, PC, PR, SH, IN, FA, RA. */
  readonly code: string;
  readonly control: string;
  readonly sets: readonly TransactionSet[];
}

export interface Interchange {
  readonly sender: string;
  readonly receiver: string;
  readonly control: string;
  readonly groups: readonly Group[];
}

const clean = (element: string) => element.replace(/[*~>\r\n]/g, " ").trim();

/** Day as YYYYMMDD and time as HHMM, UTC. */
export function stamped(at: Date): { day: string; time: string } {
  const iso = at.toISOString();
  return { day: iso.slice(0, 10).replaceAll("-", ""), time: iso.slice(11, 16).replace(":", "") };
}

/** Writes one interchange to MERIDIAN with one functional group. */
export function written(
  code: string,
  control: number,
  at: Date,
  sets: readonly { code: string; segments: readonly Segment[] }[],
  sender = "ACME",
): string {
  const { day, time } = stamped(at);
  const number = String(control);
  const pad = (value: string) => value.padEnd(15, " ");
  const lines: Segment[] = [
    [
      "ISA",
      "00",
      " ".repeat(10),
      "00",
      " ".repeat(10),
      "ZZ",
      pad(sender),
      "ZZ",
      pad("MERIDIAN"),
      day.slice(2),
      time,
      "U",
      "00401",
      number.padStart(9, "0"),
      "0",
      "P",
      ">",
    ],
    ["GS", code, sender, "MERIDIAN", day, time, number, "X", "004010"],
  ];
  sets.forEach((set, index) => {
    const setControl = String(index + 1).padStart(4, "0");
    lines.push(["ST", set.code, setControl]);
    for (const segment of set.segments) {
      const elements = segment.map(clean);
      while (elements.at(-1) === "") elements.pop();
      lines.push(elements);
    }
    lines.push(["SE", String(set.segments.length + 2), setControl]);
  });
  lines.push(["GE", String(sets.length), number], ["IEA", "1", number.padStart(9, "0")]);
  return `${lines.map((segment) => segment.join("*")).join("~\n")}~\n`;
}

/** Reads one or more interchanges; throws an Error whose message says which segment is wrong and why. */
export function read(text: string): Interchange[] {
  let rest = text.replace(/^\uFEFF/, "").trimStart();
  const interchanges: Interchange[] = [];
  while (rest !== "") {
    if (!rest.startsWith("ISA") || rest.length < 106)
      throw new Error("The file does not start with a whole ISA segment.");
    const separator = rest[3]!;
    const terminator = rest[105]!;
    const segments: string[][] = [];
    let position = 0;
    while (position < rest.length) {
      const end = rest.indexOf(terminator, position);
      if (end === -1)
        throw new Error(`Segment ${segments.length + 1} has no terminator: the file is cut off.`);
      const segment = rest
        .slice(position, end)
        .replace(/^[\r\n]+/, "")
        .split(separator);
      segments.push(segment);
      position = end + 1;
      if (segment[0] === "IEA") break;
    }
    interchanges.push(envelope(segments));
    rest = rest.slice(position).trimStart();
  }
  if (interchanges.length === 0) throw new Error("The file is empty.");
  return interchanges;
}

function envelope(segments: readonly string[][]): Interchange {
  const isa = segments[0]!;
  const groups: { code: string; control: string; sets: TransactionSet[]; closed: boolean }[] = [];
  let open: { code: string; control: string; segments: Segment[] } | undefined;
  const expect = (sound: boolean, index: number, complaint: string) => {
    if (!sound) throw new Error(`Segment ${index + 1} (${segments[index]![0]}): ${complaint}.`);
  };
  segments.forEach((segment, index) => {
    const [name] = segment;
    const group = groups.at(-1);
    if (index === 0) expect(name === "ISA" && segment.length === 17, index, "an ISA has 16 elements");
    else if (name === "GS")
      groups.push({ code: segment[1] ?? "", control: segment[6] ?? "", sets: [], closed: false });
    else if (name === "ST") {
      expect(
        group !== undefined && !group.closed && open === undefined,
        index,
        "an ST stands in an open group",
      );
      open = { code: segment[1] ?? "", control: segment[2] ?? "", segments: [] };
    } else if (name === "SE") {
      expect(open !== undefined, index, "there is no open ST");
      expect(
        Number(segment[1]) === open!.segments.length + 2,
        index,
        `the count should be ${open!.segments.length + 2}`,
      );
      expect(segment[2] === open!.control, index, `the control number should be ${open!.control}`);
      group!.sets.push(open!);
      open = undefined;
    } else if (name === "GE") {
      expect(group !== undefined && open === undefined, index, "there is no group to close");
      expect(Number(segment[1]) === group!.sets.length, index, `the count should be ${group!.sets.length}`);
      expect(
        Number(segment[2]) === Number(group!.control),
        index,
        `the control number should be ${group!.control}`,
      );
      group!.closed = true;
    } else if (name === "IEA") {
      expect(Number(segment[1]) === groups.length, index, `the count should be ${groups.length}`);
      expect(segment[2] === isa[13], index, `the control number should be ${isa[13]}`);
    } else {
      expect(open !== undefined, index, "it stands outside a transaction set");
      open!.segments.push(segment);
    }
  });
  if (segments.at(-1)?.[0] !== "IEA") throw new Error("The interchange has no IEA.");
  return { sender: isa[6]!.trim(), receiver: isa[8]!.trim(), control: isa[13]!, groups };
}

/** The value after a qualifier in the pairs of a LIN, IT1 or PO1: `paired(segment, 6, "VP")`. */
export function paired(segment: Segment, from: number, ...qualifiers: string[]): string | undefined {
  for (let index = from; index + 1 < segment.length; index += 2) {
    if (qualifiers.includes(segment[index]!)) return segment[index + 1];
  }
  return undefined;
}

export interface PartnerLine {
  readonly line: string;
  readonly sku: string;
  readonly quantity: string;
  readonly unit: string;
  readonly price: string;
}

export interface PartnerAddress {
  readonly name: string;
  readonly street: string;
  readonly city: string;
  readonly postalCode: string;
  readonly country: string;
}

/** Price per each; otherwise the price is per the unit ordered, which needs no word. */
const basis = (unit: string) => (unit === "EA" ? "PE" : "");

const dayOf = (date: string) => date.replaceAll("-", "");

/** An 850 purchase order. */
export function purchaseOrder(
  po: string,
  lines: readonly PartnerLine[],
  requested: string,
  to: PartnerAddress,
  at: Date,
) {
  const segments: Segment[] = [
    ["BEG", "00", "SA", po, "", stamped(at).day],
    ["CUR", "BY", "EUR"],
    ["REF", "DP", "038"],
    ["DTM", "002", dayOf(requested)],
    ["N1", "BY", "ACME CORP", "92", "C-ACME"],
    ["N1", "ST", to.name, "92", "ACME-01"],
    ["N3", to.street],
    ["N4", to.city, "", to.postalCode, to.country],
    ...lines.map(({ line, sku, quantity, unit, price }) => [
      "PO1",
      line,
      quantity,
      unit,
      price,
      basis(unit),
      "VP",
      sku,
    ]),
    ["CTT", String(lines.length)],
  ];
  return { code: "850", segments };
}

/** An 860 change; with no lines and `cancel`, the cancellation of the whole order. */
export function orderChange(
  po: string,
  sequence: number,
  lines: readonly (PartnerLine & { change: string })[],
  at: Date,
  cancel: boolean,
) {
  const segments: Segment[] = [
    ["BCH", cancel ? "01" : "04", "SA", po, "", String(sequence), stamped(at).day],
    ["N1", "BY", "ACME CORP", "92", "C-ACME"],
    ...lines.map(({ line, change, sku, quantity, unit, price }) => [
      "POC",
      line,
      change,
      quantity,
      "",
      unit,
      price,
      basis(unit),
      "VP",
      sku,
    ]),
    ["CTT", String(lines.length)],
  ];
  return { code: "860", segments };
}

/** A 997 for one received group: every set accepted, or every set refused. */
export function acknowledgement(group: Group, accepted: boolean) {
  const code = accepted ? "A" : "R";
  const segments: Segment[] = [
    ["AK1", group.code, group.control],
    ...group.sets.flatMap((set) => [
      ["AK2", set.code, set.control],
      ["AK5", code],
    ]),
    [
      "AK9",
      code,
      String(group.sets.length),
      String(group.sets.length),
      accepted ? String(group.sets.length) : "0",
    ],
  ];
  return { code: "997", segments };
}

/** An 820 remittance advice for one invoice. */
export function remittance(invoice: string, po: string, total: string, trace: string, at: Date) {
  const segments: Segment[] = [
    ["BPR", "I", total, "C", "ACH", "", "", "", "", "", "", "", "", "", "", "", stamped(at).day],
    ["TRN", "1", trace],
    ["N1", "PR", "ACME CORP", "92", "C-ACME"],
    ["N1", "PE", "MERIDIAN"],
    ["ENT", "1"],
    ["RMR", "IV", invoice, "", total],
    ["REF", "PO", po],
  ];
  return { code: "820", segments };
}
