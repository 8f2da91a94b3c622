/**
 * Writes X12 documents.
 *
 * What was read is written back byte for byte, apart from line breaks and delimiters; what was built gets its counts
 * computed. An element that holds a delimiter of the document it goes into is refused, because it would be read back as
 * something else: X12 has no way to escape it.
 */
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import {
  type Delimiters,
  type Element,
  isRepeated,
  type Segment,
  segmentsOf,
  textOf,
  type X12Document,
  type X12Interchange,
} from "./document.ts";
import { specOf, splitElement } from "./elements.ts";

/** Writes every interchange of the document, each with its own delimiters. @throws {ContractBroken} */
export function writeDocument(document: X12Document): Bytes {
  return Buffer.concat(document.interchanges.map(writeInterchange));
}

function writeInterchange(interchange: X12Interchange): Buffer {
  const { delimiters, lineBreak } = interchange;
  const end = delimiters.segment + lineBreak;
  // Delimiters are kept one byte to a character. Where one is beyond ASCII, text is brought to that before it meets them.
  const byBytes =
    interchange.encoding === "utf-8" && /[\x80-\uffff]/.test(Object.values(delimiters).join(""));
  const spelt = byBytes ? inBytes : (segment: Segment) => segment;
  const isa = spelt(interchange.header);
  const lines: string[] = [isa.elements.length === 16 ? header(isa, delimiters) : refuseHeader()];
  const put = (segment: Segment) => lines.push(written(spelt(segment), delimiters));
  for (const segment of interchange.services) put(segment);
  for (const group of interchange.groups) {
    put(group.header);
    for (const set of group.sets) {
      const segments = [...segmentsOf(set.body)];
      const last = segments.at(-1);
      for (const segment of segments)
        put(segment === last && last.id === "SE" ? counted(last, segments.length) : segment);
    }
    if (group.trailer) put(counted(group.trailer, group.sets.length));
  }
  for (const segment of interchange.servicesBehind ?? []) put(segment);
  if (interchange.trailer) put(counted(interchange.trailer, interchange.groups.length));
  const encoding = byBytes || interchange.encoding === "latin-1" ? "latin1" : "utf8";
  return Buffer.from(lines.map((line) => line + end).join(""), encoding);
}

/** The segment with one character for each byte of its text. */
function inBytes(segment: Segment): Segment {
  const bytes = (text: string) => Buffer.from(text, "utf8").toString("latin1");
  const parts = (value: string | readonly string[]) =>
    typeof value === "string" ? bytes(value) : value.map(bytes);
  const elements = segment.elements.map((one): Element => {
    if (typeof one === "string") return bytes(one);
    return isRepeated(one) ? { repeats: one.repeats.map(parts) } : one.map(bytes);
  });
  return { ...segment, elements };
}

function header(isa: Segment, delimiters: Delimiters): string {
  const elements = isa.elements.map((element) => (typeof element === "string" ? element : ""));
  for (const [index, element] of elements.entries()) {
    if (index < 15 && element.includes(delimiters.element))
      throw collision(isa, index + 1, delimiters.element);
  }
  return ["ISA", ...elements.slice(0, 15), delimiters.component ?? ""].join(delimiters.element);
}

/** The segment with its count in element 1: as written where that is right already, zeros and all. */
function counted(segment: Segment, count: number): Segment {
  if (Number(textOf(segment, 1)) === count) return segment;
  return { ...segment, elements: [String(count), ...segment.elements.slice(1)] };
}

function written(segment: Segment, delimiters: Delimiters): string {
  const spec = ENVELOPE.has(segment.id) ? [] : specOf(segment.id).spec;
  let line = segment.id;
  for (const [index, element] of segment.elements.entries()) {
    const text = joined(element, delimiters);
    if (text !== "" && !(BINARY.has(segment.id) && index === segment.elements.length - 1)) {
      check(segment, index, element, text, spec, delimiters);
    }
    line += delimiters.element + text;
  }
  return line;
}

const ENVELOPE: ReadonlySet<string> = new Set(["GS", "ST", "SE", "GE", "IEA"]);
const BINARY: ReadonlySet<string> = new Set(["BIN", "BDS"]);

function check(
  segment: Segment,
  index: number,
  element: Element,
  text: string,
  spec: ReturnType<typeof specOf>["spec"],
  delimiters: Delimiters,
): void {
  for (const delimiter of [delimiters.element, delimiters.segment]) {
    if (text.includes(delimiter)) throw collision(segment, index + 1, delimiter);
  }
  if (/[\r\n]/.test(text)) throw collision(segment, index + 1, "\n");
  const read = ENVELOPE.has(segment.id)
    ? text
    : splitElement(text, spec?.[index], spec !== undefined, delimiters);
  if (!same(read, element)) throw collision(segment, index + 1, delimiters.component ?? "");
}

function joined(element: Element, { component, repetition }: Delimiters): string {
  if (typeof element === "string") return element;
  const parts = (value: string | readonly string[]) =>
    typeof value === "string" ? value : value.join(component ?? "");
  return isRepeated(element) ? element.repeats.map(parts).join(repetition ?? "") : parts(element);
}

const same = (one: Element, other: Element): boolean => {
  if (typeof one === "string" || typeof other === "string") return one === other;
  return JSON.stringify(one) === JSON.stringify(other);
};

function collision(segment: Segment, element: number, delimiter: string): ContractBroken {
  const where = `${segment.id}${String(element).padStart(2, "0")}`;
  return new ContractBroken(
    `${where} cannot be written: it holds ${JSON.stringify(delimiter)}, which is a delimiter of this interchange, or parts the delimiters cannot keep apart. Choose other delimiters or change the text.`,
    {
      facts: {
        segment: segment.id,
        element,
        expected: `text without ${JSON.stringify(delimiter)}`,
        found: "such a character",
      },
    },
  );
}

function refuseHeader(): never {
  throw new ContractBroken("An interchange header of 16 elements was expected.", {
    facts: { segment: "ISA", expected: "16 elements", found: "another number" },
  });
}
