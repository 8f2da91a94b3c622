/** Reads what trade messages share: dates, references, parties, quantities, amounts, prices, numbers of items. `trade.ts` says what each is. */
import { isGroup, type Node, type Segment, segmentNamed, segmentsNamed, textOf } from "./document.ts";
import type {
  ItemNumbers,
  TradeAmount,
  TradeCharge,
  TradeContact,
  TradeControl,
  TradeDate,
  TradeParty,
  TradePlace,
  TradePrice,
  TradeQuantity,
  TradeReference,
  TradeTax,
  TradeTerms,
  TradeText,
  TradeTransport,
} from "./trade.ts";
import { decimal, moment, needed } from "./values.ts";

/** Where segments and groups of one level stand: the body of a message, or the children of a group. */
export type Level = readonly Node[];

/** Each segment of this kind at this level, with what hangs on it where it triggers a group. */
export function each(nodes: Level, id: string): { segment: Segment; children: Level }[] {
  const found: { segment: Segment; children: Level }[] = [];
  for (const node of nodes) {
    if (isGroup(node)) {
      const first = node.children[0];
      if (node.trigger === id && first && !isGroup(first))
        found.push({ segment: first, children: node.children });
    } else if (node.id === id) found.push({ segment: node, children: [] });
  }
  return found;
}

export function readDates(nodes: Level, id = "DTM"): TradeDate[] {
  return segmentsNamed(nodes, id).map((dtm) => {
    const qualifier = textOf(dtm, 1);
    const [value, format] = [textOf(dtm, 1, 2), textOf(dtm, 1, 3)];
    const read = moment(value, format);
    return { qualifier, ...(read ?? { text: value, format }) };
  });
}

export const readReferences = (nodes: Level): TradeReference[] =>
  each(nodes, "RFF").map(({ segment, children }) => ({
    qualifier: textOf(segment, 1),
    value: textOf(segment, 1, 2),
    ...given("line", textOf(segment, 1, 3)),
    ...some("dates", readDates(children)),
  }));

export const readParties = (nodes: Level): TradeParty[] =>
  each(nodes, "NAD").map(({ segment: nad, children }) => {
    // C080 is the party's name; C058 holds name and address in lines where nothing is structured.
    const names = components(nad, 4);
    const free = components(nad, 3);
    const street = [...components(nad, 5), ...(names.length > 0 ? [] : free.slice(1))];
    return {
      role: textOf(nad, 1),
      ...given("id", textOf(nad, 2)),
      ...given("idAgency", textOf(nad, 2, 3)),
      ...given("name", names.length > 0 ? names.join(" ") : (free[0] ?? "")),
      ...some("street", street),
      ...given("city", textOf(nad, 6)),
      ...given("region", textOf(nad, 7)),
      ...given("postalCode", textOf(nad, 8)),
      ...given("country", textOf(nad, 9)),
      ...some("places", readPlaces(children)),
      ...some("references", readReferences(children)),
      ...some("contacts", readContacts(children)),
    };
  });

/** The components of one composite that say something; C080 ends with a format code, which does not. */
function components(from: Segment, element: number): string[] {
  const most = element === 4 ? 5 : 10;
  const found: string[] = [];
  for (let component = 1; component <= most; component += 1) {
    const text = textOf(from, element, component);
    if (text !== "") found.push(text);
  }
  return found;
}

function readContacts(nodes: Level): TradeContact[] {
  const channels = (inside: Level) =>
    segmentsNamed(inside, "COM").flatMap((com) =>
      com.elements.flatMap((element) =>
        (typeof element !== "string" && "repeats" in element
          ? element.repeats
          : [element as readonly string[]]
        ).map((one) =>
          typeof one === "string"
            ? { address: one, kind: "" }
            : { address: one[0] ?? "", kind: one[1] ?? "" },
        ),
      ),
    );
  const contacts = each(nodes, "CTA").map(({ segment, children }) => ({
    ...given("function", textOf(segment, 1)),
    ...given("name", textOf(segment, 2, 2) || textOf(segment, 2)),
    ...some("channels", channels(children)),
  }));
  const loose = channels(nodes);
  return loose.length > 0 ? [...contacts, { channels: loose }] : contacts;
}

export const readPlaces = (nodes: Level): TradePlace[] =>
  segmentsNamed(nodes, "LOC").map((loc) => ({
    qualifier: textOf(loc, 1),
    ...given("id", textOf(loc, 2)),
    ...given("name", textOf(loc, 2, 4)),
  }));

export const readTexts = (nodes: Level): TradeText[] =>
  segmentsNamed(nodes, "FTX").map((ftx) => ({
    qualifier: textOf(ftx, 1),
    ...given("code", textOf(ftx, 3)),
    ...some("lines", components(ftx, 4)),
  }));

export const readQuantities = (nodes: Level): TradeQuantity[] =>
  each(nodes, "QTY").map(({ segment, children }) => ({
    qualifier: textOf(segment, 1),
    value: needed(textOf(segment, 1, 2)),
    ...given("uom", textOf(segment, 1, 3)),
    ...some("dates", readDates(children)),
  }));

export const readAmounts = (nodes: Level): TradeAmount[] =>
  segmentsNamed(nodes, "MOA").map((moa) => ({
    qualifier: textOf(moa, 1),
    ...given("value", decimal(textOf(moa, 1, 2))),
    ...given("currency", textOf(moa, 1, 3)),
  }));

export const readPrices = (nodes: Level): TradePrice[] =>
  each(nodes, "PRI")
    .filter(({ segment }) => textOf(segment, 1, 2) !== "")
    .map(({ segment, children }) => ({
      qualifier: textOf(segment, 1),
      value: needed(textOf(segment, 1, 2)),
      ...given("type", textOf(segment, 1, 3)),
      ...given("specification", textOf(segment, 1, 4)),
      ...given("per", decimal(textOf(segment, 1, 5))),
      ...given("uom", textOf(segment, 1, 6)),
      ...some("dates", readDates(children)),
    }));

export const readTaxes = (nodes: Level): TradeTax[] =>
  each(nodes, "TAX").map(({ segment, children }) => ({
    function: textOf(segment, 1),
    ...given("type", textOf(segment, 2)),
    ...given("rate", rate(textOf(segment, 5, 4))),
    ...given("category", textOf(segment, 6)),
    ...some("amounts", readAmounts(children)),
  }));

/** 5278 is text: mostly a number, sometimes `21%` or words. */
function rate(text: string): string {
  const bare = text.replace(/\s*%$/, "");
  return /^-?\d*[.,]?\d+$/.test(bare) ? needed(bare) : text;
}

export const readCharges = (nodes: Level): TradeCharge[] =>
  each(nodes, "ALC").map(({ segment, children }) => ({
    kind: textOf(segment, 1),
    ...given("code", textOf(segment, 5)),
    ...given("description", textOf(segment, 5, 4) || textOf(segment, 2, 2)),
    ...given("percent", percentOf(children)),
    ...some("amounts", readAmounts(children)),
    ...some("taxes", readTaxes(children)),
  }));

const percentOf = (nodes: Level): string | undefined => decimal(textOf(segmentNamed(nodes, "PCD"), 1, 2));

export const readTerms = (nodes: Level): TradeTerms[] => [
  ...each(nodes, "PAT").map(({ segment, children }) => ({
    type: textOf(segment, 1),
    ...given("from", textOf(segment, 3)),
    ...given("relation", textOf(segment, 3, 2)),
    ...given("unit", textOf(segment, 3, 3)),
    ...given("count", decimal(textOf(segment, 3, 4))),
    ...hanging(children),
  })),
  ...each(nodes, "PYT").map(({ segment, children }) => ({
    type: textOf(segment, 1),
    ...given("from", textOf(segment, 3)),
    ...given("relation", textOf(segment, 4)),
    ...given("unit", textOf(segment, 5)),
    ...given("count", decimal(textOf(segment, 6))),
    ...hanging(children),
  })),
];

const hanging = (children: Level) => ({
  ...some("dates", readDates(children)),
  ...given("percent", percentOf(children)),
  ...some("amounts", readAmounts(children)),
});

export const readTransports = (nodes: Level): TradeTransport[] =>
  each(nodes, "TDT").map(({ segment, children }) => ({
    stage: textOf(segment, 1),
    ...given("reference", textOf(segment, 2)),
    ...given("mode", textOf(segment, 3)),
    ...given("carrier", textOf(segment, 5)),
    ...given("carrierName", textOf(segment, 5, 4)),
    ...given("means", textOf(segment, 8) || textOf(segment, 8, 4)),
    ...some("places", readPlaces(children)),
    // Dates of the places are dates of the journey.
    ...some("dates", [
      ...readDates(children),
      ...each(children, "LOC").flatMap((loc) => readDates(loc.children)),
    ]),
  }));

export const readControls = (nodes: Level): TradeControl[] =>
  segmentsNamed(nodes, "CNT").map((cnt) => ({
    qualifier: textOf(cnt, 1),
    value: needed(textOf(cnt, 1, 2)),
  }));

/** Every number of the item: LIN C212 and the five of each PIA. The first of a doubled qualifier stands. */
export function readNumbers(lin: Segment | undefined, nodes: Level): ItemNumbers {
  const numbers: Record<string, string> = {};
  const add = (value: string, qualifier: string) => {
    // A qualifier comes from outside; only letters and digits may become a property name.
    const name = /^[A-Z0-9]{1,3}$/.test(qualifier) ? qualifier : "ZZZ";
    if (value !== "" && !(name in numbers)) numbers[name] = value;
  };
  add(textOf(lin, 3), textOf(lin, 3, 2));
  for (const pia of segmentsNamed(nodes, "PIA")) {
    for (let at = 2; at <= pia.elements.length; at += 1) add(textOf(pia, at), textOf(pia, at, 2));
  }
  return numbers;
}

/**
 * The number that names the item best to its seller: his own (SA, VN, VP), then those of GS1, then any.
 *
 * @example itemOf({ EN: "4098765100013", SA: "PUMP-100" }) // "PUMP-100"
 */
export function itemOf(numbers: ItemNumbers): string {
  for (const qualifier of ["SA", "VN", "VP", "MF", "EN", "SRV", "UP", "GTN", "IN", "BP"]) {
    const number = numbers[qualifier];
    if (number !== undefined) return number;
  }
  return Object.values(numbers)[0] ?? "";
}

/** The free description of an item: 7008 of the first IMD that has any. */
export const readDescription = (nodes: Level): string =>
  segmentsNamed(nodes, "IMD")
    .map((imd) => [textOf(imd, 3, 4), textOf(imd, 3, 5)].filter((text) => text !== "").join(" "))
    .find((text) => text !== "") ?? "";

/** The currency of CUX: the reference currency (2) or the one it names first. */
export function readCurrency(nodes: Level): string {
  const all = segmentsNamed(nodes, "CUX");
  return textOf(all.find((cux) => textOf(cux, 1) === "2") ?? all[0], 1, 2);
}

/** GIN and its five numbers: `BJ` SSCC, `BN` serial numbers, `BX` batch … */
export const readIdentities = (nodes: Level, qualifier?: string): TradeReference[] =>
  each(nodes, "GIN")
    .filter(({ segment }) => qualifier === undefined || textOf(segment, 1) === qualifier)
    .flatMap(({ segment: gin }) =>
      gin.elements
        .slice(1)
        .flatMap((_, at) => [textOf(gin, at + 2), textOf(gin, at + 2, 2)])
        .filter((value) => value !== "")
        .map((value) => ({ qualifier: textOf(gin, 1), value })),
    );

/** The first entry with one of these qualifiers, in the order of the qualifiers. */
export function qualified<Entry extends { readonly qualifier: string }>(
  entries: readonly Entry[] | undefined,
  ...qualifiers: readonly string[]
): Entry | undefined {
  for (const qualifier of qualifiers) {
    const found = entries?.find((entry) => entry.qualifier === qualifier);
    if (found) return found;
  }
  return undefined;
}

/** The first party in one of these roles, in the order of the roles. */
export function partyIn(
  parties: readonly TradeParty[] | undefined,
  ...roles: readonly string[]
): TradeParty | undefined {
  for (const role of roles) {
    const found = parties?.find((party) => party.role === role);
    if (found) return found;
  }
  return undefined;
}

/** `{ [name]: value }` when there is a value, otherwise nothing: an absent field is absent, not empty. */
export const given = <Name extends string, Value>(
  name: Name,
  value: Value | "" | undefined,
): { readonly [key in Name]?: Value } =>
  value === "" || value === undefined ? {} : ({ [name]: value } as { [key in Name]: Value });

/** The same for lists: an empty list is left out. */
export const some = <Name extends string, Value>(
  name: Name,
  list: readonly Value[],
): { readonly [key in Name]?: readonly Value[] } =>
  list.length === 0 ? {} : ({ [name]: list } as unknown as { [key in Name]: readonly Value[] });
