/**
 * Small changes to data, path by path, and what differs between two bodies. Pure.
 *
 * A path is written as people read it: `lines[0].item`, `customer`; `lines[].item` means every line. A change may say what
 * it replaces, so that one change fits many documents and touches only those that have the mistake.
 */
import { Unusable } from "../std/errors.ts";

export interface Change {
  readonly path: string;
  /** The value to be put there: text, number, truth value, null, or a whole object. */
  readonly value: unknown;
  /** Only where this stands there now; nowhere else is looked for it. */
  readonly was?: unknown;
  /** Only in the messages of these documents. */
  readonly documents?: readonly string[];
}

/** One place where two bodies differ; undefined where one of them has nothing. */
export interface Difference {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** More differences than these are counted and not listed. */
export const DIFFERENCES_MAX = 200;

/**
 * The data with the changes made, and what they changed. Data that none of them fits comes back with no differences.
 *
 * @throws {Unusable} for a path that is none, or leads through something that is no object
 */
export function withChanges(
  data: unknown,
  changes: readonly Change[],
): { readonly data: unknown; readonly changed: readonly Difference[] } {
  const copy: unknown = structuredClone(data);
  const changed: Difference[] = [];
  for (const change of changes) put(copy, stepsOf(change.path), "", change, changed);
  return { data: copy, changed };
}

/** @throws {Unusable} for a path that is none */
export const checkPath = (path: string): void => void stepsOf(path);

type Step = { readonly field: string } | { readonly index: number | null };

const FORBIDDEN = new Set(["__proto__", "prototype", "constructor"]);

function stepsOf(path: string): Step[] {
  if (!/^[A-Za-z_$][\w$-]*(\[\d{0,6}\])*(\.[A-Za-z_$][\w$-]*(\[\d{0,6}\])*)*$/.test(path))
    throw new Unusable(`"${path}" is no path. Write something like customer, lines[0].item or lines[].item.`);
  return [...path.matchAll(/([^.[\]]+)|\[(\d*)\]/g)].map(([, field, index]): Step => {
    if (field === undefined) return { index: index === "" ? null : Number(index) };
    if (FORBIDDEN.has(field)) throw new Unusable(`"${field}" is no field of a message.`);
    return { field };
  });
}

function put(
  at: unknown,
  [step, ...rest]: readonly Step[],
  walked: string,
  change: Change,
  changed: Difference[],
): void {
  if (step === undefined) return;
  if ("index" in step) {
    if (!Array.isArray(at)) {
      if ("was" in change) return;
      throw new Unusable(`${walked || "The message"} is no list, so ${change.path} leads nowhere.`);
    }
    const places = step.index === null ? [...at.keys()] : [step.index];
    for (const index of places) {
      if (index >= at.length) {
        if ("was" in change) return;
        throw new Unusable(
          `${walked} has ${at.length} entries, so there is no ${walked}[${index}] (counted from 0).`,
        );
      }
      set(
        at as unknown as Record<string, unknown>,
        String(index),
        `${walked}[${index}]`,
        rest,
        change,
        changed,
      );
    }
    return;
  }
  if (typeof at !== "object" || at === null || Array.isArray(at)) {
    if ("was" in change) return;
    throw new Unusable(`${walked || "The message"} has no fields, so ${change.path} leads nowhere.`);
  }
  const path = walked === "" ? step.field : `${walked}.${step.field}`;
  set(at as Record<string, unknown>, step.field, path, rest, change, changed);
}

function set(
  holder: Record<string, unknown>,
  name: string,
  path: string,
  rest: readonly Step[],
  change: Change,
  changed: Difference[],
): void {
  const before = Object.hasOwn(holder, name) ? holder[name] : undefined;
  if (rest.length > 0) {
    if (before !== undefined) put(before, rest, path, change, changed);
    return;
  }
  if ("was" in change && !same(before, change.was)) return;
  if (same(before, change.value)) return;
  holder[name] = structuredClone(change.value);
  changed.push({ path, ...(before === undefined ? {} : { before }), after: change.value });
}

/** What differs between two bodies, in the order of the paths; at most DIFFERENCES_MAX. */
export function differences(before: unknown, after: unknown): Difference[] {
  const found: Difference[] = [];
  compare(before, after, "", found);
  return found;
}

function compare(before: unknown, after: unknown, path: string, found: Difference[]): void {
  if (found.length >= DIFFERENCES_MAX || same(before, after)) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index += 1)
      compare(before[index], after[index], `${path}[${index}]`, found);
  } else if (isObject(before) && isObject(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)]))
      compare(before[name], after[name], path === "" ? name : `${path}.${name}`, found);
  } else {
    found.push({
      path: path || "(all)",
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    });
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether two values of JSON are the same, whatever the order of their fields. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((each, index) => same(each, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]))
  );
}
