/** The best parsers of each format that npm has, for `codecs.ts`: each reads the bytes into the values it gives. */

import { createRequire } from "node:module";
import { parse } from "csv-parse/sync";
import { measure } from "../codec-loop.ts";

// Packages of CommonJS without types.
const require = createRequire(import.meta.url);
const { X12Parser } = require("node-x12");
const EdifactParser = require("edifact/parser.js");
const EdifactReader = require("edifact/reader.js");
const mt940js = require("mt940js");

const text = (body: Uint8Array): string => Buffer.from(body).toString("utf8");

/** As its manual shows: a list of segments, elements and components. Nothing is checked. */
function edifactParser(body: Uint8Array): number {
  const parser = new EdifactParser();
  const result: { name: string; elements: string[][] }[] = [];
  let elements: string[][];
  let components: string[];
  let messages = 0;
  parser.onopensegment = (name: string) => {
    elements = [];
    if (name === "UNH") messages += 1;
    result.push({ name, elements });
  };
  parser.onelement = () => {
    components = [];
    elements.push(components);
  };
  parser.oncomponent = (data: string) => void components.push(data);
  parser.onclosesegment = () => {};
  parser.encoding("UNOC");
  parser.write(text(body));
  parser.end();
  return messages;
}

/** Nothing is kept. */
function edifactTokens(body: Uint8Array): number {
  const parser = new EdifactParser();
  let messages = 0;
  parser.onopensegment = (name: string) => {
    if (name === "UNH") messages += 1;
  };
  parser.onelement = () => {};
  parser.oncomponent = () => {};
  parser.onclosesegment = () => {};
  parser.encoding("UNOC");
  parser.write(text(body));
  parser.end();
  return messages;
}

await measure({
  "node-x12": (body) => {
    const interchange = new X12Parser(true).parse(text(body));
    return interchange.functionalGroups[0].transactions.length;
  },
  "edifact reader": (body) => {
    const segments = new EdifactReader().parse(text(body));
    return segments.filter(({ name }: { name: string }) => name === "UNH").length;
  },
  "edifact into segments": edifactParser,
  "edifact tokens only": edifactTokens,
  "csv-parse": (body) => parse(text(body), { columns: true, delimiter: ";" }).length,
  mt940js: (body) =>
    new mt940js.Parser()
      .parse(text(body))
      .reduce((sum: number, { transactions }: { transactions: unknown[] }) => sum + transactions.length, 0),
});
