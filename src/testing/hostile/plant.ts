/** The formats of plants, warehouses and old systems as the hostile tests know them; `subjects.ts` lists them with the rest. */
import { b2mml } from "../../codecs/b2mml/codec.ts";
import * as plantXml from "../../codecs/b2mml/fixtures.ts";
import { canonicalForm, epcis, epcisRecords } from "../../codecs/epcis/codec.ts";
import * as events from "../../codecs/epcis/fixtures.ts";
import { fixedWidth, readFixedWidth } from "../../codecs/fixed-width/codec.ts";
import { file, layout } from "../../codecs/fixed-width/fixtures.ts";
import { sparkplug } from "../../codecs/sparkplug/codec.ts";
import { birth } from "../../codecs/sparkplug/fixtures.ts";
import { toBytes } from "../../std/bytes.ts";
import type { Subject } from "./subject.ts";

/** @param xmlPieces what hurts any XML */
export const plantSubjects = (xmlPieces: readonly string[]): readonly Subject[] => [
  {
    name: "b2mml",
    seeds: () => [plantXml.schedule, plantXml.performance, plantXml.material].map(toBytes),
    pieces: [...xmlPieces, "<ID>", "</ID>", "<Quantity>", "<SegmentRequirement>", "PT4H", "9999-99-99T"],
    read: (body) => b2mml().decode(body),
  },
  {
    name: "epcis",
    seeds: () => [events.xml, events.json, events.transformation].map(toBytes),
    pieces: [
      ...xmlPieces,
      "<extension>",
      "{",
      "[",
      '"',
      "urn:epc:id:sgtin:",
      "https://id.gs1.org/01/",
      "9".repeat(50),
      "e99",
    ],
    read: (body) => {
      const document = epcis().decode(body);
      return document.events.map(canonicalForm);
    },
    records: epcisRecords(),
  },
  {
    name: "fixed-width",
    seeds: () => [toBytes(file)],
    pieces: ["\n", "\r\n", "\0", "\xff", "{", "}", "-", "T000004", " ".repeat(40), "99999999999"],
    read: (body) => fixedWidth(layout).decode(body),
    stream: (chunks) => readFixedWidth(chunks, layout),
  },
  {
    name: "sparkplug",
    seeds: () => [sparkplug().encode(birth)],
    pieces: [
      "\xff\xff\xff\xff\xff",
      "\x12",
      "\0",
      "\x92\x01",
      "\x8a\x01",
      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    ],
    read: (body) => sparkplug().decode(body),
  },
];
