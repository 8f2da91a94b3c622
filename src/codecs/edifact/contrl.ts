/**
 * Acknowledges what was received: CONTRL from the findings of the reader, and what a partner's CONTRL says of ours.
 *
 * The answer says what became of each message: taken, or refused with the segment, element and code of every finding.
 * References and the clock are the caller's, so the same document and the same answer give the same bytes: a duplicate
 * gets the acknowledgement it got before.
 *
 * Source: ISO 9735 parts 4 (batch, syntax 4) and 10, and the CONTRL specification of syntax 3; codes of data elements
 * 0083 (action) and 0085 (error).
 */
import type { ContractBroken } from "../../std/errors.ts";
import {
  type EdifactDocument,
  type EdifactGroup,
  type EdifactInterchange,
  type EdifactMessage,
  type Element,
  groupsOf,
  type Problem,
  type Segment,
  segment,
  segmentNamed,
  segmentsNamed,
  textOf,
} from "./document.ts";
import type { MessageDraft } from "./draft.ts";
import { type Envelope, envelope } from "./envelope.ts";
import { partsOf } from "./parts.ts";

/** How the answer travels. Sender and recipient are those of the document, turned round. */
export interface Answer {
  /** ISO date and `HHMM`. */
  readonly date: string;
  readonly time: string;
  /** UNB 0020 of the first answer; an answer to a second interchange of the file counts on where it is a number. */
  readonly reference: string;
  /**
   * What became of the parts after reading, in the order of `partsOf`: an error refuses a message that read well, because
   * the business would not have it (a duplicate, an unknown partner). Absent: all sound messages were taken.
   */
  readonly outcomes?: readonly (ContractBroken | undefined)[];
  /** Syntax, service characters and line break of the answer; where absent those of the interchange answered. */
  readonly as?: Partial<Pick<Envelope, "syntax" | "syntaxVersion" | "characters" | "lineBreak" | "advice">>;
}

const ACKNOWLEDGED = "7";
const REJECTED = "4";

/**
 * Answers every interchange of a document with a CONTRL. An interchange of nothing but CONTRLs is not answered; where
 * nothing is left, there is no answer.
 *
 * @example acknowledge(document, { date: "2026-11-21", time: "0930", reference: "501" })
 */
export function acknowledge(document: EdifactDocument, answer: Answer): EdifactDocument | undefined {
  const refused = refusals(document, answer.outcomes ?? []);
  const interchanges = document.interchanges
    .filter(isAnswered)
    .flatMap(
      (interchange, index) =>
        envelope(reply(interchange, answer, index), [contrl(interchange, refused)]).interchanges,
    );
  return interchanges.length === 0 ? undefined : { interchanges, problems: [] };
}

function isAnswered({ groups }: EdifactInterchange): boolean {
  const messages = groups.flatMap((group) => group.messages);
  return messages.length === 0 || messages.some(({ type }) => type !== "CONTRL");
}

/** The messages refused after reading, with the reason. */
function refusals(
  document: EdifactDocument,
  outcomes: readonly (ContractBroken | undefined)[],
): Map<EdifactMessage, ContractBroken> {
  const refused = new Map<EdifactMessage, ContractBroken>();
  for (const [index, part] of partsOf(document).entries()) {
    const outcome = outcomes[index];
    if (outcome !== undefined && "message" in part && "interchange" in part)
      refused.set(part.message, outcome);
  }
  return refused;
}

function reply(interchange: EdifactInterchange, answer: Answer, index: number): Envelope {
  const { reference } = answer;
  const version = interchange.syntaxVersion === "4" ? "4" : "3";
  const next =
    index === 0 || !/^\d+$/.test(reference) ? reference : String(BigInt(reference) + BigInt(index));
  // Errors are told in digits and references, which every repertoire has.
  const syntax = /^UNO[A-Z]$/.test(interchange.syntax) ? interchange.syntax : "UNOA";
  return {
    sender: some(interchange.recipient, "UNKNOWN"),
    recipient: some(interchange.sender, "UNKNOWN"),
    date: answer.date,
    time: answer.time,
    reference: index === 0 || next !== reference ? next : `${reference}-${index + 1}`,
    syntax,
    syntaxVersion: version,
    characters: interchange.characters,
    advice: interchange.advice,
    lineBreak: interchange.lineBreak,
    test: interchange.test,
    ...answer.as,
  };
}

const some = (party: EdifactInterchange["sender"], otherwise: string) =>
  party.id === "" ? { ...party, id: otherwise } : party;

function contrl(
  interchange: EdifactInterchange,
  refused: ReadonlyMap<EdifactMessage, ContractBroken>,
): MessageDraft {
  const four = interchange.syntaxVersion === "4";
  const broken = interchange.verdict === "rejected";
  const fault = interchange.problems.find(({ severity }) => severity === "error");
  const segments: Segment[] = [
    segment(
      "UCI",
      interchange.reference.slice(0, 14) || "0",
      party(interchange.sender),
      party(interchange.recipient),
      broken ? REJECTED : ACKNOWLEDGED,
      ...(broken ? at(fault) : []),
    ),
  ];
  // A rejected interchange rejects everything in it; its messages are not told one by one.
  if (!broken) {
    for (const group of interchange.groups) {
      if (group.header === undefined) segments.push(...group.messages.flatMap((one) => about(one, refused)));
      else segments.push(...aboutGroup(group, refused));
    }
  }
  return { type: "CONTRL", segments, directory: four ? ["4", "1", "UN"] : ["D", "3", "UN"] };
}

const party = ({ id, qualifier, routing }: EdifactInterchange["sender"]): Element => [
  id || "UNKNOWN",
  qualifier ?? "",
  routing ?? "",
];

/** Error code, the service segment it stands in and the place in it: 0085, 0013, S011 or nothing. */
function at(found: Problem | undefined): (Element | undefined)[] {
  if (!found) return ["18"];
  const service = SERVICE.has(found.segment ?? "");
  return [found.code, service ? found.segment : "", service ? place(found) : undefined];
}

/** S011: the position in the segment, its tag being 1, and the component where one is meant. */
const place = ({ element, component }: Problem): Element | undefined =>
  element === undefined ? undefined : [String(element + 1), component === undefined ? "" : String(component)];

const SERVICE: ReadonlySet<string> = new Set(["UNA", "UNB", "UNZ", "UNG", "UNE", "UNH", "UNT"]);

function aboutGroup(group: EdifactGroup, refused: ReadonlyMap<EdifactMessage, ContractBroken>): Segment[] {
  const { header, reference, verdict, problems, messages } = group;
  const broken = verdict === "rejected";
  const fault = problems.find(({ severity }) => severity === "error");
  const told = segment(
    "UCF",
    reference.slice(0, 14) || "0",
    [textOf(header, 2), textOf(header, 2, 2)],
    [textOf(header, 3), textOf(header, 3, 2)],
    broken ? REJECTED : ACKNOWLEDGED,
    ...(broken ? at(fault) : []),
  );
  return broken ? [told] : [told, ...messages.flatMap((message) => about(message, refused))];
}

/** UCM of one message, and for a refused one its segments and elements in error. */
function about(message: EdifactMessage, refused: ReadonlyMap<EdifactMessage, ContractBroken>): Segment[] {
  const { type, version, release, agency, association, reference, verdict, problems } = message;
  const bad = verdict === "rejected" || refused.has(message);
  const own = problems.find(({ level, severity }) => level === "message" && severity === "error");
  const why = own ? at(own) : verdict === "rejected" ? [] : ["18"];
  const told = segment(
    "UCM",
    reference.slice(0, 14) || "0",
    [type || "?", version || "?", release || "?", agency || "?", association ?? ""],
    bad ? REJECTED : ACKNOWLEDGED,
    ...(bad ? why : []),
  );
  if (!bad) return [told];
  const bySegment = new Map<number, Problem[]>();
  for (const found of problems) {
    if (found.severity !== "error" || (found.level !== "segment" && found.level !== "element")) continue;
    const position = positionOf(found);
    bySegment.set(position, [...(bySegment.get(position) ?? []), found]);
  }
  const segments = [...bySegment].flatMap(([position, found]) => {
    const whole = found.find(({ level }) => level === "segment");
    return [
      segment("UCS", String(position), whole?.code),
      ...found
        .filter(({ level, element }) => level === "element" && element !== undefined)
        .map((one) => segment("UCD", one.code, place(one))),
    ];
  });
  return [told, ...segments];
}

/** 0096: a segment that is missing is told by the place of the one before it. */
const positionOf = ({ code, level, position = 1 }: Problem): number =>
  code === "13" && level === "segment" ? Math.max(1, position - 1) : position;

/** One finding of a partner about our message. */
export interface ControlError {
  /** 0085. */
  readonly code: string;
  /** 0096: the place of the segment in the message, UNH being 1. */
  readonly position?: string;
  /** S011: the place of the element in the segment, its tag being 1, and of the component. */
  readonly element?: string;
  readonly component?: string;
}

export interface ControlledMessage {
  readonly reference: string;
  readonly type: string;
  /** 0083 is `4`: refused; otherwise taken. */
  readonly verdict: "accepted" | "rejected";
  readonly errors: readonly ControlError[];
}

/** What a partner's CONTRL says about an interchange of ours. */
export interface Control {
  /** UCI 0020: the interchange of ours it answers. */
  readonly interchange: string;
  readonly sender: string;
  readonly recipient: string;
  /** 0083: `4` rejected, `7` acknowledged, `8` received only. */
  readonly action: string;
  readonly verdict: "accepted" | "rejected" | "received";
  readonly errors: readonly ControlError[];
  readonly messages: readonly ControlledMessage[];
}

/** Reads a CONTRL of syntax 3 or 4. */
export function readControl(message: EdifactMessage): Control {
  const uci = segmentNamed(message.body, "UCI");
  const action = textOf(uci, 4);
  const all = [
    ...groupsOf(message.body, "UCM"),
    ...groupsOf(message.body, "UCF").flatMap(({ children }) => groupsOf(children, "UCM")),
  ];
  const groups = segmentsNamed(message.body, "UCF").flatMap((ucf) => headError(ucf, 5));
  return {
    interchange: textOf(uci, 1),
    sender: textOf(uci, 2),
    recipient: textOf(uci, 3),
    action,
    verdict: action === REJECTED ? "rejected" : action === "8" ? "received" : "accepted",
    errors: [...headError(uci, 5), ...groups],
    messages: all.map(({ children }) => {
      const ucm = segmentNamed(children, "UCM");
      return {
        reference: textOf(ucm, 1),
        type: textOf(ucm, 2),
        verdict: textOf(ucm, 3) === REJECTED ? "rejected" : "accepted",
        errors: [...headError(ucm, 4), ...groupsOf(children, "UCS").flatMap(segmentErrors)],
      };
    }),
  };
}

/** The error of UCI, UCM or UCF itself: its code at `element`, the place in a service segment two further on. */
function headError(from: Segment | undefined, element: number): ControlError[] {
  const code = textOf(from, element);
  if (code === "") return [];
  const position = textOf(from, element + 2);
  return [{ code, ...(position === "" ? {} : { element: position }) }];
}

function segmentErrors({ children }: { readonly children: EdifactMessage["body"] }): ControlError[] {
  const ucs = segmentNamed(children, "UCS");
  const position = textOf(ucs, 1);
  const own = textOf(ucs, 2);
  const elements = segmentsNamed(children, "UCD").map((ucd) => {
    const component = textOf(ucd, 2, 2);
    return {
      code: textOf(ucd, 1),
      position,
      element: textOf(ucd, 2),
      ...(component === "" ? {} : { component }),
    };
  });
  return [...(own === "" ? [] : [{ code: own, position }]), ...elements];
}
