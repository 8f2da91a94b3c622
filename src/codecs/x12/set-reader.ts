/**
 * Reads one transaction set, from its ST to its SE.
 *
 * Segments are split, checked against the dictionary and put into the table of the set. The set is told accepted,
 * accepted with errors or rejected when it ends; a set without a table is held to its envelope and its elements.
 */
import type { Delimiters, Element, Node, Problem, Segment, X12Set } from "./document.ts";
import { checkElements, type ElementFinding, type ElementSpec, specOf, splitElement } from "./elements.ts";
import type { X12Limits } from "./limits.ts";
import { Placer } from "./place.ts";
import { problem } from "./problems.ts";
import { type SetTable, tableOf } from "./table.ts";

/** A list of findings that keeps the first ones and remembers whether any was an error. */
export class Findings {
  readonly list: Problem[] = [];
  readonly #most: number;
  errors = 0;
  notes = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(told: Omit<Problem, "message">): void {
    if (told.severity === "error") this.errors += 1;
    else this.notes += 1;
    // Notes may fill the list; the first error always finds a place.
    if (this.list.length < this.#most || (told.severity === "error" && this.errors === 1))
      this.list.push(problem(told));
  }
}

const IDENTIFIER = /^[A-Z][A-Z0-9]{1,2}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters other than separators are looked for.
const CONTROL = /[\0-\x06\x0e-\x1a]/;

export class SetReader {
  readonly findings: Findings;
  readonly type: string;
  readonly controlNumber: string;
  readonly line: number;
  readonly #opening: Segment;
  readonly #table: SetTable | undefined;
  readonly #placer: Placer | undefined;
  readonly #body: Node[];
  readonly #delimiters: Delimiters;
  readonly #limits: X12Limits;
  readonly #version: string;
  #count = 1;

  constructor(
    opening: Segment,
    at: { version: string; functionalId: string; delimiters: Delimiters; limits: X12Limits },
  ) {
    // Only what was read has a place in a file.
    this.#opening = opening.line === undefined ? opening : { ...opening, position: 1 };
    this.#delimiters = at.delimiters;
    this.#limits = at.limits;
    this.#version = at.version;
    this.findings = new Findings(at.limits.problemsKept);
    this.line = opening.line ?? 0;
    this.type = text(opening, 1);
    this.controlNumber = text(opening, 2);
    this.#table = tableOf(this.type);
    this.#body = [this.#opening];
    if (!/^\d{3}$/.test(this.type)) this.#say("6", 1, "a transaction set of three digits", this.type);
    if (this.controlNumber === "") this.#say("7", 2, "a control number", "nothing");
    if (this.#table) {
      this.#placer = new Placer(this.#table, this.#opening, (finding) => {
        const { at: segment, ...rest } = finding;
        this.findings.add({
          level: "segment",
          line: segment.line ?? 0,
          position: segment.position ?? 0,
          ...rest,
        });
      });
      if (at.functionalId !== this.#table.functionalId) {
        this.findings.add({
          level: "set",
          severity: "note",
          code: "6",
          line: this.line,
          segment: "ST",
          element: 1,
          expected: `a ${this.type} in a group ${this.#table.functionalId}`,
          found: `group ${at.functionalId}`,
        });
      }
    }
  }

  add(line: number, written: string, oversize: boolean, binary: string | undefined): void {
    this.#count += 1;
    const position = this.#count;
    if (position > this.#limits.segmentsPerSet) {
      if (position === this.#limits.segmentsPerSet + 1) {
        this.#say("5", undefined, `at most ${this.#limits.segmentsPerSet} segments in a set`, "more", line);
      }
      return;
    }
    const parts = written.split(this.#delimiters.element);
    const id = parts[0]!;
    const fault = (code: string, expected: string, found: string) =>
      this.findings.add({
        level: "segment",
        severity: "error",
        code,
        line,
        segment: id.slice(0, 3),
        position,
        expected,
        found,
      });
    if (oversize || !IDENTIFIER.test(id)) {
      if (oversize) fault("8", `a segment of at most ${this.#limits.segmentBytes} bytes`, "a longer one");
      else fault("1", "a segment identifier", JSON.stringify(id.slice(0, 20)));
      return;
    }
    if (CONTROL.test(written)) fault("8", "printable characters", "a control character");

    const spec = specOf(id);
    const { component } = this.#delimiters;
    const composed = component !== undefined && written.includes(component);
    const splits = composed || this.#delimiters.repetition !== undefined;
    const elements: Element[] = new Array(parts.length - 1);
    for (let index = 1; index < parts.length; index += 1) {
      const part = parts[index]!;
      elements[index - 1] = splits
        ? splitElement(part, spec?.[index - 1], spec !== undefined, this.#delimiters)
        : part;
    }
    if (binary !== undefined) elements.push(binary);
    this.#keep({ id, elements, line, position }, spec);
  }

  /** Takes a segment that is made, not read. */
  put(made: Segment): void {
    this.#count += 1;
    this.#keep(made, specOf(made.id));
  }

  #keep(segment: Segment, spec: readonly ElementSpec[] | undefined): void {
    if (spec) checkElements(segment.elements, spec, (finding) => this.#element(segment, finding));
    if (this.#placer) this.#placer.add(segment);
    else this.#body.push(segment);
  }

  #element(segment: Segment, finding: ElementFinding): void {
    const { id, line = 0, position = this.#count } = segment;
    this.findings.add({ level: "element", line, segment: id, position, ...finding });
  }

  /** Ends the set, at its SE or (where that is missing) at what came instead. */
  end(closing: Segment | undefined, line: number, instead: string): X12Set {
    if (closing) this.#count += 1;
    const last: Segment = closing
      ? closing.line === undefined
        ? closing
        : { ...closing, position: this.#count }
      : { id: instead, elements: [], line, position: this.#count + 1 };
    this.#placer?.end(last);
    const body = this.#placer?.body ?? this.#body;
    if (closing) {
      body.push(last);
      const declared = text(closing, 1);
      if (!/^\d{1,10}$/.test(declared) || Number(declared) !== this.#count) {
        this.#say("4", 1, `SE01 to count ${this.#count} segments`, declared || "nothing", closing.line, "SE");
      }
      const control = text(closing, 2);
      if (control !== this.controlNumber) {
        this.#say(
          "3",
          2,
          `SE02 to repeat control number ${this.controlNumber}`,
          control || "nothing",
          closing.line,
          "SE",
        );
      }
    } else this.#say("2", undefined, `SE to end set ${this.type} ${this.controlNumber}`, instead, line, "SE");

    const implementation = text(this.#opening, 3);
    return {
      type: this.type,
      controlNumber: this.controlNumber,
      version: this.#version,
      ...(implementation === "" ? {} : { implementation }),
      known: this.#table !== undefined,
      line: this.line,
      body,
      segmentCount: this.#count,
      problems: this.findings.list,
      verdict:
        this.findings.errors > 0 ? "rejected" : this.findings.notes > 0 ? "accepted with errors" : "accepted",
    };
  }

  #say(
    code: string,
    element: number | undefined,
    expected: string,
    found: string,
    line = this.line,
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
