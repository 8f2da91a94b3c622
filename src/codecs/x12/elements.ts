/**
 * Elements: splitting a segment into them, and checking each against the dictionary.
 *
 * Nothing is changed on the way: an element keeps the text it came with. Numbers, dates and times that cannot be read
 * refuse their set; text that is too long or too short and codes of a strange length are noted, since they can be
 * carried unharmed. Codes are not compared with code lists: partners agree on their own.
 */
import { ensure } from "../../std/errors.ts";
import type { Delimiters, Element } from "./document.ts";
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

/** What is wrong with an element. */
export interface ElementFinding {
  readonly code: string;
  readonly severity: "error" | "note";
  readonly element: number;
  readonly component?: number;
  readonly expected: string;
  readonly found: string;
}

const specs = new Map<string, readonly ElementSpec[] | undefined>();

/** The elements of a segment, or undefined where the dictionary does not describe it. */
export function specOf(segment: string): readonly ElementSpec[] | undefined {
  if (specs.has(segment)) return specs.get(segment);
  const words = Object.hasOwn(SEGMENTS, segment) ? SEGMENTS[segment] : undefined;
  const spec = words === undefined ? undefined : parse(words, segment);
  // Only identifiers of three characters come here, so strangers cannot fill the memory.
  specs.set(segment, spec);
  return spec;
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
  report: (finding: ElementFinding) => void,
): void {
  const count = Math.max(elements.length, spec.length);
  for (let index = 0; index < count; index += 1) {
    const rule = spec[index];
    const value = elements[index];
    if (rule === undefined) {
      if (value === undefined || value === "") continue;
      if (spec.at(-1)?.type === "+") return;
      report({
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
        report({ code: "1", severity, element: index + 1, expected: "a value", found: "nothing" });
      }
    } else if (typeof value === "string") {
      checkText(value, rule, index + 1, undefined, report);
    } else {
      const occurrences = "repeats" in value ? value.repeats : [value];
      if (occurrences.length > rule.repeats) {
        report({
          code: "12",
          severity: "note",
          element: index + 1,
          expected: `at most ${rule.repeats} repetitions`,
          found: String(occurrences.length),
        });
      }
      for (const occurrence of occurrences) checkComposite(occurrence, rule, index + 1, report);
    }
  }
}

function checkComposite(
  value: string | readonly string[],
  rule: ElementSpec,
  element: number,
  report: (finding: ElementFinding) => void,
): void {
  if (rule.components === undefined) {
    checkText(typeof value === "string" ? value : (value[0] ?? ""), rule, element, undefined, report);
    return;
  }
  const parts = typeof value === "string" ? [value] : value;
  for (const [index, part] of rule.components.entries()) {
    const text = parts[index] ?? "";
    if (text !== "") checkText(text, part, element, index + 1, report);
    else if (part.mandatory) {
      report({
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
  report: (finding: ElementFinding) => void,
): void {
  const say = (code: string, severity: "error" | "note", expected: string) =>
    report({
      code,
      severity,
      element,
      ...(component === undefined ? {} : { component }),
      expected,
      found: shown(text),
    });

  const { type } = rule;
  if (type === "+") return;
  if (type === "C") {
    const first = rule.components?.[0];
    if (first) checkText(text, first, element, 1, report);
    return;
  }
  if (type === "A" || type === "I") {
    if (text.length > rule.longest) {
      // Padding at the end is no content; a sender of fixed width leaves it.
      const length = text.trimEnd().length;
      if (length > rule.longest) say("5", "note", `at most ${rule.longest} characters`);
    } else if (text.length < rule.shortest) say("4", "note", `at least ${rule.shortest} characters`);
    return;
  }
  const value = text.trim();
  if (type === "D") {
    if (!isDate(value)) say("8", "error", "a date CCYYMMDD or YYMMDD");
  } else if (type === "T") {
    if (!isTime(value)) say("9", "error", "a time HHMM, HHMMSS or HHMMSSDD");
  } else if (type === "R") {
    if (!DECIMAL.test(value)) say("6", "error", "a decimal number");
    else if (value.length > rule.longest && digits(value) > rule.longest)
      say("5", "error", `at most ${rule.longest} digits`);
  } else if (!WHOLE.test(value)) {
    // A point where the standard has none (12.0 packs, 285.66 in implied cents) can only mean itself.
    const expected = type === "P" ? "a number with two implied decimals" : "a whole number";
    say("6", DECIMAL.test(value) ? "note" : "error", expected);
  } else if (value.length > rule.longest && digits(value) > rule.longest)
    say("5", "error", `at most ${rule.longest} digits`);
}

/** Digits without sign, point and leading zeros: the standard does not count those, and senders pad with zeros. */
const digits = (number: string): number =>
  number
    .replace(/E.*$/, "")
    .replace(/[-.]/g, "")
    .replace(/^0+(?=\d)/, "").length;

/** A value short enough for a message. */
export function shown(value: Element): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
