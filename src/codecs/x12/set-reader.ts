/**
 * Reads one transaction set, from its ST to its SE.
 *
 * Segments are split, checked against the dictionary and put into the table of the set. The set is told accepted,
 * accepted with errors or rejected when it ends; a set without a table is held to its envelope and its elements.
 */
import { BodyReader, type Fault } from "../segments/body-reader.ts";
import { Findings } from "../segments/findings.ts";
import type { PlaceRules } from "../segments/place.ts";
import { counts } from "../segments/reader.ts";
import type { Delimiters, Element, Node, Problem, Segment, X12Set } from "./document.ts";
import { checkElements, type ElementSpec, specOf, splitElement } from "./elements.ts";
import { utf8 } from "./encoding.ts";
import type { X12Limits } from "./limits.ts";
import { problem } from "./problems.ts";
import { tableOf } from "./table.ts";
import { OTHER_SEGMENTS, SEGMENTS } from "./tables/segments.ts";
import type { SegmentToken } from "./tokens.ts";

/** The codes of AK304 and IK304. */
const RULES: PlaceRules<Node> = {
  codes: {
    late: "7",
    displaced: "2",
    foreign: "6",
    unknown: "1",
    segmentTooOften: "5",
    loopTooOften: "4",
    missing: "3",
  },
  spineOnly: true,
  isStandard: (id) => OTHER_SEGMENTS.has(id) || Object.hasOwn(SEGMENTS, id),
  loop: (id, children) => ({ loop: id, children }),
};

const IDENTIFIER = /^[A-Z][A-Z0-9]{1,2}$/;

/** Where a set stands. */
export interface SetPlace {
  /** GS08 and GS01. */
  readonly version: string;
  readonly functionalId: string;
  readonly delimiters: Delimiters;
  readonly limits: X12Limits;
}

export class SetReader extends BodyReader<Segment, Node, Problem> {
  readonly #opening: Segment;
  readonly #at: SetPlace;
  readonly #known: boolean;
  /** As they stand in the text of elements, which is spelt out of its bytes. */
  readonly #delimiters: Delimiters;

  constructor(opening: Segment, at: SetPlace) {
    // Only what was read has a place in a file.
    const first = opening.line === undefined ? opening : { ...opening, position: 1 };
    const type = text(first, 1);
    const table = tableOf(type, at.version);
    super(first, table, RULES, new Findings(at.limits.problemsKept, problem));
    this.#opening = first;
    this.#at = at;
    const { component, repetition } = at.delimiters;
    this.#delimiters = {
      ...at.delimiters,
      ...(component !== undefined && { component: utf8(component) ?? component }),
      ...(repetition !== undefined && { repetition: utf8(repetition) ?? repetition }),
    };
    this.#known = table !== undefined;
    if (!/^\d{3}$/.test(type)) this.#say("6", 1, "a transaction set of three digits", type);
    if (text(first, 2) === "") this.#say("7", 2, "a control number", "nothing");
    if (table && at.functionalId !== table.functionalId) {
      this.findings.add({
        level: "set",
        severity: "note",
        code: "6",
        line: first.line ?? 0,
        segment: "ST",
        element: 1,
        expected: `a ${type} in a group ${table.functionalId}`,
        found: `group ${at.functionalId}`,
      });
    }
  }

  add({ id: written, elements: parts, nested, line, oversize, control, binary }: SegmentToken): void {
    this.count += 1;
    const position = this.count;
    const { limits } = this.#at;
    if (position > limits.segmentsPerSet) {
      if (position === limits.segmentsPerSet + 1)
        this.#say("5", undefined, `at most ${limits.segmentsPerSet} segments in a set`, "more", line);
      return;
    }
    const { id, spec } = specOf(written);
    if (oversize || (spec === undefined && !IDENTIFIER.test(id))) {
      const fault = oversize
        ? { code: "8", expected: `a segment of at most ${limits.segmentBytes} bytes`, found: "a longer one" }
        : { code: "1", expected: "a segment identifier", found: JSON.stringify(id.slice(0, 20)) };
      const at = { id, elements: [], line, position };
      this.tell("segment", at, { severity: "error", segment: id.slice(0, 3), ...fault }, undefined);
      return;
    }
    const elements: Element[] = nested ? this.#split(parts, spec) : parts;
    if (binary !== undefined) elements.push(binary);
    const segment: Segment = { id, elements, line, position };
    if (control) {
      const fault = { code: "8", expected: "printable characters", found: "a control character" };
      this.tell("segment", segment, { severity: "error", segment: id, ...fault }, undefined);
    }
    this.#keep(segment, spec);
  }

  /** Takes a segment that is made, not read. */
  put(made: Segment): void {
    this.count += 1;
    this.#keep(made, specOf(made.id).spec);
  }

  #split(parts: readonly string[], spec: readonly ElementSpec[] | undefined): Element[] {
    const delimiters = this.#delimiters;
    return parts.map((part, index) => splitElement(part, spec?.[index], spec !== undefined, delimiters));
  }

  #keep(segment: Segment, spec: readonly ElementSpec[] | undefined): void {
    this.begin(segment);
    if (spec) checkElements(segment.elements, spec, this);
    this.place(segment);
  }

  protected override tell(
    level: "segment" | "element",
    { line = 0, position = this.count }: Segment,
    fault: Fault,
    inside: string | undefined,
  ): void {
    this.findings.add({ level, line, position, ...fault, ...(inside === undefined ? {} : { loop: inside }) });
  }

  /** Ends the set, at its SE or (where that is missing) at what came instead. */
  end(closing: Segment | undefined, line: number, instead: string): X12Set {
    if (closing) this.count += 1;
    const position = closing ? this.count : this.count + 1;
    const made = closing !== undefined && closing.line === undefined;
    const last = made ? closing : { ...(closing ?? { id: instead, elements: [], line }), position };
    const body = this.close(last, closing !== undefined);
    const [type, control] = [text(this.#opening, 1), text(this.#opening, 2)];
    if (closing) {
      const say = (code: string, element: number, expected: string, found: string) =>
        this.#say(code, element, expected, found || "nothing", closing.line, "SE");
      const declared = text(closing, 1);
      if (!counts(declared, this.count)) say("4", 1, `SE01 to count ${this.count} segments`, declared);
      const repeated = text(closing, 2);
      if (repeated !== control) say("3", 2, `SE02 to repeat control number ${control}`, repeated);
    } else this.#say("2", undefined, `SE to end set ${type} ${control}`, instead, line, "SE");
    const implementation = text(this.#opening, 3);
    return {
      type,
      controlNumber: control,
      version: this.#at.version,
      ...(implementation === "" ? {} : { implementation }),
      known: this.#known,
      line: this.#opening.line ?? 0,
      body,
      segmentCount: this.count,
      problems: this.findings.list,
      verdict: this.findings.verdict,
    };
  }

  #say(
    code: string,
    element: number | undefined,
    expected: string,
    found: string,
    line = this.#opening.line ?? 0,
    segment = "ST",
  ): void {
    this.findings.add({
      level: "set",
      severity: "error",
      code,
      line,
      segment,
      ...(element === undefined ? {} : { element }),
      expected,
      found: found.slice(0, 40),
    });
  }
}

/** One element of an envelope segment, which is never composite, without padding. */
export function text(segment: Segment, element: number): string {
  const value = segment.elements[element - 1];
  return typeof value === "string" ? value.trim() : "";
}

/** Segments of the envelope are never composite. */
export const envelopeSegment = ({ id, elements, line }: SegmentToken): Segment => ({ id, elements, line });

/** The tag of what may be a segment of the envelope; a tag that nothing follows is none. */
export const envelopeTag = ({ id, elements, oversize }: SegmentToken): string =>
  oversize || elements.length === 0 ? "" : id;
