/**
 * Reads one message, from its UNH to its UNT.
 *
 * Segments are checked against the directory and put into the table of the message. The message is told accepted,
 * accepted with errors or rejected when it ends; one without a table is held to its envelope and its elements.
 */
import type { EdifactMessage, Node, Segment } from "./document.ts";
import { textOf } from "./document.ts";
import { checkElements, type ElementFinding } from "./elements.ts";
import type { EdifactLimits } from "./limits.ts";
import { Placer } from "./place.ts";
import { Findings } from "./problems.ts";
import { type MessageTable, tableOf } from "./table.ts";
import type { SegmentFault } from "./tokens.ts";

export class MessageReader {
  readonly findings: Findings;
  readonly #opening: Segment;
  readonly #table: MessageTable | undefined;
  readonly #placer: Placer | undefined;
  readonly #body: Node[];
  readonly #limits: EdifactLimits;
  readonly #tellElement: (finding: ElementFinding) => void;
  #segment: Segment;
  #count = 1;

  constructor(opening: Segment, limits: EdifactLimits) {
    this.#opening = opening;
    this.#segment = opening;
    this.#limits = limits;
    this.findings = new Findings(limits.problemsKept);
    this.#tellElement = (finding) => this.#element(finding);
    (opening as { position?: number }).position = 1;
    this.#body = [opening];
    for (const [component, what] of UNH_PARTS.entries()) {
      if (textOf(opening, 2, component + 1) === "") this.#head("13", 2, component + 1, what, "nothing");
    }
    if (textOf(opening, 1) === "") this.#head("13", 1, undefined, "a message reference", "nothing");
    this.#table = tableOf(textOf(opening, 2), textOf(opening, 2, 3));
    if (this.#table) {
      this.#placer = new Placer(this.#table, opening, ({ at, ...rest }) => {
        const { line = 0, number = 0, position = 0 } = at;
        this.findings.add({ level: "segment", line, number, position, ...rest });
      });
    }
  }

  get reference(): string {
    return textOf(this.#opening, 1);
  }

  add(segment: Segment, fault: SegmentFault | undefined): void {
    this.#count += 1;
    const position = this.#count;
    (segment as { position?: number }).position = position;
    if (position > this.#limits.segmentsPerMessage) {
      if (position === this.#limits.segmentsPerMessage + 1) {
        const { line = 0, number = 0, id } = segment;
        const expected = `at most ${this.#limits.segmentsPerMessage} segments in a message`;
        const finding = { code: "35", line, number, segment: id, position, expected, found: "more" };
        this.findings.add({ level: "message", severity: "error", ...finding });
      }
      return;
    }
    if (fault) {
      const { line = 0, number = 0, id } = segment;
      this.findings.add({
        level: "segment",
        severity: "error",
        line,
        number,
        segment: id,
        position,
        ...fault,
      });
      // A tag that is none has no place; the rest keeps its own.
      if (fault.code === "12" || fault.code === "16") return;
    }
    this.#segment = segment;
    checkElements(segment.id, segment.elements, this.#tellElement);
    if (this.#placer) this.#placer.add(segment);
    else this.#body.push(segment);
  }

  #element(finding: ElementFinding): void {
    const { id, line = 0, number = 0, position = this.#count } = this.#segment;
    this.findings.add({ level: "element", line, number, segment: id, position, ...finding });
  }

  /** Ends the message, at its UNT or (where that is missing) at what came instead. */
  end(closing: Segment | undefined, line: number, number: number, instead: string): EdifactMessage {
    if (closing) this.#count += 1;
    const last: Segment = closing ?? { id: instead, elements: [], line, number };
    (last as { position?: number }).position = closing ? this.#count : this.#count + 1;
    this.#placer?.end(last);
    const body = this.#placer?.body ?? this.#body;
    if (closing) {
      body.push(last);
      const declared = textOf(closing, 1);
      if (!/^\d{1,10}$/.test(declared) || Number(declared) !== this.#count) {
        this.#trailer(last, "29", 1, `UNT to count ${this.#count} segments`, declared);
      }
      const reference = textOf(closing, 2);
      if (reference !== this.reference) {
        this.#trailer(last, "28", 2, `UNT to repeat message reference ${this.reference}`, reference);
      }
    } else {
      this.#trailer(last, "13", undefined, `UNT to end message ${this.reference}`, instead);
    }
    const association = textOf(this.#opening, 2, 5);
    return {
      type: textOf(this.#opening, 2),
      version: textOf(this.#opening, 2, 2),
      release: textOf(this.#opening, 2, 3),
      agency: textOf(this.#opening, 2, 4),
      ...(association === "" ? {} : { association }),
      reference: this.reference,
      known: this.#table !== undefined,
      line: this.#opening.line ?? 0,
      body,
      segmentCount: this.#count,
      problems: this.findings.list,
      verdict:
        this.findings.errors > 0 ? "rejected" : this.findings.notes > 0 ? "accepted with errors" : "accepted",
    };
  }

  #head(code: string, element: number, component: number | undefined, expected: string, found: string): void {
    const { line = 0, number = 0 } = this.#opening;
    this.findings.add({
      level: "message",
      severity: "error",
      code,
      line,
      number,
      segment: "UNH",
      position: 1,
      element,
      ...(component === undefined ? {} : { component }),
      expected,
      found,
    });
  }

  #trailer(at: Segment, code: string, element: number | undefined, expected: string, found: string): void {
    const { line = 0, number = 0, position = this.#count } = at;
    this.findings.add({
      level: "message",
      severity: "error",
      code,
      line,
      number,
      segment: "UNT",
      position,
      ...(element === undefined ? {} : { element }),
      expected,
      found: found === "" ? "nothing" : found.slice(0, 40),
    });
  }
}

const UNH_PARTS = ["a message type", "a message version", "a message release", "a controlling agency"];
