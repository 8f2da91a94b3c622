/**
 * What a mapping leaves behind: every value of a message that none of the places it carries names.
 *
 * A mapping declares what it carries; everything else the sender said is listed, so nothing is dropped in silence, also
 * what no mapping has ever heard of. Service segments say nothing of their own and are not listed.
 */
import { type EdifactMessage, type Element, isGroup, type Node, type Segment } from "./document.ts";

/** A value that was not carried, and where it stands. */
export interface NotCarried {
  /** Groups, segment with its qualifier, element and component: `LIN/PRI+AAB.1.2`. */
  readonly place: string;
  readonly segment: string;
  /** Position of the segment in its message, UNH being 1. */
  readonly position: number;
  readonly line: number;
  readonly value: string;
}

/**
 * The values of a message that are not carried.
 *
 * A place is written as its groups by their triggers, the segment, and element and component, each as far as it is meant:
 * `BGM.2`, `DTM+137`, `LIN/PRI+AAA.1.2`, `LIN/NAD`. `+` names the first component of the segment, its qualifier; of
 * several such segments side by side the first is carried, or every one where the place ends with `*` (`DOC+380*`).
 *
 * @example notCarried(message, ["BGM.2", "DTM+137", "LIN.1", "LIN/QTY+21"])
 */
export function notCarried(message: EdifactMessage, carried: readonly string[]): NotCarried[] {
  const left: NotCarried[] = [];
  walk(message.body, "", new Set(carried), left);
  return left;
}

/** Segments whose first component says what the others are. */
const QUALIFIED: ReadonlySet<string> = new Set(
  "ALC AUT CCI CNT CUX DTM EQD FII FTX GIN GIR IMD INV LOC MEA MOA NAD PAT PCD PCI PIA PRI PYT QTY RFF RNG RTE SCC TAX TDT TOD TSR".split(
    " ",
  ),
);
const SERVICE: ReadonlySet<string> = new Set(["UNH", "UNT", "UNS"]);

function walk(
  nodes: readonly Node[],
  inside: string,
  carried: ReadonlySet<string>,
  left: NotCarried[],
): void {
  const seen = new Set<string>();
  for (const node of nodes) {
    if (isGroup(node)) {
      // The trigger stands beside its group, what hangs on it below.
      const [first, ...rest] = node.children;
      if (first !== undefined && !isGroup(first)) look(first, inside, carried, seen, left);
      const qualifier = first !== undefined && !isGroup(first) ? qualifierOf(first) : "";
      walkBelow(rest, [`${inside}${node.trigger}/`, `${inside}${node.trigger}+${qualifier}/`], carried, left);
    } else look(node, inside, carried, seen, left);
  }
}

/** A group may be named with or without the qualifier of its trigger; either carries. */
function walkBelow(
  nodes: readonly Node[],
  [plain, named]: readonly [string, string],
  carried: ReadonlySet<string>,
  left: NotCarried[],
): void {
  const byPlain: NotCarried[] = [];
  walk(nodes, plain, carried, byPlain);
  if (byPlain.length === 0) return;
  const byName = new Set<string>();
  const list: NotCarried[] = [];
  walk(nodes, named, carried, list);
  for (const { position, place } of list) byName.add(`${position}${place.slice(named.length)}`);
  left.push(
    ...byPlain.filter(({ position, place }) => byName.has(`${position}${place.slice(plain.length)}`)),
  );
}

function look(
  segment: Segment,
  inside: string,
  carried: ReadonlySet<string>,
  seen: Set<string>,
  left: NotCarried[],
): void {
  if (SERVICE.has(segment.id)) return;
  const named = `${inside}${segment.id}+${qualifierOf(segment)}`;
  const again = seen.has(named);
  seen.add(named);
  const isCarried = (rest: string) =>
    carried.has(`${inside}${segment.id}${rest}`) ||
    carried.has(`${named}${rest}*`) ||
    (!again && carried.has(`${named}${rest}`));
  if (isCarried("")) return;
  const found = [...values(segment)];
  // The qualifier says what the other values are; alone it is a value itself.
  const told =
    found.length > 1 && QUALIFIED.has(segment.id)
      ? found.filter(({ element, component }) => element > 1 || component > 1)
      : found;
  for (const { element, component, value } of told) {
    if (isCarried(`.${element}`) || isCarried(`.${element}.${component}`)) continue;
    left.push({
      place: `${named}.${element}.${component}`,
      segment: segment.id,
      position: segment.position ?? 0,
      line: segment.line ?? 0,
      value,
    });
  }
}

/** The first component of the first element; of a line, an item or a document it is a number and names nothing. */
function qualifierOf({ elements: [first] }: Segment): string {
  if (first === undefined) return "";
  const text = typeof first === "string" ? first : "repeats" in first ? first.repeats[0] : first;
  return typeof text === "string" ? text : (text?.[0] ?? "");
}

function* values({ elements }: Segment): Generator<{ element: number; component: number; value: string }> {
  for (const [index, element] of elements.entries()) {
    for (const one of repeated(element)) {
      const parts = typeof one === "string" ? [one] : one;
      for (const [at, value] of parts.entries()) {
        if (value !== "") yield { element: index + 1, component: at + 1, value };
      }
    }
  }
}

const repeated = (element: Element): readonly (string | readonly string[])[] =>
  typeof element !== "string" && "repeats" in element ? element.repeats : [element];
