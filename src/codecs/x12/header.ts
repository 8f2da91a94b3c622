/**
 * The interchange header: sixteen elements, and the characters everything after it is read by.
 *
 * The standard fixes the width of every ISA element, so delimiters could be read by position. Too many real headers are
 * trimmed, padded too far or wrapped, so the elements are counted instead: the character after `ISA` separates them, what
 * follows the sixteenth separator is the component separator and the segment terminator, up to the next segment.
 */
import type { Delimiters, Tolerance } from "./document.ts";
import { utf8 } from "./encoding.ts";
import { isDate, isTime } from "./values.ts";

export interface Header {
  /** ISA01 to ISA16 as found, without line breaks. */
  readonly elements: readonly string[];
  readonly delimiters: Delimiters;
  readonly lineBreak: string;
  readonly line: number;
  /** Characters up to the first segment after it. */
  readonly length: number;
  readonly faults: readonly HeaderFault[];
  readonly tolerated: readonly Tolerance[];
}

/** `code` is of TA105. */
export interface HeaderFault {
  readonly code: string;
  readonly element: number;
  readonly expected: string;
  readonly found: string;
}

const WIDTHS = [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1];
const FOLLOWS = /^([\s\S]{0,64}?)(?:GS|TA1|TA3|ISB|ISE|IEA|ST)(?![A-Z0-9])/;

/** Reads a header from the text it begins, or says why it cannot be read. Text is one byte to a character. */
export function readHeader(text: string, line: number): Header | string {
  const separator = text[3]!;
  const raw: string[] = [];
  let at = 4;
  for (let element = 0; element < 15; element += 1) {
    const end = text.indexOf(separator, at);
    if (end === -1) return `ISA has ${element + 1} of 16 elements`;
    raw.push(text.slice(at, end));
    at = end + 1;
  }
  const after = FOLLOWS.exec(text.slice(at));
  if (!after) return "no segment follows ISA, or ISA16 and the segment terminator cannot be told apart";
  const ending = terminators(after[1]!);
  if (typeof ending === "string") return ending;
  const length = at + after[1]!.length;

  const elements = [...raw.map((element) => element.replace(/[\r\n]/g, "")), ending.component ?? ""];
  const tolerated: Tolerance[] = [];
  if (raw.some((element) => /[\r\n]/.test(element))) tolerated.push("line breaks inside segments");
  if (elements[8]!.trim().length === 8) tolerated.push("header date of eight digits");
  if (WIDTHS.some((width, index) => index !== 8 && elements[index]!.length !== width)) {
    tolerated.push("header elements not padded");
  }
  if (ending.component === undefined) tolerated.push("no component separator");

  const version = elements[11]!.trim();
  const eleventh = elements[10]!;
  const repetition =
    version >= "00402" && eleventh.length === 1 && !/[A-Za-z0-9\s]/.test(eleventh) && eleventh !== separator
      ? eleventh
      : undefined;
  const delimiters: Delimiters = {
    element: separator,
    ...(ending.component === undefined ? {} : { component: ending.component }),
    ...(repetition === undefined || repetition === ending.component || repetition === ending.segment
      ? {}
      : { repetition }),
    segment: ending.segment,
  };
  if (ending.segment === separator || ending.component === separator) {
    return `the separator ${JSON.stringify(separator)} is named for two purposes`;
  }
  return {
    elements: elements.map((element) => utf8(element) ?? element),
    delimiters,
    lineBreak: ending.lineBreak,
    line,
    length,
    faults: faultsOf(elements),
    tolerated,
  };
}

interface Ending {
  readonly component?: string;
  readonly segment: string;
  readonly lineBreak: string;
}

/** What stands between the sixteenth separator and the next segment: component separator, terminator, line break. */
function terminators(between: string): Ending | string {
  const [lineBreak = ""] = /\r\n|\n|\r/.exec(between.replace(/^[\r\n]+/, "")) ?? [];
  const told = utf8(between) ?? between;
  let marks = [...told.trim()];
  // A tab or a form feed is layout, unless nothing else could end the segment.
  if (marks.length === 1 && lineBreak === "") marks = [...told.replaceAll(" ", "")];
  const bytes = (text: string) =>
    Buffer.from(text, utf8(between) === undefined ? "latin1" : "utf8").toString("latin1");
  if (marks.some((mark) => /[A-Za-z0-9]/.test(mark)))
    return "ISA16 or the segment terminator is a letter or digit";
  const [component, ...terminator] = marks;
  if (component === undefined) {
    return lineBreak === ""
      ? "ISA is followed by no segment terminator"
      : { segment: lineBreak, lineBreak: "" };
  }
  if (terminator.length === 0) {
    // One mark before a line break is the component separator, as its position says, and lines end segments. One mark
    // and no line break can only end the segment: ISA16 was left empty.
    return lineBreak === ""
      ? { segment: bytes(component), lineBreak: "" }
      : { component: bytes(component), segment: lineBreak, lineBreak: "" };
  }
  if (terminator.length > 4)
    return `${terminator.length} characters stand where the segment terminator should be`;
  return {
    component: bytes(component),
    segment: bytes(terminator.join("").trim() || terminator.join("")),
    lineBreak,
  };
}

function faultsOf(elements: readonly string[]): HeaderFault[] {
  const faults: HeaderFault[] = [];
  const check = (element: number, code: string, sound: boolean, expected: string) => {
    const found = elements[element - 1]!;
    if (!sound) faults.push({ code, element, expected, found: found.slice(0, 40) });
  };
  const date = elements[8]!.trim();
  const control = elements[12]!.trim();
  check(9, "014", isDate(date), "a date YYMMDD");
  check(10, "015", isTime(elements[9]!.trim()), "a time HHMM");
  check(12, "017", /^\d{5}$/.test(elements[11]!.trim()), "a version of five digits");
  check(13, "018", /^\d{1,9}$/.test(control), "a control number of nine digits");
  check(6, "006", visible(elements[5]!), "the identification of the sender");
  check(8, "008", visible(elements[7]!), "the identification of the receiver");
  return faults;
}

const visible = (text: string): boolean => text.trim() !== "";
