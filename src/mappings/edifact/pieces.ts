/** What every EDIFACT message repeats: dates, items, parties, money, counts; and how each is written. */
import type { EdifactMessage, MessageDraft } from "../../codecs/edifact/codec.ts";
import { dtmValue, moment } from "../../codecs/edifact/values.ts";
import * as kinds from "../kinds.ts";
import { type Tree, textOf } from "../place.ts";
import {
  type FieldRow,
  field,
  type Kind,
  type Row,
  repeats,
  type Scope,
  type Sheet,
  text,
} from "../table.ts";

export type EdifactSheet = Sheet<EdifactMessage, MessageDraft>;

const momentOf = (found: unknown) => {
  const { "2": value, "3": format } = (typeof found === "object" ? found : {}) as Tree;
  return moment(textOf(value), textOf(format) || "102");
};

/** A day; a week or a month is none. */
export const dtmDay: Kind = {
  name: "date, 102",
  read: (found) => {
    const date = momentOf(found)?.date;
    return date !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(date) ? date : undefined;
  },
  write: (value) => composite(dtmValue(String(value).slice(0, 10))),
};

/** A day and time; EDIFACT has no zone, what a partner writes is taken as UTC, as agreed for the envelope. */
export const dtmInstant: Kind = {
  name: "date and time, 203, UTC",
  read: (found) => {
    const { date, time = "00:00" } = momentOf(found) ?? {};
    if (date === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
    return `${date}T${time.length === 5 ? `${time}:00` : time}Z`;
  },
  write: (value) => {
    const utc = kinds.inUtc(String(value));
    const time = utc.slice(11, 19);
    return composite(dtmValue(utc.slice(0, 10), time.endsWith(":00") ? time.slice(0, 5) : time));
  },
};

const PERIODS: Readonly<Record<string, string>> = { "102": "D", "616": "W", "610": "M" };
/** A day, a week or a month. */
export const dtmPeriod: Kind = {
  name: "102 day, 616 ISO week, 610 month",
  read: (found) => {
    const { "2": value, "3": format } = found as Tree;
    const digits = textOf(value);
    const unit = PERIODS[textOf(format) || "102"];
    if (unit === "W") return /^\d{6}$/.test(digits) ? `${digits.slice(0, 4)}-W${digits.slice(4)}` : undefined;
    if (unit === "M") return /^\d{6}$/.test(digits) ? `${digits.slice(0, 4)}-${digits.slice(4)}` : undefined;
    return unit === "D" ? kinds.dayOf(digits) : undefined;
  },
  write: (value) => {
    const digits = String(value).replace(/[-W]/g, "");
    const format = String(value).includes("W") ? "616" : digits.length === 6 ? "610" : "102";
    return /^\d{6}(?:\d{2})?$/.test(digits) ? composite([digits, format]) : undefined;
  },
};

const composite = ([value, format]: readonly string[]): Tree => ({ "2": value, "3": format });

export const day = (qualifiers: string, path: string, inside = ""): FieldRow =>
  field(`${inside}DTM+${qualifiers}.1`, path, dtmDay);
export const instant = (qualifiers: string, path: string, inside = ""): FieldRow =>
  field(`${inside}DTM+${qualifiers}.1`, path, dtmInstant);

const SELLERS = "SA|VN|VP|MF";
const WORLDS = "EN|SRV|UP|GTN";
/** The number that names the item best to its seller: his own, then those of GS1, then any. */
export const item = (path = "item", up = ""): FieldRow =>
  field(
    [
      `${up}PIA+5{${SELLERS}} or ${up}PIA+1{${SELLERS}} or ${up}3{${SELLERS}} or ${up}3{${WORLDS}}`,
      `${up}PIA+5{${WORLDS}|IN|BP} or ${up}PIA+1{${WORLDS}|IN|BP} or ${up}3.1`,
    ].join(" or "),
    path,
  );

/** EANCOM leaves the unit out where it is the piece; elsewhere it is the one agreed on. */
export const inUnits: Kind = kinds.quantity(({ text: at }) =>
  at("^UNH.1").startsWith("EAN") ? "PCE" : undefined,
);
export const quantity = (qualifiers: string, path = "quantity", inside = ""): FieldRow =>
  field([`${inside}QTY+${qualifiers}.1.2`, `${inside}QTY+${qualifiers}.1.3`], path, inUnits);

export const price: FieldRow = field(
  ["PRI+AAA|AAB.1.2", "PRI+AAA|AAB.1.5", "PRI+AAA|AAB.1.6"],
  "price",
  kinds.priceWithBase(),
);

/** The lines of a description; more than one IMD is one too many. */
export const description: readonly Row[] = [
  repeats("IMD.1", ({ item: line }) => (line.description === undefined ? undefined : "F"), "F, free text"),
  field("IMD.3.4", "description", kinds.cut(256)),
];

export const money = (
  qualifiers: string,
  path: string,
  inside = "",
  otherwise?: (scope: Scope) => unknown,
): FieldRow =>
  field(
    [`${inside}MOA+${qualifiers}.1.2`, `${inside}MOA+${qualifiers}.1.3`],
    path,
    kinds.moneyWith,
    otherwise ? { otherwise } : {},
  );

export const address = (roles: string, path: string): readonly Row[] => {
  const nad = `NAD+${roles}`;
  return [
    field(`${nad}.4 or ${nad}.2.1`, `${path}.name`, kinds.joined(35, 5)),
    field(`${nad}.5`, `${path}.street`, kinds.joined(35, 4, ", ")),
    field(`${nad}.6`, `${path}.city`),
    field(`${nad}.8`, `${path}.postalCode`),
    field(`${nad}.9`, `${path}.country`, kinds.country),
  ];
};

/** CUX 2 names the currency of the document; some name it first and say no qualifier. */
export const currency = (path: string, purpose: string): readonly Row[] => [
  repeats("CUX+2.1.3", purpose),
  field("CUX+2.1.2 or CUX.1.2", path, text, { otherwise: ({ around }) => around.currency }),
];

/** UNS S parts the lines from the sums, and CNT 2 counts the lines: a document that lost some on its way is refused. */
export const end = (lines: (scope: Scope) => unknown): readonly Row[] => [
  repeats("UNS.1", "S"),
  repeats(
    "CNT+2.1.2",
    (scope) => String((lines(scope) as unknown[] | undefined)?.length ?? 0),
    "the number of lines",
    "The document counts {found} lines and has {expected}.",
  ),
];

/** Which document it is: whether it is new, changes one or takes one back. */
export const FUNCTION = "BGM.3";
export const number = (path: string): Row => field("BGM.2.1", path);

/** `ON` is the customer's number of the order with its date, `VN` ours. */
export const references: readonly Row[] = [
  field("RFF+ON.1.2", "document.customerReference"),
  day("171", "document.orderDate", "RFF+ON/"),
  field("RFF+VN.1.2", "salesOrderId"),
];

export const linesOf = ({ data }: Scope): unknown => data.lines;
export const toldLines = ({ data }: Scope): unknown => (data.document as { lines: unknown }).lines;
export const numbered = { otherwise: ({ index }: Scope) => String(index + 1) };
export const line: FieldRow = field("1", "line", text, numbered);
/** The day it is written, by DTM 137. */
export const written: Row = repeats(
  "DTM+137.1.2",
  ({ around }) => around.at?.slice(0, 10).replaceAll("-", ""),
  "the day it is written",
);
export const writtenFormat: Row = repeats(
  "DTM+137.1.3",
  ({ around }) => (around.at === undefined ? undefined : "102"),
  "CCYYMMDD",
);
