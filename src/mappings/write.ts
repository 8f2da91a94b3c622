/**
 * Writes a message as a document by the table it is read by, and lists what the document has no place for.
 */
import { ContractBroken } from "../std/errors.ts";
import { add, append, leavesOf, put, type Tree, ways } from "./place.ts";
import type { Left } from "./read.ts";
import type { Around, Row, Scope, Sheet, Translation } from "./table.ts";
import { isWatched, tell } from "./witness.ts";

export interface Written<Draft> {
  readonly draft: Draft;
  /** Fields of the message that have no place in the document. */
  readonly notCarried: readonly Left[];
}

/** A message of this contract as a document. @throws {ContractBroken} when no table writes it, or a value does not fit */
export function write<Draft>(
  sheet: Sheet<never, Draft>,
  message: { readonly contract: string; readonly data: unknown },
  around: Around,
): Written<Draft> {
  const data = message.data as Tree;
  const translation = sheet.translations.find(
    ({ contract, of, way }) => way !== "in" && contract.name === message.contract && (of?.(data) ?? true),
  );
  if (!translation) {
    throw new ContractBroken(`A ${sheet.document} cannot be written from ${message.contract}.`, {
      facts: {
        expected: sheet.translations.map(({ contract }) => contract.name).join(", "),
        found: message.contract,
      },
    });
  }
  const missing = translation.needs?.find((path) => valueAt(data, path) === undefined);
  if (missing !== undefined) {
    throw new ContractBroken(`A ${sheet.document} cannot be written without ${missing}.`, {
      facts: { field: missing, expected: missing, found: "nothing" },
    });
  }
  const writing = new Writing(sheet.format.isList, data, around, sheet.document);
  const tree = writing.tree(translation);
  const notCarried = [...leavesOf(data)]
    .filter(({ id }) => !writing.carried.has(id))
    .map(({ id, value }) => ({ place: pathOf(id), value }));
  return { draft: sheet.format.draftOf(tree, sheet.document), notCarried: [...notCarried, ...writing.lost] };
}

/** `lines/0/item` → `lines[0].item`. */
export const pathOf = (id: string): string => id.replace(/\/(\d+)(?=\/|$)/g, "[$1]").replaceAll("/", ".");

class Writing {
  readonly carried = new Set<string>();
  readonly lost: Left[] = [];
  readonly #isList: (name: string) => boolean;
  readonly #data: Tree;
  readonly #around: Around;
  readonly #document: string;
  /** How many parts are still to be opened around what is being written. */
  #ahead = 0;

  constructor(isList: (name: string) => boolean, data: Tree, around: Around, document: string) {
    this.#document = document;
    this.#isList = isList;
    this.#data = data;
    this.#around = around;
  }

  tree({ rows, when, parts, foot }: Translation): Tree {
    const tree: Tree = {};
    for (const [place, value] of when ?? []) if (value) this.#put([tree], place, value);
    const nodes: Tree[] = [tree];
    const depth = parts?.length ?? 0;
    // What stands above the part that the message is about is written before it, from the outside in.
    for (let at = 0; at <= depth; at += 1) {
      this.#ahead = depth - at;
      const here = rows.filter((row) => depthOf(row, depth) === at);
      this.#rows(here, nodes, this.#data, "", 0);
      const part = parts?.[at];
      if (part) nodes.push(add(nodes.at(-1)!, ways(part.place)[0]!, this.#isList));
    }
    this.#rows(foot ?? [], nodes, this.#data, "", 0);
    return tree;
  }

  #rows(rows: readonly Row[], nodes: readonly Tree[], item: unknown, id: string, index: number): void {
    for (const row of rows) {
      if (row.row === "repeats") {
        const value = row.value(this.#scope(item, index, id));
        if (value !== undefined) this.#put(nodes, row.place, value);
        continue;
      }
      const at =
        row.path === ""
          ? id
          : id === ""
            ? row.path.replaceAll(".", "/")
            : `${id}/${row.path.replaceAll(".", "/")}`;
      const value = row.path === "" ? item : valueAt(item, row.path);
      if (row.row === "given") {
        if (same(row.value(this.#scope(item, index, id)), value)) this.#carry(value, at);
      } else if (row.row === "each") {
        for (const [number, one] of ((value ?? []) as unknown[]).entries()) {
          const place =
            typeof row.written === "function"
              ? row.written(this.#scope(one, number, at))
              : (row.written ?? row.place);
          const [only] = row.rows;
          if (only?.row === "field" && only.places[0] === "") {
            // A list of texts has no fields of its own.
            this.#append(nodes, place, only.kind.write(one, this.#scope(one, number, at)));
            this.#carry(one, `${at}/${number}`);
          } else this.#rows(row.rows, [...nodes, this.#add(nodes, place)], one, `${at}/${number}`, number);
        }
      } else if (value !== undefined && value !== null) {
        const written = row.kind.write(value, this.#scope(item, index, at));
        if (written === undefined) continue;
        this.#carry(value, at);
        if (isWatched()) {
          const values = [...leavesOf(written)].map((leaf) => leaf.value);
          // Of several ways to say it, the first is written.
          const place = row.places.map((one) => one.split(" or ")[0]!.replace(/\|[^)]*/g, "")).join(" + ");
          tell({
            document: this.#document,
            kind: row.kind.name,
            message: this.#data,
            path: pathOf(at),
            place,
            values,
          });
        }
        if (row.onlyRead) continue;
        if (row.places.length === 1) this.#put(nodes, row.places[0]!, written);
        else {
          for (const [which, part] of (written as (string | undefined)[]).entries())
            if (part !== undefined) this.#put(nodes, row.places[which]!, part);
        }
      }
    }
  }

  #put(nodes: readonly Tree[], place: string, value: unknown): void {
    const [one] = ways(place);
    put(this.#from(nodes, one!.from), one!, value, this.#isList);
  }

  #add(nodes: readonly Tree[], place: string): Tree {
    const [one] = ways(place);
    return add(this.#from(nodes, one!.from), one!, this.#isList);
  }

  #append(nodes: readonly Tree[], place: string, value: unknown): void {
    const [one] = ways(place);
    append(this.#from(nodes, one!.from), one!, value, this.#isList);
  }

  #from = (nodes: readonly Tree[], from: "document" | number): Tree =>
    (from === "document" ? nodes[0] : nodes.at(-1 - Math.max(0, from - this.#ahead))) ?? nodes[0]!;

  #carry(value: unknown, id: string): void {
    for (const leaf of leavesOf(value, id)) this.carried.add(leaf.id);
  }

  #scope(item: unknown, index: number, id: string): Scope {
    return {
      around: this.#around,
      data: this.#data,
      item: (typeof item === "object" && item !== null ? item : { "": item }) as Tree,
      index,
      within: [],
      text: () => "",
      lose: (what) => this.lost.push({ place: pathOf(id), value: what }),
    };
  }
}

/** How many parts stand around what a row writes. */
function depthOf(row: Row, depth: number): number {
  if (row.row === "given") return depth;
  const place =
    row.row === "field"
      ? row.places[0]!
      : row.row === "each" && typeof row.written === "string"
        ? row.written
        : row.place;
  const { from } = ways(place)[0]!;
  return from === "document" ? 0 : Math.max(0, depth - from);
}

const valueAt = (item: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((from, name) => (from as Tree | undefined | null)?.[name], item);

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);
