/**
 * Elements: each segment checked against the data element directory.
 *
 * Nothing is changed on the way: an element keeps the text it came with. Numbers that cannot be read and mandatory parts
 * that are missing refuse their message; text that is too long and parts beyond the directory are noted, since they can
 * be carried unharmed. Codes are not compared with code lists: partners agree on their own.
 */
import { ensure } from "../../std/errors.ts";
import type { Element } from "./document.ts";
import { OTHER_SEGMENTS, SEGMENTS } from "./tables/segments.ts";
import { isNumber } from "./values.ts";

interface ElementSpec {
  /** `A` text, `N` number, `C` composite, `+` more follow unchecked. */
  readonly type: "A" | "N" | "C" | "+";
  readonly mandatory: boolean;
  readonly longest: number;
  readonly components: readonly ElementSpec[];
  /** How often it may come: in syntax 4 by the repetition separator, before that as further elements. */
  readonly repeats: number;
}

/** What is wrong with an element, in the codes of data element 0085. */
export interface ElementFinding {
  readonly code: string;
  readonly severity: "error" | "note";
  readonly element: number;
  readonly component?: number;
  readonly expected: string;
  readonly found: string;
}

const specs = new Map<string, readonly ElementSpec[] | undefined>();

/** Whether any UN/EDIFACT directory has this segment. */
export const isStandard = (id: string): boolean => Object.hasOwn(SEGMENTS, id) || OTHER_SEGMENTS.has(id);

function specOf(id: string): readonly ElementSpec[] | undefined {
  const known = specs.get(id);
  if (known !== undefined || specs.has(id)) return known;
  const words = Object.hasOwn(SEGMENTS, id) ? SEGMENTS[id] : undefined;
  // Only what the directory has is kept, so strangers cannot fill the memory.
  if (words === undefined) return undefined;
  const spec = parse(words, id);
  specs.set(id, spec);
  return spec;
}

const WORD = /\s*(?:(!?)(?:([AN])(\d+)|(\+)|\(([^)]*)\))(?:\^(\d+))?|\[([^\]]*)\]\*(\d+))\s*/y;

function parse(words: string, id: string): ElementSpec[] {
  const list: ElementSpec[] = [];
  let at = 0;
  while (at < words.length) {
    WORD.lastIndex = at;
    const word = WORD.exec(words);
    ensure(word, `the elements of ${id} read on at "${words.slice(at, at + 20)}"`);
    at = WORD.lastIndex;
    if (word[7] !== undefined) {
      const again = parse(word[7], id);
      for (let times = Number(word[8]); times > 0; times -= 1) list.push(...again);
      continue;
    }
    const mandatory = word[1] === "!";
    const repeats = Number(word[6] ?? 1);
    if (word[4] !== undefined)
      list.push({ type: "+", mandatory: false, longest: 0, components: [], repeats });
    else if (word[5] !== undefined) {
      list.push({ type: "C", mandatory, longest: 0, components: parse(word[5], id), repeats });
    } else {
      list.push({ type: word[2] as "A" | "N", mandatory, longest: Number(word[3]), components: [], repeats });
    }
  }
  return list;
}

/** Checks one segment's elements against the directory; segments it does not describe are not checked. */
export function checkElements(
  id: string,
  elements: readonly Element[],
  report: (finding: ElementFinding) => void,
): void {
  const spec = specOf(id);
  if (spec === undefined) return;
  for (let index = 0; index < elements.length; index += 1) {
    const value = elements[index]!;
    const rule = spec[index];
    if (rule === undefined) {
      if (spec.at(-1)?.type === "+" || value === "") return;
      report({
        code: "16",
        severity: "note",
        element: index + 1,
        expected: `at most ${spec.length} elements`,
        found: shown(value),
      });
      return;
    }
    if (value === "") {
      if (rule.mandatory) missing(index + 1, undefined, report);
    } else if (typeof value === "string" || !("repeats" in value)) check(value, rule, index + 1, report);
    else for (const one of value.repeats) if (one !== "") check(one, rule, index + 1, report);
    if (rule.type === "+") return;
  }
  for (let index = elements.length; index < spec.length; index += 1) {
    if (spec[index]!.mandatory) missing(index + 1, undefined, report);
  }
}

type Report = (finding: ElementFinding) => void;

function missing(element: number, component: number | undefined, report: Report): void {
  report({
    code: "13",
    severity: "error",
    element,
    ...(component === undefined ? {} : { component }),
    expected: "a value",
    found: "nothing",
  });
}

function check(value: string | readonly string[], rule: ElementSpec, element: number, report: Report): void {
  const { components, type } = rule;
  if (type === "+") return;
  if (type !== "C") {
    if (typeof value === "string") checkText(value, rule, element, undefined, report);
    else {
      checkText(value[0]!, rule, element, 1, report);
      if (value.some((part, index) => index > 0 && part !== "")) {
        report({ code: "16", severity: "note", element, expected: "one value", found: shown(value) });
      }
    }
    return;
  }
  const length = typeof value === "string" ? 1 : value.length;
  // A composite of empty parts says no more than an absent one.
  if (typeof value !== "string" && isBlank(value)) {
    if (rule.mandatory) missing(element, 1, report);
    return;
  }
  for (let index = 0; index < length; index += 1) {
    const text = typeof value === "string" ? value : value[index]!;
    const part = components[index];
    if (part === undefined) {
      if (components.at(-1)?.type === "+" || text === "") continue;
      report({
        code: "16",
        severity: "note",
        element,
        component: index + 1,
        expected: `at most ${components.length} components`,
        found: shown(text),
      });
      return;
    }
    if (text !== "") checkText(text, part, element, index + 1, report);
    else if (part.mandatory && rule.mandatory) missing(element, index + 1, report);
  }
  if (!rule.mandatory) return;
  for (let index = length; index < components.length; index += 1) {
    if (components[index]!.mandatory) missing(element, index + 1, report);
  }
}

function isBlank(parts: readonly string[]): boolean {
  for (let index = 0; index < parts.length; index += 1) if (parts[index] !== "") return false;
  return true;
}

function checkText(
  text: string,
  rule: ElementSpec,
  element: number,
  component: number | undefined,
  report: Report,
): void {
  if (text.length <= rule.longest && (rule.type === "A" || isNumber(text))) return;
  if (rule.type === "+") return;
  const say = (code: string, severity: "error" | "note", expected: string) =>
    report({
      code,
      severity,
      element,
      ...(component === undefined ? {} : { component }),
      expected,
      found: shown(text),
    });
  if (rule.type === "A") {
    // Padding at the end is no content; a sender of fixed width leaves it.
    if (text.trimEnd().length > rule.longest) say("39", "note", `at most ${rule.longest} characters`);
  } else if (!isNumber(text)) say("37", "error", "a number");
  else if (digits(text) > rule.longest) say("39", "note", `at most ${rule.longest} digits`);
}

/** Digits without sign and mark, which the standard does not count, and without zeros in front. */
const digits = (number: string): number =>
  number
    .trim()
    .replace(/[-.,]/g, "")
    .replace(/^0+(?=\d)/, "").length;

/** A value short enough for a message. */
export function shown(value: Element): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
