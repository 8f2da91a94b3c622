/**
 * Reads X12 files, set by set.
 *
 * The envelope is kept strictly: every interchange, group and set has its trailer, its control number and its count, or
 * it is told rejected, with the place and the code an acknowledgement needs. One bad set never hides the good ones, and
 * nothing is ever guessed at. Reading needs memory for one set, however long the file is.
 */
import type { Bytes } from "../../std/bytes.ts";
import { Findings } from "../segments/findings.ts";
import { readChunks, type SegmentReader, tolerate } from "../segments/reader.ts";
import type { Problem, Segment, Tolerated, X12Group, X12Interchange, X12Set } from "./document.ts";
import {
  checkGroupHeader,
  checkInterchangeHeader,
  checkTrailer,
  GROUP,
  INTERCHANGE,
  nothingRead,
  party,
} from "./envelope-rules.ts";
import type { Header } from "./header.ts";
import { LIMITS, type X12Limits } from "./limits.ts";
import { problem } from "./problems.ts";
import { envelopeSegment, envelopeTag, type SetPlace, SetReader, text } from "./set-reader.ts";
import { type SegmentToken, type Token, Tokens } from "./tokens.ts";

/** What a stream of X12 says, in the order of the file. A group and an interchange are told at their end. */
export type X12Event =
  | {
      readonly kind: "set";
      readonly set: X12Set;
      readonly functionalId: string;
      readonly interchange: string;
    }
  /** Without its sets, which were told before. */
  | { readonly kind: "group"; readonly group: X12Group }
  /** Without its groups. */
  | { readonly kind: "interchange"; readonly interchange: X12Interchange }
  /** Something outside every interchange. */
  | { readonly kind: "stray"; readonly problem: Problem };

/**
 * Reads a stream of chunks at flat memory: sets come one by one, groups and interchanges when they end.
 *
 * A set is told before the trailer of its group is seen. Who must not act on a set of a broken group waits for the
 * `group` event.
 *
 * @example for await (const event of readX12(createReadStream(path))) if (event.kind === "set") …
 */
export const readX12 = (
  chunks: AsyncIterable<Bytes>,
  limits: X12Limits = LIMITS,
): AsyncGenerator<X12Event, void, undefined> =>
  readChunks<X12Event>(
    chunks,
    (tell) => new EventReader(new Tokens(limits.segmentBytes), limits, tell),
    () => ({ kind: "stray", problem: nothingRead() }),
  );

interface OpenInterchange {
  readonly header: Header;
  readonly findings: Findings<Problem>;
  readonly tolerated: Tolerated[];
  readonly services: Segment[];
  readonly servicesBehind: Segment[];
  groups: number;
  latin1: boolean;
  misplaced: boolean;
}

interface OpenGroup {
  readonly header: Segment;
  readonly findings: Findings<Problem>;
  sets: number;
  misplaced: boolean;
}

/** Where a set was read. */
export interface Written {
  readonly at: number;
  readonly line: number;
  readonly place: SetPlace;
}

/** A set that was ended by its SE is told with where it was read. */
type Tell = (event: X12Event, written?: Written) => void;

/** The envelope, as a machine that is fed text and tells events. */
export class EventReader implements SegmentReader {
  readonly #tokens: Tokens;
  readonly #limits: X12Limits;
  readonly #tell: Tell;
  #interchange: OpenInterchange | undefined;
  #group: OpenGroup | undefined;
  #set: { readonly reader: SetReader; readonly written: Written } | undefined;
  #early: Tolerated[] = [];
  #line = 1;

  constructor(tokens: Tokens, limits: X12Limits, tell: Tell) {
    this.#limits = limits;
    this.#tell = tell;
    this.#tokens = tokens;
    this.#tokens.onTolerated((what, line) => {
      if (this.#interchange) tolerate(this.#interchange.tolerated, what, line);
      else this.#early.push({ what, line });
    });
  }

  feed(latin1: string): void {
    this.#tokens.push(latin1);
  }

  finish(): void {
    this.#tokens.end();
  }

  step(): boolean {
    const token = this.#tokens.next();
    if (token === undefined) return false;
    this.#take(token);
    return true;
  }

  end(): void {
    this.#endInterchange(undefined, "the end of the file");
  }

  #take(token: Token): void {
    if (token.kind === "stray") {
      this.#tell({
        kind: "stray",
        problem: problem({
          level: "interchange",
          severity: "error",
          code: "022",
          line: token.line,
          expected: "an interchange",
          found: `${token.reason}: ${JSON.stringify(token.text)}`,
        }),
      });
      return;
    }
    if (token.kind === "header") {
      this.#begin(token.header);
      return;
    }
    this.#line = token.line;
    if (token.latin1) {
      this.#interchange!.latin1 = true;
      tolerate(this.#interchange!.tolerated, "not utf-8", token.line);
    }
    switch (envelopeTag(token)) {
      case "GS":
        this.#beginGroup(envelopeSegment(token));
        break;
      case "ST":
        this.#beginSet(token);
        break;
      case "SE":
        this.#endSet(envelopeSegment(token), "SE");
        break;
      case "GE":
        this.#endGroup(envelopeSegment(token), "GE");
        break;
      case "IEA":
        this.#endInterchange(envelopeSegment(token), "IEA", token.open);
        break;
      default:
        this.#content(token);
    }
  }

  #begin(header: Header): void {
    this.#endInterchange(undefined, "ISA");
    const findings = new Findings(this.#limits.problemsKept, problem);
    checkInterchangeHeader(header, findings);
    const tolerated = this.#early;
    this.#early = [];
    for (const what of header.tolerated) tolerate(tolerated, what, header.line);
    this.#line = header.line;
    this.#interchange = {
      header,
      findings,
      tolerated,
      services: [],
      servicesBehind: [],
      groups: 0,
      latin1: false,
      misplaced: false,
    };
  }

  #beginGroup(header: Segment): void {
    this.#endGroup(undefined, "GS");
    const interchange = this.#interchange!;
    interchange.groups += 1;
    const findings = new Findings(this.#limits.problemsKept, problem);
    checkGroupHeader(header, findings);
    this.#group = { header, findings, sets: 0, misplaced: false };
  }

  #beginSet(opening: SegmentToken): void {
    this.#endSet(undefined, "ST");
    const interchange = this.#interchange!;
    if (!this.#group) {
      this.#outOfPlace(opening.id, opening.line);
      return;
    }
    this.#group.sets += 1;
    const place: SetPlace = {
      version: text(this.#group.header, 8),
      functionalId: text(this.#group.header, 1),
      delimiters: interchange.header.delimiters,
      limits: this.#limits,
    };
    const reader = new SetReader(envelopeSegment(opening), place);
    this.#set = { reader, written: { at: opening.at, line: opening.line, place } };
  }

  #content(token: SegmentToken): void {
    if (this.#set) {
      this.#set.reader.add(token);
      if (token.open) this.#line = token.line;
      return;
    }
    const { id } = token;
    const interchange = this.#interchange!;
    const behind = interchange.groups > 0;
    const services = behind ? interchange.servicesBehind : interchange.services;
    if (this.#group || !SERVICES.has(id) || services.length >= SERVICES_MAX) {
      this.#outOfPlace(id, token.line);
      return;
    }
    services.push(envelopeSegment(token));
    if (behind) tolerate(interchange.tolerated, "acknowledgement behind the groups", token.line);
  }

  /** Something between groups or between sets. The first of it is told; the rest would say the same. */
  #outOfPlace(id: string, line: number): void {
    const inside = this.#group ?? this.#interchange!;
    if (inside.misplaced) return;
    inside.misplaced = true;
    inside.findings.add({
      level: this.#group ? "group" : "interchange",
      severity: "error",
      code: this.#group ? "1" : "024",
      line,
      expected: this.#group ? "ST or GE" : "GS or IEA",
      found: JSON.stringify(id.slice(0, 20)),
    });
  }

  #endSet(closing: Segment | undefined, instead: string): void {
    const set = this.#set;
    this.#set = undefined;
    if (set) {
      const functionalId = text(this.#group!.header, 1);
      const interchange = this.#interchange!.header.elements[12]!.trim();
      const ended = set.reader.end(closing, this.#line, instead);
      this.#tell({ kind: "set", set: ended, functionalId, interchange }, closing && set.written);
    } else if (closing) this.#outOfPlace(closing.id, closing.line ?? 0);
  }

  #endGroup(closing: Segment | undefined, instead: string): void {
    this.#endSet(undefined, instead);
    const group = this.#group;
    if (!group) {
      if (closing) this.#outOfPlace(closing.id, closing.line ?? 0);
      return;
    }
    const { header, findings } = group;
    const control = text(header, 6);
    const padded = checkTrailer(findings, GROUP, closing, {
      line: this.#line,
      instead,
      counted: group.sets,
      control,
    });
    if (padded)
      tolerate(this.#interchange!.tolerated, "control number padded differently", closing?.line ?? 0);
    this.#group = undefined;
    this.#tell({
      kind: "group",
      group: {
        functionalId: text(header, 1),
        sender: text(header, 2),
        receiver: text(header, 3),
        date: text(header, 4),
        time: text(header, 5),
        controlNumber: control,
        version: text(header, 8),
        header,
        sets: [],
        ...(closing === undefined ? {} : { trailer: closing }),
        problems: findings.list,
        verdict: findings.sound,
      },
    });
  }

  #endInterchange(closing: Segment | undefined, instead: string, open = false): void {
    const interchange = this.#interchange;
    if (!interchange) return;
    this.#endGroup(undefined, instead);
    const { header, findings } = interchange;
    const { elements } = header;
    const control = elements[12]!.trim();
    const line = closing?.line ?? this.#line;
    const trailer = { line, instead, counted: interchange.groups, control, open };
    if (checkTrailer(findings, INTERCHANGE, closing, trailer))
      tolerate(interchange.tolerated, "control number padded differently", line);
    if (closing && open) tolerate(interchange.tolerated, "last terminator missing", line);
    if (closing) this.#tokens.leave();
    this.#interchange = undefined;
    this.#tell({
      kind: "interchange",
      interchange: {
        sender: party(elements[4]!, elements[5]!),
        receiver: party(elements[6]!, elements[7]!),
        date: elements[8]!.trim(),
        time: elements[9]!.trim(),
        version: elements[11]!.trim(),
        controlNumber: control,
        acknowledgementRequested: elements[13]!.trim() === "1",
        usage: elements[14]!.trim(),
        delimiters: header.delimiters,
        lineBreak: header.lineBreak,
        encoding: interchange.latin1 ? "latin-1" : "utf-8",
        header: { id: "ISA", elements, line: header.line },
        services: interchange.services,
        ...(interchange.servicesBehind.length > 0 && { servicesBehind: interchange.servicesBehind }),
        groups: [],
        ...(closing === undefined ? {} : { trailer: closing }),
        problems: findings.list,
        tolerated: interchange.tolerated,
        verdict: findings.sound,
      },
    });
  }
}

const SERVICES: ReadonlySet<string> = new Set(["TA1", "TA3", "ISB", "ISE"]);
const SERVICES_MAX = 1_000;
