/**
 * Acknowledges what was received: 997, 999 and TA1 from the findings of the reader.
 *
 * The answer says exactly what became of each set: taken, taken with errors, or refused, with the segment, element and
 * code of every finding. Control numbers and the clock are the caller's, so the same document and the same answer give
 * the same bytes: a duplicate gets the acknowledgement it got before.
 */
import type { ContractBroken } from "../../std/errors.ts";
import {
  type Delimiters,
  type Party,
  type Problem,
  type Segment,
  segment,
  type X12Document,
  type X12Group,
  type X12Interchange,
  type X12Set,
} from "./document.ts";
import { draft, type SetDraft } from "./draft.ts";
import { type Envelope, envelope } from "./envelope.ts";
import { partsOf } from "./parts.ts";

/** How the answer travels. Sender and receiver are those of the document, turned round. */
export interface Answer {
  /** ISO date and `HHMM`. */
  readonly date: string;
  readonly time: string;
  /** ISA13 of the first answer; an answer to a second interchange of the file counts on. */
  readonly controlNumber: string | number;
  /**
   * What became of the parts after reading, in the order of `partsOf`: an error refuses a set that read well, because
   * the business would not have it (an unknown item, a duplicate order). Absent: all sound sets were taken.
   */
  readonly outcomes?: readonly (ContractBroken | undefined)[];
  /** Delimiters, version and line break of the answer; where absent those of the interchange answered. */
  readonly as?: Partial<Pick<Envelope, "delimiters" | "version" | "groupVersion" | "lineBreak">>;
}

/**
 * Answers every group of a document with a 997, one interchange for each interchange received. Groups of
 * acknowledgements (FA) are not answered; where nothing is left, there is no answer.
 */
export const acknowledge997 = (document: X12Document, answer: Answer): X12Document | undefined =>
  acknowledge(document, answer, "997");

/** The same as a 999, which senders of 005010 implementation guides ask for. */
export const acknowledge999 = (document: X12Document, answer: Answer): X12Document | undefined =>
  acknowledge(document, answer, "999");

type Kind = "997" | "999";

function acknowledge(document: X12Document, answer: Answer, kind: Kind): X12Document | undefined {
  const refused = refusals(document, answer.outcomes ?? []);
  const answered = document.interchanges
    .map((interchange) => ({
      interchange,
      groups: interchange.groups.filter(({ functionalId }) => functionalId !== "FA"),
    }))
    .filter(({ groups }) => groups.length > 0);
  if (answered.length === 0) return undefined;
  const interchanges = answered.flatMap(({ interchange, groups }, index) => {
    const drafts = groups.map((group) =>
      acknowledgeGroup(interchange, group, refused, kind, delimitersOf(interchange, answer)),
    );
    return envelope(reply(interchange, groups[0]!, answer, index), drafts).interchanges;
  });
  return { interchanges, problems: [] };
}

/** The sets refused after reading. */
function refusals(document: X12Document, outcomes: readonly (ContractBroken | undefined)[]): Set<X12Set> {
  const refused = new Set<X12Set>();
  for (const [index, part] of partsOf(document).entries()) {
    if (outcomes[index] !== undefined && "set" in part) refused.add(part.set);
  }
  return refused;
}

function reply(interchange: X12Interchange, group: X12Group, answer: Answer, index: number): Envelope {
  return {
    sender: { ...addressed(interchange.receiver), application: group.receiver },
    receiver: { ...addressed(interchange.sender), application: group.sender },
    date: answer.date,
    time: answer.time,
    controlNumber: Number(answer.controlNumber) + index,
    version: /^\d{5}$/.test(interchange.version) ? interchange.version : "00401",
    delimiters: delimitersOf(interchange, answer),
    lineBreak: interchange.lineBreak,
    usage: interchange.usage === "T" ? "T" : "P",
    ...answer.as,
  };
}

/** The delimiters he used, since he can read those; with a component separator, which AK401 needs. */
function delimitersOf({ delimiters }: X12Interchange, answer: Omit<Answer, "outcomes">): Delimiters {
  const chosen = answer.as?.delimiters ?? delimiters;
  if (chosen.component !== undefined) return chosen;
  const free = [">", ":", "^"].find((mark) => mark !== chosen.element && mark !== chosen.segment)!;
  return { ...chosen, component: free };
}

const addressed = ({ qualifier, id }: Party): Party => ({
  qualifier: qualifier.slice(0, 2),
  id: id.slice(0, 15),
});

function acknowledgeGroup(
  interchange: X12Interchange,
  group: X12Group,
  refused: ReadonlySet<X12Set>,
  kind: Kind,
  delimiters: Delimiters,
): SetDraft {
  // A group or an interchange that is not whole takes nothing in, however sound its sets are.
  const broken = group.verdict === "rejected" || interchange.verdict === "rejected";
  const segments: Segment[] = [
    segment("AK1", group.functionalId.slice(0, 2) || "ZZ", controlNumber(group.controlNumber)),
  ];
  let taken = 0;
  let faulty = 0;
  for (const set of group.sets) {
    const accepted = set.verdict !== "rejected" && !refused.has(set);
    if (accepted && !broken) taken += 1;
    if (set.verdict === "accepted with errors") faulty += 1;
    segments.push(
      segment("AK2", set.type, set.controlNumber.slice(0, 9).padStart(4, "0")),
      ...faults(set, kind, delimiters),
      segment(
        kind === "997" ? "AK5" : "IK5",
        !accepted ? "R" : set.verdict === "accepted" ? "A" : "E",
        ...setCodes(set, refused.has(set)),
      ),
    );
  }
  const declared = numberOf(group.trailer, group.sets.length);
  segments.push(
    segment(
      "AK9",
      broken || (taken === 0 && group.sets.length > 0)
        ? "R"
        : taken < group.sets.length
          ? "P"
          : faulty > 0
            ? "E"
            : "A",
      declared,
      String(group.sets.length),
      String(taken),
      ...distinct(
        group.problems.filter(({ severity }) => severity === "error").map(({ code }) => code),
      ).slice(0, 5),
    ),
  );
  return draft(kind, segments);
}

/** AK3 and AK4 (IK3 and IK4) of one set: a segment once, then its elements. */
function faults(set: X12Set, kind: Kind, delimiters: Delimiters): Segment[] {
  const [at, of] = kind === "997" ? ["AK3", "AK4"] : ["IK3", "IK4"];
  const bySegment = new Map<string, Problem[]>();
  for (const found of set.problems) {
    if (found.level !== "segment" && found.level !== "element") continue;
    const place = `${found.position}/${found.segment}`;
    bySegment.set(place, [...(bySegment.get(place) ?? []), found]);
  }
  return [...bySegment.values()].flatMap((found) => {
    const first = found[0]!;
    const own = found.find(({ level }) => level === "segment");
    const elements = found.filter(({ level }) => level === "element");
    return [
      segment(
        at,
        (first.segment ?? "").slice(0, 3).padEnd(2, "?"),
        String(first.position ?? 0),
        (own?.loop ?? "").slice(0, 6),
        elements.length > 0 ? "8" : own?.code,
      ),
      ...elements.map(({ element = 0, component, code, found: value }) =>
        segment(
          of,
          component === undefined ? String(element) : [String(element), String(component)],
          "",
          code,
          plain(value, delimiters),
        ),
      ),
    ];
  });
}

/** AK404 repeats the bad value, without what the answer needs as delimiter. */
function plain(value: string, delimiters: Delimiters): string {
  const marks = new Set(Object.values(delimiters).join(""));
  return [...value.replace(/[^\x20-\x7e]/g, "")]
    .filter((mark) => !marks.has(mark))
    .join("")
    .slice(0, 99)
    .trim();
}

function setCodes(set: X12Set, refused: boolean): string[] {
  const codes = set.problems
    .filter(({ level, severity }) => level === "set" && severity === "error")
    .map(({ code }) => code);
  const inside = set.problems.some(({ level }) => level === "segment" || level === "element");
  return distinct([...codes, ...(inside || refused ? ["5"] : [])]).slice(0, 5);
}

const distinct = (codes: readonly string[]): string[] => [...new Set(codes)].filter((code) => code !== "");

/** AK102 is a number of up to nine digits, whatever the group said. */
const controlNumber = (text: string): string => (/^\d{1,9}$/.test(text) ? text : "0");

function numberOf(trailer: Segment | undefined, otherwise: number): string {
  const declared = trailer?.elements[0];
  return typeof declared === "string" && /^\d{1,6}$/.test(declared) ? declared : String(otherwise);
}

/**
 * The TA1 for one interchange: whether its envelope was whole. It travels in an interchange of its own.
 */
export function acknowledgeTA1(interchange: X12Interchange, answer: Omit<Answer, "outcomes">): X12Document {
  const fault = interchange.problems.find(({ severity }) => severity === "error");
  const [date, time] = [interchange.date.slice(-6), interchange.time.slice(0, 4)];
  const about = envelope(
    {
      sender: addressed(interchange.receiver),
      receiver: addressed(interchange.sender),
      date: answer.date,
      time: answer.time,
      controlNumber: answer.controlNumber,
      version: /^\d{5}$/.test(interchange.version) ? interchange.version : "00401",
      delimiters: delimitersOf(interchange, answer),
      lineBreak: interchange.lineBreak,
      ...answer.as,
    },
    [],
  );
  const control = controlNumber(interchange.controlNumber).padStart(9, "0");
  const service = segment("TA1", control, date, time, fault ? "R" : "A", fault?.code ?? "000");
  return { ...about, interchanges: about.interchanges.map((made) => ({ ...made, services: [service] })) };
}
