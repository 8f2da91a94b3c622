/** What the segments of an EDIFACT envelope must say, in the codes of data element 0085. */
import type { Findings } from "../segments/findings.ts";
import { counts } from "../segments/reader.ts";
import { type Party, type Problem, type Segment, textOf } from "./document.ts";
import { problem } from "./problems.ts";
import type { SegmentFault } from "./token.ts";
import { isDate, isTime } from "./values.ts";

type Told = Findings<Problem>;

/** Holds UNB to the standard. True where its date is spelled as in another version of the syntax. */
export function checkInterchangeHeader(
  header: Segment,
  fault: SegmentFault | undefined,
  findings: Told,
): boolean {
  const { line = 0, number = 0 } = header;
  const told = { level: "interchange", severity: "error", line, number, segment: "UNB" } as const;
  const say = (code: string, element: number, component: number, expected: string) => {
    const found = textOf(header, element, component).slice(0, 40) || "nothing";
    findings.add({ ...told, code, element, component, expected, found });
  };
  if (fault) findings.add({ ...told, ...fault });
  if (!/^[A-Z]{4}$/.test(textOf(header, 1))) say("13", 1, 1, "a syntax identifier such as UNOC");
  if (!/^[1-4]$/.test(textOf(header, 1, 2))) say("2", 1, 2, "syntax version 1, 2, 3 or 4");
  if (textOf(header, 2) === "") say("13", 2, 1, "a sender");
  if (textOf(header, 3) === "") say("13", 3, 1, "a recipient");
  const date = textOf(header, 4);
  const sound = isDate(date);
  if (!sound) say("12", 4, 1, "a date YYMMDD or CCYYMMDD");
  if (!isTime(textOf(header, 4, 2))) say("12", 4, 2, "a time HHMM");
  if (textOf(header, 5) === "") say("13", 5, 1, "an interchange control reference");
  return sound && (date.length === 8) !== (textOf(header, 1, 2) === "4");
}

export function checkTrailer(
  findings: Told,
  level: "group" | "interchange",
  closing: Segment | undefined,
  line: number,
  number: number,
  instead: string,
  wanted: { trailer: string; counted: number; things: string; reference: string },
): void {
  const { trailer, counted, things, reference } = wanted;
  const say = (code: string, element: number | undefined, expected: string, found: string) =>
    findings.add({
      level,
      severity: "error",
      code,
      line: closing?.line ?? line,
      number: closing?.number ?? number,
      segment: trailer,
      ...(element === undefined ? {} : { element }),
      expected,
      found: found === "" ? "nothing" : found.slice(0, 40),
    });
  if (!closing) {
    say("13", undefined, `${trailer} to end ${level} ${reference}`, instead);
    return;
  }
  const declared = textOf(closing, 1);
  if (!counts(declared, counted)) say("29", 1, `${trailer} to count ${counted} ${things}`, declared);
  const repeated = textOf(closing, 2);
  if (repeated !== reference) say("28", 2, `${trailer} to repeat control reference ${reference}`, repeated);
}

export function party(header: Segment | undefined, element: number): Party {
  const qualifier = textOf(header, element, 2);
  const routing = textOf(header, element, 3);
  return {
    id: textOf(header, element),
    ...(qualifier === "" ? {} : { qualifier }),
    ...(routing === "" ? {} : { routing }),
  };
}

export const nothingRead = (): Problem =>
  problem({
    level: "interchange",
    severity: "error",
    code: "33",
    line: 1,
    number: 0,
    expected: "an interchange beginning with UNA or UNB",
    found: "nothing",
  });
