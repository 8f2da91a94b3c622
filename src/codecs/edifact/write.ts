/**
 * Writes EDIFACT documents.
 *
 * What was read is written back byte for byte, apart from line breaks, blanks between segments and release characters
 * nobody needed; what was built gets its counts computed. A text that cannot be written in the interchange it goes into —
 * a service character where nothing can be released, a letter its repertoire has not — is refused, because it would be
 * read back as something else.
 */
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import {
  type EdifactDocument,
  type EdifactInterchange,
  type Element,
  isRepeated,
  type Segment,
  type ServiceCharacters,
  segmentsOf,
  textOf,
} from "./document.ts";
import { repertoire } from "./repertoire.ts";

/** Writes every interchange of the document, each with its own service characters. @throws {ContractBroken} */
export function writeDocument(document: EdifactDocument): Bytes {
  return Buffer.concat(document.interchanges.map(writeInterchange));
}

function writeInterchange(interchange: EdifactInterchange): Buffer {
  const { characters, encoding } = interchange;
  const text = new Writer(interchange);
  if (interchange.advice) text.advice(interchange.syntaxVersion);
  text.put(interchange.header);
  let messages = 0;
  let groups = 0;
  for (const group of interchange.groups) {
    if (group.header) {
      groups += 1;
      text.put(group.header);
    } else messages += group.messages.length;
    for (const { body } of group.messages) {
      let count = 0;
      for (const segment of segmentsOf(body)) {
        count += 1;
        text.put(segment.id === "UNT" ? counted(segment, count) : segment);
      }
    }
    if (group.trailer) text.put(counted(group.trailer, group.messages.length));
  }
  if (interchange.trailer) text.put(counted(interchange.trailer, groups > 0 ? groups : messages));
  const spelling = repertoire(encoding);
  // UNA names one byte for each service.
  for (const mark of Object.values(characters)) if (mark.length !== 1) throw unfit(mark);
  return spelling.write(text.made.join(""));
}

class Writer {
  readonly made: string[] = [];
  readonly #characters: ServiceCharacters;
  readonly #end: string;
  readonly #marks: RegExp;

  constructor({ characters, lineBreak }: EdifactInterchange) {
    this.#characters = characters;
    this.#end = characters.segment + lineBreak;
    const { component, element, release, repetition, segment } = characters;
    const marks = [component, element, release ?? "", repetition ?? "", segment].join("");
    this.#marks = new RegExp(`[${marks.replace(/[\\\]^-]/g, "\\$&")}]`, "g");
  }

  advice(version: string): void {
    const { component, element, decimal, release, repetition, segment } = this.#characters;
    const reserved = version === "4" ? (repetition ?? " ") : " ";
    const break_ = this.#end.slice(segment.length);
    this.made.push(`UNA${component}${element}${decimal}${release ?? " "}${reserved}${segment}${break_}`);
  }

  put(segment: Segment): void {
    const { component, element } = this.#characters;
    let line = segment.id;
    for (const nesting of segment.nesting ?? []) line += component + nesting;
    for (let index = 0; index < segment.elements.length; index += 1) {
      line += element + this.#element(segment.elements[index]!, segment, index);
    }
    this.made.push(line + this.#end);
  }

  #element(value: Element, segment: Segment, index: number): string {
    if (typeof value === "string") return this.#text(value, segment, index);
    const { component, repetition } = this.#characters;
    if (!isRepeated(value)) return value.map((part) => this.#text(part, segment, index)).join(component);
    if (repetition === undefined) throw unrepeatable(segment, index);
    const one = (parts: string | readonly string[]) =>
      typeof parts === "string"
        ? this.#text(parts, segment, index)
        : parts.map((part) => this.#text(part, segment, index)).join(component);
    return value.repeats.map(one).join(repetition);
  }

  #text(text: string, segment: Segment, index: number): string {
    if (text === "") return text;
    this.#marks.lastIndex = 0;
    const { release } = this.#characters;
    // A line break would be dropped by whoever reads it.
    if (/[\r\n]/.test(text)) throw collision(segment, index, "\n");
    if (!this.#marks.test(text)) return text;
    if (release === undefined) throw collision(segment, index, text.match(this.#marks)![0]);
    return text.replace(this.#marks, (mark) => release + mark);
  }
}

/** The segment with its count in element 1: as written where that is right already, zeros and all. */
function counted(segment: Segment, count: number): Segment {
  if (/^\d+$/.test(textOf(segment, 1)) && Number(textOf(segment, 1)) === count) return segment;
  return { ...segment, elements: [String(count), ...segment.elements.slice(1)] };
}

function collision(segment: Segment, index: number, mark: string): ContractBroken {
  return new ContractBroken(
    `${segment.id} element ${index + 1} cannot be written: it holds ${JSON.stringify(mark)}, which this interchange cannot release. Choose other service characters or change the text.`,
    {
      facts: {
        segment: segment.id,
        element: index + 1,
        expected: `text without ${JSON.stringify(mark)}`,
        found: "such a character",
      },
    },
  );
}

const unrepeatable = (segment: Segment, index: number): ContractBroken =>
  new ContractBroken(
    `${segment.id} element ${index + 1} cannot be written: it is repeated, and this interchange has no repetition separator.`,
    { facts: { segment: segment.id, element: index + 1, expected: "one value", found: "several" } },
  );

const unfit = (mark: string): ContractBroken =>
  new ContractBroken("A service character is one character.", {
    facts: { segment: "UNA", expected: "one character", found: mark.slice(0, 10) },
  });
