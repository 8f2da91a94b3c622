/**
 * Reads what stands between the opening and the closing segment of one set or message.
 *
 * Segments are put into the table, where there is one, and what is found wrong is kept with its place. How a segment is
 * split and checked, and what opening and closing must say, is for the reader of each standard.
 */
import type { AnyProblem, AnySegment, ElementFinding, ElementJudge } from "./document.ts";
import type { Findings } from "./findings.ts";
import { type PlaceFinding, type PlaceJudge, type PlaceRules, Placer } from "./place.ts";
import type { Table } from "./table.ts";

/** A finding without its place. */
export type Fault = Pick<AnyProblem, "severity" | "code" | "expected" | "found"> &
  Partial<Pick<AnyProblem, "segment" | "element" | "component">>;

export abstract class BodyReader<Segment extends AnySegment & Node, Node, Problem extends AnyProblem>
  implements ElementJudge, PlaceJudge<Segment>
{
  readonly findings: Findings<Problem>;
  readonly #placer: Placer<Segment, Node> | undefined;
  readonly #body: Node[];
  /** The segment being checked. */
  #segment: Segment;
  /** How many segments came so far, the opening one included. */
  protected count = 1;

  constructor(
    opening: Segment,
    table: Table | undefined,
    rules: PlaceRules<Node>,
    findings: Findings<Problem>,
  ) {
    this.findings = findings;
    this.#segment = opening;
    this.#placer = table && new Placer(table, opening, rules, this);
    this.#body = [opening];
  }

  /** Writes a finding down at a segment. `inside` is its loop, of findings about places. */
  protected abstract tell(
    level: "segment" | "element",
    at: Segment,
    fault: Fault,
    inside: string | undefined,
  ): void;

  element(finding: ElementFinding): void {
    this.tell("element", this.#segment, { segment: this.#segment.id, ...finding }, undefined);
  }

  misplaced({ at, inside, ...fault }: PlaceFinding<Segment>): void {
    this.tell("segment", at, fault, inside);
  }

  /** From here on findings about elements are about this segment. */
  protected begin(segment: Segment): void {
    this.#segment = segment;
  }

  protected place(segment: Segment): void {
    if (this.#placer) this.#placer.add(segment);
    else this.#body.push(segment);
  }

  /** Everything that was read; `last` is the closing segment, or stands for what came instead. */
  protected close(last: Segment, closes: boolean): readonly Node[] {
    if (this.#placer) return this.#placer.end(last, closes);
    if (closes) this.#body.push(last);
    return this.#body;
  }
}
