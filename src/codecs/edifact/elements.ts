/**
 * Elements: each segment checked against the data element directory.
 *
 * Nothing is changed on the way: an element keeps the text it came with. Numbers that cannot be read and mandatory parts
 * that are missing refuse their message; text that is too long and parts beyond the directory are noted, since they can
 * be carried unharmed. Codes are not compared with code lists: partners agree on their own.
 */
import { ensure } from "../../std/errors.ts";
import { type Element, type ElementJudge, shown } from "../segments/document.ts";
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
export function checkElements(id: string, elements: readonly Element[], judge: ElementJudge): void {
  const spec = specOf(id);
  if (spec === undefined) return;
  for (let index = 0; index < elements.length; index += 1) {
    const value = elements[index]!;
    const rule = spec[index];
    if (rule === undefined) {
      if (spec.at(-1)?.type === "+" || value === "") return;
      judge.element({
        code: "16",
        severity: "note",
        element: index + 1,
        expected: `at most ${spec.length} elements`,
        found: shown(value),
      });
      return;
    }
    if (value === "") {
      if (rule.mandatory) missing(index + 1, undefined, judge);
    } else if (typeof value === "string" || !("repeats" in value)) check(value, rule, index + 1, judge);
    else for (const one of value.repeats) if (one !== "") check(one, rule, index + 1, judge);
    if (rule.type === "+") return;
  }
  for (let index = elements.length; index < spec.length; index += 1) {
    if (spec[index]!.mandatory) missing(index + 1, undefined, judge);
  }
}

function missing(element: number, component: number | undefined, judge: ElementJudge): void {
  judge.element({
    code: "13",
    severity: "error",
    element,
    ...(component === undefined ? {} : { component }),
    expected: "a value",
    found: "nothing",
  });
}

function check(
  value: string | readonly string[],
  rule: ElementSpec,
  element: number,
  judge: ElementJudge,
): void {
  const { components, type } = rule;
  if (type === "+") return;
  if (type !== "C") {
    if (typeof value === "string") checkText(value, rule, element, undefined, judge);
    else {
      checkText(value[0]!, rule, element, 1, judge);
      if (value.some((part, index) => index > 0 && part !== "")) {
        judge.element({ code: "16", severity: "note", element, expected: "one value", found: shown(value) });
      }
    }
    return;
  }
  const length = typeof value === "string" ? 1 : value.length;
  // A composite of empty parts says no more than an absent one.
  if (typeof value !== "string" && isBlank(value)) {
    if (rule.mandatory) missing(element, 1, judge);
    return;
  }
  for (let index = 0; index < length; index += 1) {
    const text = typeof value === "string" ? value : value[index]!;
    const part = components[index];
    if (part === undefined) {
      if (components.at(-1)?.type === "+" || text === "") continue;
      judge.element({
        code: "16",
        severity: "note",
        element,
        component: index + 1,
        expected: `at most ${components.length} components`,
        found: shown(text),
      });
      return;
    }
    if (text !== "") checkText(text, part, element, index + 1, judge);
    else if (part.mandatory && rule.mandatory) missing(element, index + 1, judge);
  }
  if (!rule.mandatory) return;
  for (let index = length; index < components.length; index += 1) {
    if (components[index]!.mandatory) missing(element, index + 1, judge);
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
  judge: ElementJudge,
): void {
  if (text.length <= rule.longest && (rule.type === "A" || isNumber(text))) return;
  if (rule.type === "+") return;
  const say = (code: string, severity: "error" | "note", expected: string) =>
    judge.element({
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
