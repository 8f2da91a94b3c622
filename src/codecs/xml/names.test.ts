/** Names mean what the parser's own namespaces say they mean, and whatever it refuses is refused. */
import { SaxesParser } from "saxes";
import { expect, test } from "vitest";
import { ContractBroken } from "../../std/errors.ts";
import { mutant } from "../../testing/hostile/mutate.ts";
import { parseXml, type XmlElement } from "./tree.ts";

const SOUND = `<a:order xmlns:a="urn:a" xmlns="urn:d" a:id="7" xml:lang="en" id="8">
  <line xmlns="urn:e"><a:sku xmlns:a="urn:f" a:x="1"/><b xmlns=""/></line>
  <line no="2">x</line><a:line xmlns:b="urn:a" a:one="1" b:two="2"/>
</a:order>`;
const PIECES = [
  ":",
  "a:",
  "b:",
  "xml:",
  "xmlns:",
  ' xmlns=""',
  ' xmlns:b="urn:a"',
  ' xmlns:b=""',
  ' b:id="1"',
  ' a:id="1"',
  ' xmlns:xml="urn:x"',
  ' xmlns:xmlns="urn:x"',
  ' xmlns:q="http://www.w3.org/XML/1998/namespace"',
  ' xmlns="http://www.w3.org/2000/xmlns/"',
  "<a:x/>",
  "<b/>",
  "</line>",
  "<line>",
];

/** Every element as the parser itself names it, or undefined where it refuses the document. */
function byParser(text: string): string[] | undefined {
  const parser = new SaxesParser({ xmlns: true });
  const seen: string[] = [];
  let refused = false;
  parser.on("error", () => {
    refused = true;
  });
  parser.on("opentag", ({ local, uri }) => void seen.push(`{${uri}}${local}`));
  parser.write(text).close();
  return refused ? undefined : seen;
}

function byUs(text: string): string[] | undefined {
  const seen: string[] = [];
  const walk = ({ namespace, name, children }: XmlElement) => {
    seen.push(`{${namespace}}${name}`);
    children.forEach(walk);
  };
  try {
    walk(parseXml(Buffer.from(text)));
  } catch (error) {
    expect(error).toBeInstanceOf(ContractBroken);
    return undefined;
  }
  return seen;
}

test("a sound document", () => {
  expect(byUs(SOUND)).toEqual([
    "{urn:a}order",
    "{urn:e}line",
    "{urn:f}sku",
    "{}b",
    "{urn:d}line",
    "{urn:a}line",
  ]);
});

test("ten thousand damaged documents are named alike or refused by both", () => {
  let read = 0;
  for (let seed = 1; seed <= 10_000; seed += 1) {
    const text = Buffer.from(mutant([Buffer.from(SOUND)], seed, PIECES)).toString("utf8");
    // What we refuse before the parser sees it is no business of names.
    if (/<!|&|<\?|\ufffd|\ufeff/.test(text)) continue;
    const expected = byParser(text);
    expect(byUs(text), `mutant ${seed}: ${text}`).toEqual(expected);
    if (expected) read += 1;
  }
  expect(read).toBeGreaterThan(500);
});
