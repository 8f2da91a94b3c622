/** What X12 sets repeat: items, addresses, places, days, counts; and how each is written. */

import type { SetDraft, X12Set } from "../../codecs/x12/codec.ts";
import * as kinds from "../kinds.ts";
import { textOf } from "../place.ts";
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

export type X12Sheet = Sheet<X12Set, SetDraft>;

/** The seller's number of an item by the qualifiers senders use for it, the plainest first; the first is written. */
export const ITEM = "VN|VP|VC|SK|UP|UK|EN|UA|MG|ST|BP|IN|CB|PI|IB";
/** The item of a line, in pairs from this element on, or in a LIN below as grocery and automotive senders write it. */
export const item = (from: number, path = "item"): FieldRow =>
  field(`${from}(${ITEM}) or LIN.2(${ITEM})`, path);

/** X12 keeps some marks for itself. */
export const words = (most: number): Kind => kinds.cut(most, (text) => text.replace(/[*~>^\r\n]/g, " "));

export const address = (roles: string, path: string, inside = ""): readonly Row[] => {
  const n1 = `${inside}N1+${roles}`;
  return [
    field(`${n1}.2 or ${n1}.4`, `${path}.name`, words(60)),
    field([`${n1}/N3.1`, `${n1}/N3.2`], `${path}.street`, kinds.twoLines(55)),
    field(`${n1}/N4.1`, `${path}.city`, words(30)),
    field(`${n1}/N4.3`, `${path}.postalCode`),
    field(`${n1}/N4.4`, `${path}.country`, kinds.country),
  ];
};

/** Where a thing is by our number of the place: N104, or as agreed. */
export const place = (
  role: string,
  path: string,
  agreed: (scope: Scope) => string | undefined,
  up = "",
): readonly Row[] => [
  field(`${up}N1+${role}.4`, path, text, { otherwise: agreed }),
  repeats(`${up}N1+${role}.3`, "92", "92, our number"),
];

export const count = (place: string, list: (scope: Scope) => unknown): Row =>
  repeats(
    place,
    (scope) => String((list(scope) as unknown[] | undefined)?.length ?? 0),
    "the number of lines",
  );

export const day = (place: string, path: string): FieldRow => field(place, path, kinds.digitsDay);

export const lines = ({ data }: Scope) => data.lines;
export const toldLines = ({ data }: Scope) => (data.document as { lines: unknown }).lines;
export const writtenOn = ({ around }: Scope): string | undefined =>
  around.at?.slice(0, 10).replaceAll("-", "");

/** The number of a pallet or carton, with or without the identifier before it. */
export const sscc: Kind = {
  name: "SSCC, behind 00",
  read: (found) => {
    const number = textOf(found)
      .replace(/^\(00\)/, "00")
      .trim();
    return /^00\d{18}$/.test(number) ? number.slice(2) : number;
  },
  write: (value) => (/^\d{18}$/.test(String(value)) ? `00${String(value)}` : String(value)),
};
