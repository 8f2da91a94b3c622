/**
 * EPCIS events in canonical words and back: handling units that were seen elsewhere, and what was packed for an order.
 *
 * An object event moves a pallet from its read point to its business location; an aggregation puts goods of an order on one. Other
 * events, and goods without a pallet, say nothing these contracts hold.
 */
import type { EpcisDocument } from "../../codecs/epcis/codec.ts";
import { inventory, stock } from "../../contracts/canon/index.ts";
import { epcisDocuments } from "../formats/plain.ts";
import * as kinds from "../kinds.ts";
import { type Mapping, mapping } from "../mappings.ts";
import { textOf } from "../place.ts";
import { each, field, type Kind, repeats } from "../table.ts";

/** `urn:epc:id:sscc:3401234.5000000001` or a GS1 Digital Link as the eighteen digits; written as a link. */
const sscc: Kind = {
  name: "SSCC of eighteen digits",
  read(found) {
    const text = textOf(found);
    const link = /\/00\/(\d{18})$/.exec(text)?.[1];
    if (link !== undefined) return link;
    const [, prefix, serial] = /^urn:epc:id:sscc:(\d{6,12})\.(\d{5,11})$/.exec(text) ?? [];
    if (prefix === undefined || serial === undefined || prefix.length + serial.length !== 17)
      return undefined;
    const digits = `${serial[0]}${prefix}${serial.slice(1)}`;
    const sum = [...digits].reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 3 : 1), 0);
    return `${digits}${(10 - (sum % 10)) % 10}`;
  },
  write: (value) =>
    /^\d{18}$/.test(String(value)) ? `https://id.gs1.org/00/${String(value)}` : String(value),
};
const place: Kind = {
  name: "the last part of its address",
  read: (found) => /([^/:.]+(?:\.[^/:]+)?)$/.exec(textOf(found))?.[1],
  write: (value) => `https://id.example.org/place/${String(value)}`,
  rest: (found) => textOf(found).replace(/[^/:.]+(?:\.[^/:]+)?$/, ""),
};
const isOf = (text: string, word: string): boolean =>
  text.endsWith(`-${word}`) || text.endsWith(`:${word}`) || text === word;
const isUnit = (text: string): boolean => text.includes(":sscc:") || /\/00\/\d{18}$/.test(text);

export const epcis: Mapping<EpcisDocument, EpcisDocument> = mapping({
  format: epcisDocuments,
  document: "EPCIS",
  title: "Object and aggregation events",
  translations: [
    {
      contract: stock.HandlingUnitMoved,
      way: "both",
      parts: [
        {
          place: "events[]",
          keep: ({ text: at }) =>
            at("type") === "ObjectEvent" &&
            isUnit(at("epcs[0]")) &&
            at("readPoint.id") !== "" &&
            at("bizLocation.id") !== "",
        },
      ],
      rows: [
        repeats("type", "ObjectEvent"),
        repeats("action", "OBSERVE"),
        field("epcs[0]", "sscc", sscc),
        field("readPoint.id", "from", place),
        field("bizLocation.id", "to", place),
        field("eventTime", "movedAt", kinds.instant),
        repeats("eventTimeZoneOffset", "+00:00"),
      ],
    },
    {
      contract: inventory.GoodsPicked,
      way: "in",
      parts: [
        {
          place: "events[]",
          keep: ({ text: at }) =>
            at("type") === "AggregationEvent" &&
            at("action") === "ADD" &&
            (isOf(at("bizStep"), "packing") || isOf(at("bizStep"), "picking")),
        },
      ],
      rows: [
        repeats("type", "AggregationEvent"),
        repeats("action", "ADD"),
        field(
          "bizTransactions[type=https://ref.gs1.org/cbv/BTT-po].id or bizTransactions.id",
          "salesOrderId",
          place,
        ),
        each("parentId", "handlingUnits", [field("", "sscc", sscc)]),
        each("childQuantities", "lines", [
          field(
            "epcClass",
            "line",
            { name: "the order of the list", read: () => undefined, write: () => undefined },
            {
              otherwise: ({ index }) => String(index + 1),
            },
          ),
          field("epcClass", "item", kinds.agreed("class of goods")),
          field(
            ["quantity", "uom"],
            "quantity",
            kinds.quantity(() => "EA"),
          ),
        ]),
        field("eventTime", "pickedAt", kinds.instant),
      ],
    },
  ],
  tolerated: [
    "SSCC as URN or as GS1 Digital Link.",
    "A quantity without a unit counts pieces, as the standard says.",
  ],
  notCarried: {
    "events[0].ilmd": "master data of instances comes from master data",
    "events[0].sensors": "measurements stay with the warehouse",
  },
});

export type { Left, Mapped } from "../read.ts";
export type { Around } from "../table.ts";
export type { Written } from "../write.ts";
