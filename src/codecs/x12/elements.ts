/**
 * Elements: splitting a segment into them, and checking each against the dictionary.
 *
 * Nothing is changed on the way: an element keeps the text it came with. Numbers, dates and times that cannot be read
 * refuse their set; text that is too long or too short and codes of a strange length are noted, since they can be
 * carried unharmed. Codes are not compared with code lists: partners agree on their own.
 */
import { ensure } from "../../std/errors.ts";
import { type Element, type ElementJudge, shown } from "../segments/document.ts";
import type { Delimiters } from "./document.ts";
import { SEGMENTS } from "./tables/segments.ts";
import { isDate, isTime } from "./values.ts";

export interface ElementSpec {
  /** `A` text, `I` code, `D` date, `T` time, `R` decimal, `N` whole number, `P` two implied decimals, `C` composite, `+` more follow unchecked. */
  readonly type: string;
  readonly mandatory: boolean;
  /** Mandatory by the standard, but an empty text harms nobody: its absence is noted. */
  readonly wanted?: boolean;
  readonly shortest: number;
  readonly longest: number;
  readonly components?: readonly ElementSpec[];
  /** How often it may repeat. */
  readonly repeats: number;
}

/** What the dictionary says of a segment. */
export interface SegmentSpec {
  readonly id: string;
  /** Its elements; undefined where the dictionary does not describe it. */
  readonly spec: readonly ElementSpec[] | undefined;
}

const specs = new Map<string, SegmentSpec>();

/** The elements of a segment, and one string for each identifier, however often it comes. */
export function specOf(id: string): SegmentSpec {
  const known = specs.get(id);
  if (known !== undefined) return known;
  const words = Object.hasOwn(SEGMENTS, id) ? SEGMENTS[id] : undefined;
  // Only what the dictionary has is kept, so strangers cannot fill the memory.
  if (words === undefined) return { id, spec: undefined };
  const made = { id, spec: parse(words, id) };
  specs.set(id, made);
  return made;
}

const WORD =
  /\s*(?:([!?]?)([AIRNPDT+])(?:(\d+)-(\d+))?(?:\^(\d+))?|(!?)\(([^)]*)\)(?:\^(\d+))?|\[([^\]]*)\](?:\*(\d+))?)\s*/y;

function parse(words: string, segment: string): ElementSpec[] {
  const list: ElementSpec[] = [];
  let at = 0;
  while (at < words.length) {
    WORD.lastIndex = at;
    const word = WORD.exec(words);
    ensure(word, `the elements of ${segment} read on at "${words.slice(at, at + 20)}"`);
    at = WORD.lastIndex;
    if (word[9] !== undefined) {
      const again = parse(word[9], segment);
      for (let times = Number(word[10] ?? 1); times > 0; times -= 1) list.push(...again);
    } else if (word[7] !== undefined) {
      list.push({
        type: "C",
        mandatory: word[6] === "!",
        shortest: 0,
        longest: 0,
        components: parse(word[7], segment),
        repeats: Number(word[8] ?? 1),
      });
    } else {
      const type = word[2]!;
      const [shortest = 0, longest = 0] =
        type === "D" ? [6, 8] : type === "T" ? [4, 8] : [Number(word[3]), Number(word[4])];
      list.push({
        type,
        mandatory: word[1] === "!",
        ...(word[1] === "?" ? { wanted: true } : {}),
        shortest,
        longest,
        repeats: Number(word[5] ?? 1),
      });
    }
  }
  return list;
}

/**
 * Splits the text of one element. An element the dictionary knows as plain text is never split, because senders use
 * characters such as `>` and `-` in texts although ISA names them as separators.
 */
export function splitElement(
  text: string,
  spec: ElementSpec | undefined,
  known: boolean,
  delimiters: Delimiters,
): Element {
  const { component, repetition } = delimiters;
  if (spec !== undefined && spec.type !== "C" && spec.repeats === 1) return text;
  if (spec === undefined && known) return text;
  const repeats =
    repetition !== undefined && spec !== undefined && spec.repeats > 1 && text.includes(repetition)
      ? text.split(repetition)
      : undefined;
  const split = (part: string) =>
    component !== undefined && part.includes(component) ? part.split(component) : part;
  return repeats === undefined ? split(text) : { repeats: repeats.map(split) };
}

/** Checks one segment's elements, given as split, against its dictionary entry. */
export function checkElements(
  elements: readonly Element[],
  spec: readonly ElementSpec[],
  judge: ElementJudge,
): void {
  const count = Math.max(elements.length, spec.length);
  for (let index = 0; index < count; index += 1) {
    const rule = spec[index];
    const value = elements[index];
    if (rule === undefined) {
      if (value === undefined || value === "") continue;
      if (spec.at(-1)?.type === "+") return;
      judge.element({
        code: "3",
        severity: "note",
        element: index + 1,
        expected: `at most ${spec.length} elements`,
        found: shown(value),
      });
      return;
    }
    if (value === undefined || value === "") {
      if (rule.mandatory || rule.wanted) {
        const severity = rule.mandatory ? "error" : "note";
        judge.element({ code: "1", severity, element: index + 1, expected: "a value", found: "nothing" });
      }
    } else if (typeof value === "string") {
      checkText(value, rule, index + 1, undefined, judge);
    } else {
      const occurrences = "repeats" in value ? value.repeats : [value];
      if (occurrences.length > rule.repeats) {
        judge.element({
          code: "12",
          severity: "note",
          element: index + 1,
          expected: `at most ${rule.repeats} repetitions`,
          found: String(occurrences.length),
        });
      }
      for (const occurrence of occurrences) checkComposite(occurrence, rule, index + 1, judge);
    }
  }
}

function checkComposite(
  value: string | readonly string[],
  rule: ElementSpec,
  element: number,
  judge: ElementJudge,
): void {
  if (rule.components === undefined) {
    checkText(typeof value === "string" ? value : (value[0] ?? ""), rule, element, undefined, judge);
    return;
  }
  const parts = typeof value === "string" ? [value] : value;
  for (const [index, part] of rule.components.entries()) {
    const text = parts[index] ?? "";
    if (text !== "") checkText(text, part, element, index + 1, judge);
    else if (part.mandatory) {
      judge.element({
        code: "1",
        severity: "error",
        element,
        component: index + 1,
        expected: "a value",
        found: "nothing",
      });
    }
  }
}

const DECIMAL = /^-?(?:\d+\.?\d*|\.\d+)(?:E-?\d+)?$/;
const WHOLE = /^-?\d+$/;

function checkText(
  text: string,
  rule: ElementSpec,
  element: number,
  component: number | undefined,
  judge: ElementJudge,
): void {
  const { type } = rule;
  const { length } = text;
  // Most elements are texts of a decent length.
  if ((type === "A" || type === "I") && length >= rule.shortest && length <= rule.longest) return;
  if (type === "+") return;
  if (type === "C") {
    const first = rule.components?.[0];
    if (first) checkText(text, first, element, 1, judge);
    return;
  }
  const fault = faultOf(text, rule);
  if (fault === undefined) return;
  const [code, severity, expected] = fault;
  judge.element({
    code,
    severity,
    element,
    ...(component === undefined ? {} : { component }),
    expected,
    found: shown(text),
  });
}

type TextFault = readonly [code: string, severity: "error" | "note", expected: string];

function faultOf(text: string, { type, shortest, longest }: ElementSpec): TextFault | undefined {
  if (type === "A" || type === "I") {
    if (text.length < shortest) return ["4", "note", `at least ${shortest} characters`];
    // Padding at the end is no content; a sender of fixed width leaves it.
    return text.trimEnd().length > longest ? ["5", "note", `at most ${longest} characters`] : undefined;
  }
  const value = text.trim();
  if (type === "D") return isDate(value) ? undefined : ["8", "error", "a date CCYYMMDD or YYMMDD"];
  if (type === "T") return isTime(value) ? undefined : ["9", "error", "a time HHMM, HHMMSS or HHMMSSDD"];
  if (type === "R") {
    if (!DECIMAL.test(value)) return ["6", "error", "a decimal number"];
  } else if (!WHOLE.test(value)) {
    // A point where the standard has none (12.0 packs, 285.66 in implied cents) can only mean itself.
    const expected = type === "P" ? "a number with two implied decimals" : "a whole number";
    return ["6", DECIMAL.test(value) ? "note" : "error", expected];
  }
  const tooLong = value.length > longest && digits(value) > longest;
  return tooLong ? ["5", "error", `at most ${longest} digits`] : undefined;
}

/** Digits without sign, point and leading zeros: the standard does not count those, and senders pad with zeros. */
const digits = (number: string): number =>
  number
    .replace(/E.*$/, "")
    .replace(/[-.]/g, "")
    .replace(/^0+(?=\d)/, "").length;
