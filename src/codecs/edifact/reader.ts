/**
 * Reads EDIFACT files, message by message.
 *
 * The envelope is kept strictly: every interchange, group and message has its trailer, its reference and its count, or it
 * is told rejected, with the place and the code a CONTRL needs. One bad message never hides the good ones, and nothing is
 * ever guessed at. Reading needs memory for one message, however long the file is.
 */
import type { Bytes } from "../../std/bytes.ts";
import { Findings } from "../segments/findings.ts";
import { readChunks, type SegmentReader, tolerate } from "../segments/reader.ts";
import {
  type EdifactGroup,
  type EdifactInterchange,
  type EdifactMessage,
  type Problem,
  type Segment,
  type Tolerated,
  textOf,
} from "./document.ts";
import { checkInterchangeHeader, checkTrailer, nothingRead, party } from "./envelope-rules.ts";
import { type EdifactLimits, LIMITS } from "./limits.ts";
import { MessageReader } from "./message-reader.ts";
import { problem } from "./problems.ts";
import type { Opening } from "./service.ts";
import { envelopeTag, type SegmentFault, type SegmentToken, type Token, type Written } from "./token.ts";
import { Tokens } from "./tokens.ts";

/** What a stream of EDIFACT says, in the order of the file. A group and an interchange are told at their end. */
export type EdifactEvent =
  | {
      readonly kind: "message";
      readonly message: EdifactMessage;
      /** UNB 0020 of the interchange, and UNG 0048 of the group, `""` outside groups. */
      readonly interchange: string;
      readonly group: string;
    }
  /** Without its messages, which were told before. Not told for messages outside groups. */
  | { readonly kind: "group"; readonly group: EdifactGroup }
  /** Without its groups. */
  | { readonly kind: "interchange"; readonly interchange: EdifactInterchange }
  /** Something outside every interchange. */
  | { readonly kind: "stray"; readonly problem: Problem };

/**
 * Reads a stream of chunks at flat memory: messages come one by one, groups and interchanges when they end.
 *
 * A message is told before the trailer of its interchange is seen. Who must not act on a message of a broken interchange
 * waits for the `interchange` event.
 *
 * @example for await (const event of readEdifact(createReadStream(path))) if (event.kind === "message") …
 */
export const readEdifact = (
  chunks: AsyncIterable<Bytes>,
  limits: EdifactLimits = LIMITS,
): AsyncGenerator<EdifactEvent, void, undefined> =>
  readChunks<EdifactEvent>(
    chunks,
    (tell) => new EventReader(new Tokens(limits), limits, tell),
    () => ({ kind: "stray", problem: nothingRead() }),
  );

interface OpenInterchange {
  readonly opening: Opening;
  readonly line: number;
  readonly findings: Findings<Problem>;
  readonly tolerated: Tolerated[];
  header: Segment | undefined;
  groups: number;
  messages: number;
  misplaced: boolean;
}

interface OpenGroup {
  readonly header: Segment;
  readonly findings: Findings<Problem>;
  messages: number;
}

/** A message that was ended by its UNT is told with where it was read. */
type Tell = (event: EdifactEvent, written?: Written) => void;

/** The envelope, as a machine that is fed text and tells events. */
export class EventReader implements SegmentReader {
  readonly #tokens: Tokens;
  readonly #limits: EdifactLimits;
  readonly #tell: Tell;
  readonly #beforeGroup: () => void;
  #interchange: OpenInterchange | undefined;
  #group: OpenGroup | undefined;
  #message: { readonly reader: MessageReader; readonly written: Written } | undefined;
  #early: Tolerated[] = [];
  #line = 1;

  /** `beforeGroup` is called when UNG begins a group, after the messages in front of it. */
  constructor(tokens: Tokens, limits: EdifactLimits, tell: Tell, beforeGroup = () => {}) {
    this.#limits = limits;
    this.#tell = tell;
    this.#beforeGroup = beforeGroup;
    this.#tokens = tokens;
    this.#tokens.onTolerated((what, line) => {
      const inside = this.#interchange?.header !== undefined || this.#interchange === undefined;
      if (this.#interchange && inside) tolerate(this.#interchange.tolerated, what, line);
      else tolerate(this.#interchange ? this.#interchange.tolerated : this.#early, what, line);
    });
  }

  feed(latin1: string): void {
    this.#tokens.push(latin1);
  }

  /** Nothing more comes: what is unfinished is read as it stands. */
  finish(): void {
    this.#tokens.end();
  }

  /** Reads one segment further; false where more is needed. */
  step(): boolean {
    const token = this.#tokens.next();
    if (token === undefined) return false;
    this.#take(token);
    return true;
  }

  /** Closes what is open when everything was read. */
  end(): void {
    this.#endInterchange(undefined, "the end of the file");
  }

  #take(token: Token): void {
    if (token.kind === "segment") this.#segment(token);
    else if (token.kind === "opening") this.#open(token.opening, token.line);
    else {
      this.#tell({
        kind: "stray",
        problem: problem({
          level: "interchange",
          severity: "error",
          code: "33",
          line: token.line,
          number: this.#tokens.number,
          expected: "an interchange beginning with UNA or UNB",
          found: `${token.reason}: ${JSON.stringify(token.text)}`,
        }),
      });
    }
  }

  #open(opening: Opening, line: number): void {
    this.#endInterchange(undefined, "another interchange");
    const tolerated = this.#early;
    this.#early = [];
    for (const what of opening.tolerated) tolerate(tolerated, what, line);
    this.#interchange = {
      opening,
      line,
      findings: new Findings(this.#limits.problemsKept, problem),
      tolerated,
      header: undefined,
      groups: 0,
      messages: 0,
      misplaced: false,
    };
  }

  #segment(token: SegmentToken): void {
    const { segment, fault, open } = token;
    const { id, line = 0 } = segment;
    this.#line = line;
    const interchange = this.#interchange!;
    if (open) {
      if (id === "UNZ") {
        tolerate(interchange.tolerated, "last terminator missing", line);
        this.#endInterchange(segment, "UNZ");
        return;
      }
      // What may have been cut off is not acted upon.
      const cut = { code: "13", expected: "a segment terminator", found: "the end of the file" };
      this.#content(segment, fault ?? cut);
      return;
    }
    switch (envelopeTag(token)) {
      case "UNB":
        this.#begin(segment, fault);
        break;
      case "UNG":
        this.#beginGroup(segment, fault);
        break;
      case "UNH":
        this.#beginMessage(token);
        break;
      case "UNT":
        this.#endMessage(segment, "UNT");
        break;
      case "UNE":
        this.#endGroup(segment, "UNE");
        break;
      case "UNZ":
        this.#endInterchange(segment, "UNZ");
        break;
      default:
        this.#content(segment, fault);
    }
  }

  #begin(header: Segment, fault: SegmentFault | undefined): void {
    const interchange = this.#interchange!;
    interchange.header = header;
    const { findings } = interchange;
    if (checkInterchangeHeader(header, fault, findings))
      tolerate(interchange.tolerated, "date of another syntax version", header.line ?? 0);
  }

  #beginGroup(header: Segment, fault: SegmentFault | undefined): void {
    this.#endGroup(undefined, "UNG");
    const interchange = this.#interchange!;
    this.#beforeGroup();
    const { line = 0, number = 0 } = header;
    if (interchange.groups === 0 && interchange.messages > 0) this.#mixed(header);
    interchange.groups += 1;
    const findings = new Findings(this.#limits.problemsKept, problem);
    const told = { level: "group", severity: "error", line, number, segment: "UNG" } as const;
    if (fault) findings.add({ ...told, ...fault });
    if (textOf(header, 5) === "") {
      findings.add({ ...told, code: "13", element: 5, expected: "a group reference", found: "nothing" });
    }
    this.#group = { header, findings, messages: 0 };
  }

  #beginMessage(token: SegmentToken): void {
    const { segment: opening, fault } = token;
    this.#endMessage(undefined, "UNH");
    const interchange = this.#interchange!;
    if (this.#group) this.#group.messages += 1;
    else {
      interchange.messages += 1;
      if (interchange.groups > 0) this.#mixed(opening);
    }
    const reader = new MessageReader(opening, this.#limits);
    if (fault) reader.refuse(fault);
    this.#message = { reader, written: this.#tokens.written(token) };
  }

  #mixed({ id, line = 0, number = 0 }: Segment): void {
    this.#outOfPlace("30", line, number, "groups or messages in an interchange, not both", id);
  }

  #content(segment: Segment, fault: SegmentFault | undefined): void {
    if (this.#message) {
      this.#message.reader.add(segment, fault);
      return;
    }
    const { line = 0, number = 0, id } = segment;
    const expected = fault?.expected ?? (this.#group ? "UNH or UNE" : "UNG, UNH or UNZ");
    this.#outOfPlace(fault?.code ?? "33", line, number, expected, fault?.found ?? id);
  }

  /** Something between groups or between messages. The first of it is told; the rest would say the same. */
  #outOfPlace(code: string, line: number, number: number, expected: string, found: string): void {
    const interchange = this.#interchange!;
    if (interchange.misplaced) return;
    interchange.misplaced = true;
    const { findings } = this.#group ?? interchange;
    const level = this.#group ? "group" : "interchange";
    findings.add({ level, severity: "error", code, line, number, expected, found: found.slice(0, 40) });
  }

  #endMessage(closing: Segment | undefined, instead: string): void {
    const message = this.#message;
    this.#message = undefined;
    if (message) {
      const event = {
        kind: "message",
        message: message.reader.end(closing, this.#line, this.#tokens.number, instead),
        interchange: textOf(this.#interchange?.header, 5),
        group: textOf(this.#group?.header, 5),
      } as const;
      this.#tell(event, closing && message.written);
    } else if (closing) this.#content(closing, undefined);
  }

  #endGroup(closing: Segment | undefined, instead: string): void {
    this.#endMessage(undefined, instead);
    const group = this.#group;
    if (!group) {
      if (closing) this.#content(closing, undefined);
      return;
    }
    const { header, findings } = group;
    const reference = textOf(header, 5);
    checkTrailer(findings, "group", closing, this.#line, this.#tokens.number, instead, {
      trailer: "UNE",
      counted: group.messages,
      things: "messages",
      reference,
    });
    this.#group = undefined;
    this.#tell({
      kind: "group",
      group: {
        header,
        type: textOf(header, 1),
        reference,
        messages: [],
        ...(closing === undefined ? {} : { trailer: closing }),
        problems: findings.list,
        verdict: findings.sound,
      },
    });
  }

  #endInterchange(closing: Segment | undefined, instead: string): void {
    const interchange = this.#interchange;
    if (!interchange) return;
    this.#endGroup(undefined, instead);
    const { header, findings, opening } = interchange;
    checkTrailer(findings, "interchange", closing, this.#line, this.#tokens.number, instead, {
      trailer: "UNZ",
      counted: interchange.groups > 0 ? interchange.groups : interchange.messages,
      things: interchange.groups > 0 ? "groups" : "messages",
      reference: textOf(header, 5),
    });
    if (closing) this.#tokens.leave();
    this.#interchange = undefined;
    this.#tell({
      kind: "interchange",
      interchange: {
        syntax: textOf(header, 1),
        syntaxVersion: textOf(header, 1, 2),
        sender: party(header, 2),
        recipient: party(header, 3),
        date: textOf(header, 4),
        time: textOf(header, 4, 2),
        reference: textOf(header, 5),
        application: textOf(header, 7),
        acknowledgementRequested: textOf(header, 9) === "1",
        test: textOf(header, 11) === "1",
        characters: opening.characters,
        advice: opening.advice,
        encoding: this.#tokens.encoding,
        lineBreak: opening.lineBreak,
        header: header ?? { id: "UNB", elements: [], line: interchange.line },
        groups: [],
        ...(closing === undefined ? {} : { trailer: closing }),
        problems: findings.list,
        tolerated: interchange.tolerated,
        verdict: findings.sound,
      },
    });
  }
}
