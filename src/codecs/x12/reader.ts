/**
 * Reads X12 files, whole or as a stream.
 *
 * The envelope is kept strictly: every interchange, group and set has its trailer, its control number and its count, or
 * it is told rejected, with the place and the code an acknowledgement needs. One bad set never hides the good ones, and
 * nothing is ever guessed at. Reading needs memory for one set, however long the file is.
 */
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import type {
  Problem,
  Segment,
  Tolerance,
  Tolerated,
  X12Document,
  X12Group,
  X12Interchange,
  X12Set,
} from "./document.ts";
import { toLatin1 } from "./encoding.ts";
import type { Header } from "./header.ts";
import { LIMITS, type X12Limits } from "./limits.ts";
import { broken, problem } from "./problems.ts";
import { Findings, SetReader, text } from "./set-reader.ts";
import { type SegmentToken, type Token, Tokens } from "./tokens.ts";
import { isDate, isTime } from "./values.ts";

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
 * Reads a document held in memory.
 *
 * Refused sets stay in the document with their findings, so that the good ones go on and an acknowledgement can be
 * written.
 *
 * @throws {ContractBroken} when there is no interchange to be read at all, or a limit is passed
 */
export function readDocument(bytes: Bytes, limits: X12Limits = LIMITS): X12Document {
  if (bytes.length > limits.documentBytes) {
    throw tooLarge(`${limits.documentBytes} bytes`, `${bytes.length} bytes`);
  }
  const interchanges: X12Interchange[] = [];
  const problems: Problem[] = [];
  let groups: X12Group[] = [];
  let sets: X12Set[] = [];
  let segments = 0;
  const count = (more: number) => {
    segments += more;
    if (segments > limits.segmentsPerDocument)
      throw tooLarge(`${limits.segmentsPerDocument} segments`, "more");
  };
  const reader = new EventReader(limits, (event) => {
    switch (event.kind) {
      case "set":
        sets.push(event.set);
        count(event.set.segmentCount);
        break;
      case "group":
        count(ENVELOPE_WEIGHT);
        groups.push({ ...event.group, sets });
        sets = [];
        break;
      case "interchange":
        count(ENVELOPE_WEIGHT);
        interchanges.push({ ...event.interchange, groups });
        groups = [];
        break;
      case "stray":
        problems.push(event.problem);
        break;
    }
  });
  reader.push(toLatin1(bytes));
  reader.end();
  if (interchanges.length > 0) return { interchanges, problems };
  const first = problems[0];
  throw first ? broken(first) : broken(nothingRead());
}

/**
 * Reads a stream of chunks at flat memory: sets come one by one, groups and interchanges when they end.
 *
 * A set is told before the trailer of its group is seen. Who must not act on a set of a broken group waits for the
 * `group` event.
 *
 * @example for await (const event of readX12(createReadStream(path))) if (event.kind === "set") …
 */
export async function* readX12(
  chunks: AsyncIterable<Bytes>,
  limits: X12Limits = LIMITS,
): AsyncGenerator<X12Event, void, undefined> {
  let events: X12Event[] = [];
  let told = 0;
  const reader = new EventReader(limits, (event) => void events.push(event));
  const take = () => {
    const taken = events;
    events = [];
    told += taken.length;
    return taken;
  };
  // Small chunks are gathered: looking for the end of a long segment after every byte would be quadratic.
  let waiting: string[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += CHUNK) {
      const piece = toLatin1(chunk.subarray(at, at + CHUNK));
      waiting.push(piece);
      size += piece.length;
      if (size < CHUNK) continue;
      reader.push(waiting.join(""));
      waiting = [];
      size = 0;
      yield* take();
    }
  }
  reader.push(waiting.join(""));
  reader.end();
  yield* take();
  if (told === 0) yield { kind: "stray", problem: nothingRead() };
}

const CHUNK = 32_768;

/** An empty group or interchange takes about as much memory as this many segments. */
const ENVELOPE_WEIGHT = 10;

interface OpenInterchange {
  readonly header: Header;
  readonly findings: Findings;
  readonly tolerated: Tolerated[];
  readonly services: Segment[];
  groups: number;
  latin1: boolean;
  misplaced: boolean;
}

interface OpenGroup {
  readonly header: Segment;
  readonly findings: Findings;
  sets: number;
  misplaced: boolean;
}

/** The envelope, as a machine that is fed text and tells events. */
class EventReader {
  readonly #tokens: Tokens;
  readonly #limits: X12Limits;
  readonly #tell: (event: X12Event) => void;
  #interchange: OpenInterchange | undefined;
  #group: OpenGroup | undefined;
  #set: SetReader | undefined;
  #early: Tolerated[] = [];
  #line = 1;

  constructor(limits: X12Limits, tell: (event: X12Event) => void) {
    this.#limits = limits;
    this.#tell = tell;
    this.#tokens = new Tokens(limits.segmentBytes);
    this.#tokens.onTolerated((what, line) => {
      if (this.#interchange) tolerate(this.#interchange.tolerated, what, line);
      else this.#early.push({ what, line });
    });
  }

  push(latin1: string): void {
    this.#tokens.push(latin1);
    this.#drain();
  }

  end(): void {
    this.#tokens.end();
    this.#drain();
    this.#endInterchange(undefined, "the end of the file");
  }

  #drain(): void {
    for (let token = this.#tokens.next(); token; token = this.#tokens.next()) this.#take(token);
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
    const id = token.text.slice(0, 3);
    const separator = this.#interchange!.header.delimiters.element;
    if (token.latin1) {
      this.#interchange!.latin1 = true;
      tolerate(this.#interchange!.tolerated, "not utf-8", token.line);
    }
    if (token.oversize) this.#content(token);
    else if (id === `GS${separator}`) this.#beginGroup(this.#envelope(token));
    else if (id === `ST${separator}`) this.#beginSet(this.#envelope(token));
    else if (id === `SE${separator}`) this.#endSet(this.#envelope(token), "SE");
    else if (id === `GE${separator}`) this.#endGroup(this.#envelope(token), "GE");
    else if (id === "IEA" && token.text.startsWith(separator, 3))
      this.#endInterchange(this.#envelope(token), "IEA", token.open);
    else this.#content(token);
  }

  #envelope({ text: written, line }: SegmentToken): Segment {
    const [id = "", ...elements] = written.split(this.#interchange!.header.delimiters.element);
    return { id, elements, line };
  }

  #begin(header: Header): void {
    this.#endInterchange(undefined, "ISA");
    const findings = new Findings(this.#limits.problemsKept);
    for (const { code, element, expected, found } of header.faults) {
      findings.add({
        level: "interchange",
        severity: "error",
        code,
        line: header.line,
        segment: "ISA",
        element,
        expected,
        found: found.trim() || "nothing",
      });
    }
    const tolerated = this.#early;
    this.#early = [];
    for (const what of header.tolerated) tolerate(tolerated, what, header.line);
    this.#line = header.line;
    this.#interchange = {
      header,
      findings,
      tolerated,
      services: [],
      groups: 0,
      latin1: false,
      misplaced: false,
    };
  }

  #beginGroup(header: Segment): void {
    this.#endGroup(undefined, "GS");
    const interchange = this.#interchange!;
    interchange.groups += 1;
    const findings = new Findings(this.#limits.problemsKept);
    const check = (element: number, code: string, sound: boolean, expected: string) => {
      if (sound) return;
      const found = text(header, element).slice(0, 40) || "nothing";
      findings.add({
        level: "group",
        severity: "error",
        code,
        line: header.line ?? 0,
        segment: "GS",
        element,
        expected,
        found,
      });
    };
    check(1, "1", /^[A-Z0-9]{2}$/.test(text(header, 1)), "a functional identifier of two characters");
    check(4, "1", isDate(text(header, 4)), "a date CCYYMMDD or YYMMDD");
    check(5, "1", isTime(text(header, 5)), "a time HHMM, HHMMSS or HHMMSSDD");
    check(6, "6", /^\d{1,9}$/.test(text(header, 6)), "a control number of up to nine digits");
    this.#group = { header, findings, sets: 0, misplaced: false };
  }

  #beginSet(opening: Segment): void {
    this.#endSet(undefined, "ST");
    const interchange = this.#interchange!;
    if (!this.#group) {
      this.#outOfPlace(opening.id, opening.line ?? 0);
      return;
    }
    this.#group.sets += 1;
    this.#set = new SetReader(opening, {
      version: text(this.#group.header, 8),
      functionalId: text(this.#group.header, 1),
      delimiters: interchange.header.delimiters,
      limits: this.#limits,
    });
  }

  #content(token: SegmentToken): void {
    if (this.#set) {
      this.#set.add(token.line, token.text, token.oversize, token.binary);
      if (token.open) this.#line = token.line;
      return;
    }
    const separator = this.#interchange!.header.delimiters.element;
    const id = token.text.split(separator, 1)[0]!;
    const services = this.#interchange!.services;
    if (
      !this.#group &&
      this.#interchange!.groups === 0 &&
      SERVICES.has(id) &&
      services.length < SERVICES_MAX
    ) {
      services.push(this.#envelope(token));
    } else this.#outOfPlace(id, token.line);
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
      const ended = set.end(closing, this.#line, instead);
      this.#tell({ kind: "set", set: ended, functionalId, interchange });
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
    const say = (code: string, element: number | undefined, expected: string, found: string) =>
      findings.add({
        level: "group",
        severity: "error",
        code,
        line: closing?.line ?? this.#line,
        segment: "GE",
        ...(element === undefined ? {} : { element }),
        expected,
        found: found.slice(0, 40),
      });
    if (closing) {
      const declared = text(closing, 1);
      if (!isCount(declared, group.sets))
        say("5", 1, `GE01 to count ${group.sets} sets`, declared || "nothing");
      const repeated = text(closing, 2);
      if (!sameNumber(repeated, control))
        say("4", 2, `GE02 to repeat control number ${control}`, repeated || "nothing");
      else if (repeated !== control) {
        tolerate(this.#interchange!.tolerated, "control number padded differently", closing.line ?? 0);
      }
    } else say("3", undefined, `GE to end group ${control}`, instead);
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
        verdict: findings.errors > 0 ? "rejected" : "accepted",
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
    const say = (code: string, element: number | undefined, expected: string, found: string) =>
      findings.add({
        level: "interchange",
        severity: "error",
        code,
        line,
        segment: "IEA",
        ...(element === undefined ? {} : { element }),
        expected,
        found: found.slice(0, 40),
      });
    if (closing) {
      const declared = text(closing, 1);
      if (!isCount(declared, interchange.groups)) {
        say("021", 1, `IEA01 to count ${interchange.groups} groups`, declared || "nothing");
      }
      const repeated = text(closing, 2);
      // Without its terminator the number may have been cut short, so it must be whole.
      if (!sameNumber(repeated, control) || (open && repeated !== control)) {
        say("001", 2, `IEA02 to repeat control number ${control}`, repeated || "nothing");
      } else if (repeated !== control)
        tolerate(interchange.tolerated, "control number padded differently", line);
      if (open) tolerate(interchange.tolerated, "last terminator missing", line);
    } else say("023", undefined, `IEA to end interchange ${control}`, instead);
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
        groups: [],
        ...(closing === undefined ? {} : { trailer: closing }),
        problems: findings.list,
        tolerated: interchange.tolerated,
        verdict: findings.errors > 0 ? "rejected" : "accepted",
      },
    });
  }
}

const SERVICES: ReadonlySet<string> = new Set(["TA1", "TA3", "ISB", "ISE"]);
const SERVICES_MAX = 1_000;

const party = (qualifier: string, id: string) => ({ qualifier: qualifier.trim(), id: id.trim() });

const isCount = (declared: string, counted: number): boolean =>
  /^\d{1,10}$/.test(declared) && Number(declared) === counted;

/** Control numbers of groups and interchanges are numbers: `1` and `000000001` are the same. */
const sameNumber = (one: string, other: string): boolean =>
  one === other ||
  (/^\d+$/.test(one) && /^\d+$/.test(other) && one.replace(/^0+/, "") === other.replace(/^0+/, ""));

/** Keeps the first of each kind. */
function tolerate(list: Tolerated[], what: Tolerance, line: number): void {
  if (!list.some((known) => known.what === what)) list.push({ what, line });
}

const nothingRead = (): Problem =>
  problem({
    level: "interchange",
    severity: "error",
    code: "022",
    line: 1,
    expected: "an interchange beginning with ISA",
    found: "nothing",
  });

const tooLarge = (expected: string, found: string): ContractBroken =>
  new ContractBroken(
    `An X12 document of at most ${expected} was expected, ${found} found. Larger files are read as a stream.`,
    { facts: { expected: `at most ${expected}`, found } },
  );
