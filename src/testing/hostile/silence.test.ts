/**
 * Nothing a document says is dropped in silence, whatever the codec: change any value of a sound document, or put one into it
 * that no field waits for, and what is read is another value, lists it, or is refused.
 *
 * It asks no codec what it carried. From the document on it is the tables of `crossdock/mappings` that list, and
 * `mappings/kit.fixtures.ts` changes one value after the other there.
 */
import { expect, test } from "vitest";
import { b2mml } from "../../codecs/b2mml/codec.ts";
import { bai2 } from "../../codecs/bai2/codec.ts";
import { csv } from "../../codecs/csv/codec.ts";
import * as edifact from "../../codecs/edifact/codec.ts";
import { epcis } from "../../codecs/epcis/codec.ts";
import { fixedWidth } from "../../codecs/fixed-width/codec.ts";
import { layout } from "../../codecs/fixed-width/fixtures.ts";
import { idoc } from "../../codecs/idoc/codec.ts";
import { bankMessage, pain001, pain002, pain008, remt001 } from "../../codecs/iso20022/codec.ts";
import { json } from "../../codecs/json/codec.ts";
import { mt940 } from "../../codecs/mt940/codec.ts";
import { sparkplug } from "../../codecs/sparkplug/codec.ts";
import { ubl } from "../../codecs/ubl/codec.ts";
import * as x12 from "../../codecs/x12/codec.ts";
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import { SUBJECTS } from "./subjects.ts";

interface Case {
  readonly read: (body: Bytes) => unknown;
  /** Parts of the value that repeat the document as it stood: what only they say nobody would see. */
  readonly raw?: readonly string[];
  /** What the format itself writes and nobody means, just before the place of a change. */
  readonly marks?: RegExp;
}

const CASES: Readonly<Record<string, Case>> = {
  b2mml: { read: b2mml().decode },
  bai2: { read: bai2().decode, raw: ["records", "line"] },
  camt053: { read: bankMessage("camt.053").decode },
  csv: { read: csv({ columns: ["sku", "plant", "onHand"], delimiter: ";" }).decode },
  edifact: { read: edifact.parse },
  epcis: { read: epcis().decode, marks: /^\{"@context":\[[^\]]*$|"type":"epci[^"]*$/ },
  "fixed-width": { read: fixedWidth(layout).decode },
  idoc: { read: idoc().decode, marks: /(?:BEGIN|SEGMENT)="$/ },
  "iso20022 camt.052": { read: bankMessage("camt.052").decode },
  "iso20022 camt.054": { read: bankMessage("camt.054").decode },
  "iso20022 pain001": { read: pain001().decode },
  "iso20022 pain008": { read: pain008().decode },
  "iso20022 pain002": { read: pain002().decode },
  "iso20022 remt001": { read: remt001().decode },
  json: { read: json().decode },
  mt940: { read: mt940().decode, raw: ["fields", "line", "subfields", "details"] },
  sparkplug: { read: sparkplug().decode },
  ubl: { read: ubl().decode },
  x12: { read: x12.parse },
};

test.each(SUBJECTS.filter(({ name }) => name !== "csv export").map(({ name }) => name))("%s", (name) => {
  const { read, raw = [], marks } = CASES[name]!;
  const hidden = new Set(raw);
  const said = (body: Bytes): string => {
    try {
      return JSON.stringify(read(body), (key, value: unknown) => {
        if (hidden.has(key)) return undefined;
        return typeof value === "bigint" ? `${value}n` : value;
      });
    } catch (error) {
      if (error instanceof ContractBroken) return `refused: ${error.message}`;
      throw error;
    }
  };
  const seeds = SUBJECTS.find((one) => one.name === name)!.seeds();
  const silent: string[] = [];
  for (const seed of seeds.filter((body) => !body.subarray(0, 100).includes(0) || name === "sparkplug")) {
    const text = Buffer.from(seed).toString("latin1");
    const before = said(seed);
    expect(before).not.toMatch(/^refused/);
    for (const { at, what, changed } of changesOf(text))
      if (!marks?.test(text.slice(0, at)) && said(Buffer.from(changed, "latin1")) === before)
        silent.push(what);
  }
  expect(silent).toEqual([]);
});

interface Change {
  readonly at: number;
  readonly what: string;
  readonly changed: string;
}

function* changesOf(text: string): Generator<Change> {
  const around = (at: number) => JSON.stringify(text.slice(Math.max(0, at - 30), at + 30));
  const put = (at: number, inside: string, cut = 0): Change => ({
    at,
    what: `${JSON.stringify(inside)} at ${at}, ${around(at)}`,
    changed: text.slice(0, at) + inside + text.slice(at + cut),
  });
  if (/^\s*(?:\xef\xbb\xbf)?</.test(text)) {
    const start = text.search(/<(?=[A-Za-z])/);
    for (const { index, 0: tag } of text.matchAll(/<[A-Za-z][^<>]*(?<!\/)>/g)) {
      yield put(index + tag.length, "<Own>SILENT</Own>");
      yield put(index + tag.length - 1, ' own="SILENT"');
    }
    for (const { index, 0: value } of text.matchAll(/(?<=>)[^<>]*\w(?=[^<>\w]*<)/g))
      yield put(index + value.length - 1, other(value.at(-1)!), 1);
    for (const { index, 0: value } of text.matchAll(/(?<= [\w:]+=")[^"<>]*\w(?=")/g)) {
      const name = /([\w:]+)="$/.exec(text.slice(0, index))?.[1] ?? "";
      if (index > start && !/^xmlns|^xsi:/.test(name))
        yield put(index + value.length - 1, other(value.at(-1)!), 1);
    }
    return;
  }
  for (const { index } of text.matchAll(/\w(?!\w)/g)) yield put(index, other(text[index]!), 1);
  if (/^\s*\{"/.test(text))
    for (const { index } of text.matchAll(/\{(?=")/g)) yield put(index + 1, '"own:way":"SILENT",');
  // Behind the last word of each line or segment.
  for (const { index } of text.matchAll(/(?<=\w)(?=[^\w]{0,3}(?:\r\n|~|'|$))/g)) yield put(index, "7");
}

/** Another sign of its kind, so that the value is read and not refused. */
const other = (sign: string): string =>
  /\d/.test(sign) ? (sign === "0" ? "1" : "0") : sign === "J" ? "K" : "J";
