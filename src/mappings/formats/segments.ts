/**
 * X12 sets and EDIFACT messages as trees: segments by their names, elements by their numbers.
 *
 * A loop is its first segment with what hangs on it: `PO1/PID` is the description of a line. The levels of a ship notice (HL), which
 * the file keeps flat and numbers, hang in each other. Envelope segments and numbers of levels say nothing of their own.
 */
import type { EdifactMessage, MessageDraft } from "../../codecs/edifact/codec.ts";
import type { SetDraft, X12Set } from "../../codecs/x12/codec.ts";
import { leavesOf, type Tree, textOf } from "../place.ts";
import type { Format } from "../table.ts";

type Element = string | readonly string[] | { readonly repeats: readonly (string | readonly string[])[] };
interface Segment {
  readonly id: string;
  readonly elements: readonly Element[];
}
type Node = Segment | { readonly children: readonly Node[] };

const SERVICE = new Set(["ST", "SE", "UNH", "UNT", "UNS"]);
/** Segments whose first element says what the others are. */
const QUALIFIED = new Set(
  (
    "ALC AMT AT5 AT7 AUT CCI CNT CTT CUR CUX DTM EQD ERC FII FOB FTX G62 GIN GIR HI IMD ITD L11 LOC LX MAN MEA MOA N1 N9 NAD NTE PAT PCD " +
    "PCI PER PIA PID PRI PYT QTY R3 REF RFF RMR RNG RTE SAC SCC TAX TD1 TD5 TDT TOD TSR TXI W12 W20"
  ).split(" "),
);

const isSegment = (name: string): boolean => /^[A-Z][A-Z0-9]{1,3}$/.test(name);

function treeOf(nodes: readonly Node[]): Tree {
  const tree: Tree = {};
  for (const node of nodes) hang(tree, node);
  if (Array.isArray(tree.HL)) tree.HL = nested(tree.HL as Tree[]);
  return tree;
}

function hang(tree: Tree, node: Node): void {
  if ("id" in node) {
    if (!SERVICE.has(node.id)) listOf(tree, node.id).push(elementsOf(node.elements));
    return;
  }
  const [trigger, ...below] = node.children;
  if (!trigger) return;
  if (!("id" in trigger)) {
    for (const child of node.children) hang(tree, child);
    return;
  }
  const made = elementsOf(trigger.elements);
  for (const child of below) hang(made, child);
  listOf(tree, trigger.id).push(made);
}

const listOf = (tree: Tree, id: string): Tree[] => {
  const list = (tree[id] ?? []) as Tree[];
  tree[id] = list;
  return list;
};

function elementsOf(elements: readonly Element[]): Tree {
  const tree: Tree = {};
  for (const [index, element] of elements.entries()) {
    const repeats = typeof element === "object" && "repeats" in element ? element.repeats : [element];
    for (const [again, one] of (repeats as readonly (string | readonly string[])[]).entries()) {
      const name = again === 0 ? String(index + 1) : `${index + 1}:${again + 1}`;
      const parts = typeof one === "string" ? [one] : one;
      if (parts.every((part) => part === "")) continue;
      tree[name] =
        parts.length === 1
          ? parts[0]
          : Object.fromEntries(parts.flatMap((part, at) => (part === "" ? [] : [[String(at + 1), part]])));
    }
  }
  return tree;
}

/** HL02 names the level above; without one it is the first. */
function nested(levels: readonly Tree[]): Tree[] {
  const byNumber = new Map<string, Tree>();
  const tops: Tree[] = [];
  for (const level of levels) {
    const above = byNumber.get(textOf(level["2"]));
    byNumber.set(textOf(level["1"]), level);
    (above ? listOf(above, "HL") : tops).push(level);
  }
  for (const level of levels) for (const number of ["1", "2", "4"]) delete level[number];
  return tops;
}

function segmentsOf(tree: Tree): Segment[] {
  const segments: Segment[] = [];
  let levels = 0;
  const emit = (id: string, node: Tree, above: number): void => {
    let elements = elementsFrom(node);
    let level = above;
    if (id === "HL") {
      levels += 1;
      level = levels;
      elements = [String(level), above === 0 ? "" : String(above), textOf(node["3"])];
    }
    segments.push({ id, elements });
    children(node, level);
  };
  const children = (node: Tree, above: number): void => {
    for (const [name, held] of Object.entries(node)) {
      if (!isSegment(name)) continue;
      for (const one of held as Tree[]) emit(name, one, above);
    }
  };
  children(tree, 0);
  return segments;
}

function elementsFrom(node: Tree): Element[] {
  const numbers = Object.keys(node)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return Array.from({ length: Math.max(0, ...numbers) }, (_, at): Element => {
    const held = node[at + 1];
    if (held === undefined) return "";
    if (typeof held !== "object") return String(held);
    const parts = elementsFrom(held as Tree) as string[];
    return parts.length === 1 ? parts[0]! : parts;
  });
}

/** `LIN/0/PRI/1/1/2` → `LIN[1]/PRI+AAB.1.2`: the number of one of several, the qualifier where it has one. */
function placeOf(id: string, tree: Tree): string {
  const names = id.split("/");
  let at: unknown = tree;
  let place = "";
  for (const [index, name] of names.entries()) {
    const held = (at as Tree)[name];
    if (Array.isArray(held)) {
      const several = held.length > 1 && !QUALIFIED.has(name) ? `[${Number(names[index + 1]) + 1}]` : "";
      place += `${place === "" ? "" : "/"}${name}${several}`;
    } else if (Array.isArray(at)) {
      const parent = names[index - 1]!;
      const qualifier = textOf((held as Tree)["1"]);
      if (QUALIFIED.has(parent) && qualifier !== "") place += `+${qualifier}`;
    } else place += `.${name}`;
    at = held;
  }
  return place;
}

/** The qualifier of a segment of which another value is listed says nothing more. */
function silent(id: string, tree: Tree, isCarried: (id: string) => boolean): boolean {
  const [, segment, name] = /^((?:.*\/)?([A-Z][A-Z0-9]{1,3})\/\d+)\/1(?:\/1)?$/.exec(id) ?? [];
  if (segment === undefined || name === undefined || !QUALIFIED.has(name)) return false;
  const node = segment.split("/").reduce<unknown>((from, key) => (from as Tree)[key], tree) as Tree;
  const own = Object.fromEntries(Object.entries(node).filter(([key]) => !isSegment(key)));
  return [...leavesOf(own, segment)].some((leaf) => leaf.id !== id && !isCarried(leaf.id));
}

const common = { isList: isSegment, placeOf, silent };

export const x12Sets: Format<X12Set, SetDraft> = {
  ...common,
  name: "X12",
  treeOf: ({ body }) => treeOf(body as readonly Node[]),
  draftOf: (tree, type) => ({ type, segments: segmentsOf(tree) }),
};

export const edifactMessages: Format<EdifactMessage, MessageDraft> = {
  ...common,
  name: "EDIFACT",
  // Which guide it follows (`EAN008`) decides what may be left out; it is no value of the document.
  treeOf: ({ body, association = "" }) => ({ ...treeOf(body as readonly Node[]), UNH: [{ 1: association }] }),
  bookkeeping: new Set(["UNH"]),
  draftOf: (tree, type) => ({ type, segments: segmentsOf(tree) }),
};
