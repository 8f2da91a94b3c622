/**
 * Reads one message, from its UNH to its UNT.
 *
 * Segments are checked against the directory and put into the table of the message. The message is told accepted,
 * accepted with errors or rejected when it ends; one without a table is held to its envelope and its elements.
 */
import { BodyReader, type Fault } from "../segments/body-reader.ts";
import { Findings } from "../segments/findings.ts";
import type { PlaceRules } from "../segments/place.ts";
import { counts } from "../segments/reader.ts";
import type { EdifactMessage, Node, Problem, Segment } from "./document.ts";
import { textOf } from "./document.ts";
import { checkElements, isStandard } from "./elements.ts";
import type { EdifactLimits } from "./limits.ts";
import { problem } from "./problems.ts";
import { tableOf } from "./table.ts";
import type { SegmentFault } from "./token.ts";

/** The codes of data element 0085. */
const RULES: PlaceRules<Node> = {
  codes: {
    late: "15",
    displaced: "15",
    foreign: "16",
    unknown: "16",
    segmentTooOften: "35",
    loopTooOften: "36",
    missing: "13",
  },
  spineOnly: false,
  isStandard,
  loop: (trigger, children) => ({ trigger, children }),
};

/** The reader sets the position of a segment when it knows the message. */
const at = (segment: Segment, position: number): Segment => {
  (segment as { position?: number }).position = position;
  return segment;
};

export class MessageReader extends BodyReader<Segment, Node, Problem> {
  readonly #opening: Segment;
  readonly #known: boolean;
  readonly #limits: EdifactLimits;

  constructor(opening: Segment, limits: EdifactLimits) {
    const table = tableOf(textOf(opening, 2), textOf(opening, 2, 3));
    super(at(opening, 1), table, RULES, new Findings(limits.problemsKept, problem));
    this.#opening = opening;
    this.#known = table !== undefined;
    this.#limits = limits;
    for (const [component, expected] of UNH_PARTS.entries()) {
      if (textOf(opening, 2, component + 1) === "")
        this.#say(opening, "13", { element: 2, component: component + 1, expected, found: "nothing" });
    }
    if (this.reference === "")
      this.#say(opening, "13", { element: 1, expected: "a message reference", found: "nothing" });
  }

  get reference(): string {
    return textOf(this.#opening, 1);
  }

  add(segment: Segment, fault: SegmentFault | undefined): void {
    this.count += 1;
    at(segment, this.count);
    const { segmentsPerMessage } = this.#limits;
    if (this.count > segmentsPerMessage) {
      const expected = `at most ${segmentsPerMessage} segments in a message`;
      if (this.count === segmentsPerMessage + 1) this.#say(segment, "35", { expected, found: "more" });
      return;
    }
    if (fault) {
      this.tell("segment", segment, { severity: "error", segment: segment.id, ...fault }, undefined);
      // A tag that is none has no place; the rest keeps its own.
      if (fault.code === "12" || fault.code === "16") return;
    }
    this.begin(segment);
    checkElements(segment.id, segment.elements, this);
    this.place(segment);
  }

  /** UNH itself cannot be taken as it stands. */
  refuse(fault: SegmentFault): void {
    const { code, ...rest } = fault;
    this.#say(this.#opening, code, rest);
  }

  protected override tell(
    level: "segment" | "element",
    { line = 0, number = 0, position = this.count }: Segment,
    fault: Fault,
    inside: string | undefined,
  ): void {
    const group = inside === undefined ? {} : { group: inside };
    this.findings.add({ level, line, number, position, ...fault, ...group });
  }

  /** Ends the message, at its UNT or (where that is missing) at what came instead. */
  end(closing: Segment | undefined, line: number, number: number, instead: string): EdifactMessage {
    if (closing) this.count += 1;
    const last: Segment = closing ?? { id: instead, elements: [], line, number };
    const body = this.close(at(last, closing ? this.count : this.count + 1), closing !== undefined);
    const say = (code: string, element: number | undefined, expected: string, found: string) =>
      this.#say(last, code, {
        segment: "UNT",
        ...(element === undefined ? {} : { element }),
        expected,
        found: found === "" ? "nothing" : found.slice(0, 40),
      });
    if (closing) {
      const declared = textOf(closing, 1);
      if (!counts(declared, this.count)) say("29", 1, `UNT to count ${this.count} segments`, declared);
      const reference = textOf(closing, 2);
      if (reference !== this.reference)
        say("28", 2, `UNT to repeat message reference ${this.reference}`, reference);
    } else say("13", undefined, `UNT to end message ${this.reference}`, instead);
    const association = textOf(this.#opening, 2, 5);
    return {
      type: textOf(this.#opening, 2),
      version: textOf(this.#opening, 2, 2),
      release: textOf(this.#opening, 2, 3),
      agency: textOf(this.#opening, 2, 4),
      ...(association === "" ? {} : { association }),
      reference: this.reference,
      known: this.#known,
      line: this.#opening.line ?? 0,
      body,
      segmentCount: this.count,
      problems: this.findings.list,
      verdict: this.findings.verdict,
    };
  }

  /** Something wrong with the message as a whole. */
  #say(
    { id, line = 0, number = 0, position = this.count }: Segment,
    code: string,
    told: Pick<Problem, "expected" | "found"> & Partial<Pick<Problem, "segment" | "element" | "component">>,
  ): void {
    this.findings.add({
      level: "message",
      severity: "error",
      code,
      line,
      number,
      segment: id,
      position,
      ...told,
    });
  }
}

const UNH_PARTS = ["a message type", "a message version", "a message release", "a controlling agency"];
