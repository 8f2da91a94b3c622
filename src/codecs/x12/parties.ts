/**
 * What every business document of X12 repeats: parties with addresses, references, dates, texts and item numbers.
 *
 * Reading keeps codes as sent and leaves their meaning to the mapping; writing is the exact reverse.
 */
import {
  type Loop,
  loopsOf,
  type Node,
  type Segment,
  segment,
  segmentNamed,
  segmentsNamed,
  textOf,
} from "./document.ts";
import { isoDate, x12Date } from "./values.ts";

/** One N1 loop. `role` is N101: `BY` buyer, `SE` seller, `ST` ship to, `BT` bill to, `SF` ship from, `RE` remit to … */
export interface TradeParty {
  readonly role: string;
  readonly name?: string;
  /** N103 and N104: whose number it is (`92` buyer's, `91` seller's, `9` DUNS+4, `UL` GLN) and the number. */
  readonly idQualifier?: string;
  readonly id?: string;
  readonly street?: readonly string[];
  readonly city?: string;
  readonly region?: string;
  readonly postalCode?: string;
  readonly country?: string;
}

/** One REF: `qualifier` REF01 (`CO` customer order, `VN` vendor order, `IV` invoice, `BM` bill of lading …). */
export interface TradeReference {
  readonly qualifier: string;
  readonly value: string;
  readonly description?: string;
}

/** Qualifier → number, e.g. `{ VN: "PUMP-100", BP: "7781-A" }`. */
export type ItemNumbers = Readonly<Record<string, string>>;

/**
 * The seller's item number, by the qualifiers senders use for it, the plainest first; failing those, any number that
 * names the item at all.
 */
const SKU_QUALIFIERS = [
  "VN",
  "VP",
  "VC",
  "SK",
  "UP",
  "UK",
  "EN",
  "UA",
  "MG",
  "ST",
  "BP",
  "IN",
  "CB",
  "PI",
  "IB",
];

export function skuOf(numbers: ItemNumbers): string {
  for (const qualifier of SKU_QUALIFIERS) {
    const number = numbers[qualifier];
    if (number !== undefined) return number;
  }
  return Object.values(numbers)[0] ?? "";
}

/** Item numbers from qualifier–value pairs beginning at element `first`. The first of a doubled qualifier stands. */
export function itemNumbers(from: Segment | undefined, first: number): ItemNumbers {
  const numbers: Record<string, string> = {};
  if (!from) return numbers;
  for (let at = first; at < from.elements.length; at += 2) {
    const qualifier = textOf(from, at);
    const value = textOf(from, at + 1);
    // A qualifier comes from outside; only letters and digits may become a property name.
    if (/^[A-Z0-9]{1,3}$/.test(qualifier) && value !== "" && !(qualifier in numbers))
      numbers[qualifier] = value;
  }
  return numbers;
}

/** The pairs to append to PO1, IT1, LIN or POC; the sku goes first, as a vendor's number unless it is listed. */
export function itemPairs(sku: string, numbers: ItemNumbers = {}): string[] {
  const listed = Object.entries(numbers);
  const all: [string, string][] = listed.some(([, value]) => value === sku)
    ? listed
    : [["VN", sku], ...listed];
  return all.filter(([, value]) => value !== "").flat();
}

export function readParties(nodes: readonly Node[]): TradeParty[] {
  return loopsOf(nodes, "N1").map(({ children }) => {
    const n1 = segmentNamed(children, "N1");
    const n4 = segmentNamed(children, "N4");
    const street = segmentsNamed(children, "N3").flatMap((n3) => [textOf(n3, 1), textOf(n3, 2)]);
    return {
      role: textOf(n1, 1),
      ...given("name", textOf(n1, 2)),
      ...given("idQualifier", textOf(n1, 3)),
      ...given("id", textOf(n1, 4)),
      ...(street.some((line) => line !== "") ? { street: street.filter((line) => line !== "") } : {}),
      ...given("city", textOf(n4, 1)),
      ...given("region", textOf(n4, 2)),
      ...given("postalCode", textOf(n4, 3)),
      ...given("country", textOf(n4, 4)),
    };
  });
}

export function writeParties(parties: readonly TradeParty[] = []): Segment[] {
  return parties.flatMap((party) => {
    const street = party.street ?? [];
    const written = [segment("N1", party.role, party.name, party.idQualifier, party.id)];
    for (let at = 0; at < street.length; at += 2) written.push(segment("N3", street[at], street[at + 1]));
    if (party.city ?? party.region ?? party.postalCode ?? party.country) {
      written.push(segment("N4", party.city, party.region, party.postalCode, party.country));
    }
    return written;
  });
}

export function readReferences(nodes: readonly Node[]): TradeReference[] {
  return segmentsNamed(nodes, "REF").map((ref) => ({
    qualifier: textOf(ref, 1),
    value: textOf(ref, 2),
    ...given("description", textOf(ref, 3)),
  }));
}

export const writeReferences = (references: readonly TradeReference[] = []): Segment[] =>
  references.map(({ qualifier, value, description }) => segment("REF", qualifier, value, description));

/** The ISO date of the first DTM with one of these qualifiers. */
export function dateOf(nodes: readonly Node[], ...qualifiers: readonly string[]): string | undefined {
  for (const qualifier of qualifiers) {
    const dtm = segmentsNamed(nodes, "DTM").find((found) => textOf(found, 1) === qualifier);
    const date = textOf(dtm, 2);
    if (date !== "") return isoDate(date);
  }
  return undefined;
}

export const writeDate = (qualifier: string, date: string | undefined): Segment[] =>
  date === undefined ? [] : [segment("DTM", qualifier, x12Date(date))];

/** The free description of an item: PID05, wherever it stands among these nodes. */
export function descriptionOf(nodes: readonly Node[]): string {
  const found = [
    ...segmentsNamed(nodes, "PID"),
    ...loopsOf(nodes, "PID").map((loop: Loop) => segmentNamed(loop.children, "PID")),
  ];
  return found.map((pid) => textOf(pid, 5)).find((text) => text !== "") ?? "";
}

export const writeDescription = (text: string | undefined): Segment[] =>
  text ? [segment("PID", "F", "", "", "", text.slice(0, 80))] : [];

/** Free texts: MSG01 and NTE02, in the order they stand, including those of an N9 loop. */
export function notesOf(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node) => {
    if ("loop" in node) return node.loop === "N9" ? notesOf(node.children) : [];
    if (node.id === "MSG") return [textOf(node, 1)];
    return node.id === "NTE" ? [textOf(node, 2)] : [];
  });
}

/** `{ [name]: value }` when there is a value, otherwise nothing: an absent field is absent, not empty. */
export const given = <Name extends string, Value>(
  name: Name,
  value: Value | "" | undefined,
): { readonly [key in Name]?: Value } =>
  value === "" || value === undefined ? {} : ({ [name]: value } as { [key in Name]: Value });
