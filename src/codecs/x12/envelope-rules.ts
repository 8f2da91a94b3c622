/** What the segments of an X12 envelope must say, in the codes of TA105 and AK905. */
import type { Findings } from "../segments/findings.ts";
import { counts } from "../segments/reader.ts";
import type { Problem, Segment } from "./document.ts";
import type { Header } from "./header.ts";
import { problem } from "./problems.ts";
import { text } from "./set-reader.ts";
import { isDate, isTime } from "./values.ts";

type Told = Findings<Problem>;

export function checkInterchangeHeader({ faults, line }: Header, findings: Told): void {
  for (const { code, element, expected, found: written } of faults) {
    const found = written.trim() || "nothing";
    findings.add({
      level: "interchange",
      severity: "error",
      code,
      line,
      segment: "ISA",
      element,
      expected,
      found,
    });
  }
}

export function checkGroupHeader(header: Segment, findings: Told): void {
  const check = (element: number, code: string, sound: boolean, expected: string) => {
    if (sound) return;
    const found = text(header, element).slice(0, 40) || "nothing";
    const line = header.line ?? 0;
    findings.add({ level: "group", severity: "error", code, line, segment: "GS", element, expected, found });
  };
  check(1, "1", /^[A-Z0-9]{2}$/.test(text(header, 1)), "a functional identifier of two characters");
  check(4, "1", isDate(text(header, 4)), "a date CCYYMMDD or YYMMDD");
  check(5, "1", isTime(text(header, 5)), "a time HHMM, HHMMSS or HHMMSSDD");
  check(6, "6", /^\d{1,9}$/.test(text(header, 6)), "a control number of up to nine digits");
}

interface Level {
  readonly level: "group" | "interchange";
  readonly segment: string;
  readonly things: string;
  readonly codes: { readonly missing: string; readonly count: string; readonly control: string };
}

export const GROUP: Level = {
  level: "group",
  segment: "GE",
  things: "sets",
  codes: { missing: "3", count: "5", control: "4" },
};
export const INTERCHANGE: Level = {
  level: "interchange",
  segment: "IEA",
  things: "groups",
  codes: { missing: "023", count: "021", control: "001" },
};

/** Holds a trailer to its level. True where its control number is the same but written with other zeros. */
export function checkTrailer(
  findings: Told,
  { level, segment, things, codes }: Level,
  closing: Segment | undefined,
  wanted: { line: number; instead: string; counted: number; control: string; open?: boolean },
): boolean {
  const { counted, control, open = false } = wanted;
  const say = (code: string, element: number | undefined, expected: string, found: string) =>
    findings.add({
      level,
      severity: "error",
      code,
      line: closing?.line ?? wanted.line,
      segment,
      ...(element === undefined ? {} : { element }),
      expected,
      found: found.slice(0, 40),
    });
  if (!closing) {
    say(codes.missing, undefined, `${segment} to end ${level} ${control}`, wanted.instead);
    return false;
  }
  const declared = text(closing, 1);
  if (!counts(declared, counted))
    say(codes.count, 1, `${segment}01 to count ${counted} ${things}`, declared || "nothing");
  const repeated = text(closing, 2);
  // Without its terminator the number may have been cut short, so it must be whole.
  if (!sameNumber(repeated, control) || (open && repeated !== control)) {
    say(codes.control, 2, `${segment}02 to repeat control number ${control}`, repeated || "nothing");
    return false;
  }
  return repeated !== control;
}

export const party = (qualifier: string, id: string) => ({ qualifier: qualifier.trim(), id: id.trim() });

/** Control numbers of groups and interchanges are numbers: `1` and `000000001` are the same. */
const sameNumber = (one: string, other: string): boolean =>
  one === other ||
  (/^\d+$/.test(one) && /^\d+$/.test(other) && one.replace(/^0+/, "") === other.replace(/^0+/, ""));

export const nothingRead = (): Problem =>
  problem({
    level: "interchange",
    severity: "error",
    code: "022",
    line: 1,
    expected: "an interchange beginning with ISA",
    found: "nothing",
  });
