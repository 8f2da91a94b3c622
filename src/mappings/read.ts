/**
 * Reads a document by its table: the messages it means, and every value that none of them carries.
 *
 * A value is carried when a row took it. What no row asked for is listed, also what no table has ever heard of, so nothing is
 * dropped in silence.
 */
import { decimals } from "../contracts/canon/index.ts";
import type { Message } from "../contracts/contract.ts";
import { ContractBroken } from "../std/errors.ts";
import { type Found, find, leavesOf, type Tree, textOf, ways } from "./place.ts";
import type { Around, EachRow, FieldRow, Format, Row, Scope, Sheet, Translation } from "./table.ts";
import { isWatched, tell } from "./witness.ts";

/** A value a document says and the messages do not. */
export interface Left {
  /** As people name it: `LIN[2]/PRI+AAB.1.2`, `lines[0].item.keywords[0]`. */
  readonly place: string;
  readonly value: string;
  /** The message it stands beside, by its place among them; absent where it is of the document as a whole. */
  readonly message?: number;
}

export interface Mapped {
  /** What it means; a part that can mean nothing is refused alone. */
  readonly messages: readonly (Message | ContractBroken)[];
  readonly notCarried: readonly Left[];
}

/** The messages a document means. @throws {ContractBroken} when it can mean none, naming the place */
export function read<Document>(sheet: Sheet<Document, never>, document: Document, around: Around): Mapped {
  const { format } = sheet;
  const tree = format.treeOf(document);
  const reading = new Reading(tree, around, sheet.document, (id) => format.placeOf(id, tree));
  const messages = reading.messages(chosen(sheet, tree, around));
  const isCarried = (id: string) => reading.carried.has(id);
  const notCarried = [...leavesOf(tree)].flatMap(({ id, value }) => {
    const rest = reading.rest.get(id);
    const left = isCarried(id) ? rest : rest === undefined ? value : undefined;
    const told = left !== undefined && !kept(format, id) && !format.silent?.(id, tree, isCarried);
    if (!told) return [];
    const message = reading.beside(id);
    return [{ place: format.placeOf(id, tree), value: left, ...(message === undefined ? {} : { message }) }];
  });
  return { messages, notCarried };
}

/** Whether the reader keeps it for itself. */
export const kept = ({ bookkeeping }: Pick<Format<never, never>, "bookkeeping">, id: string): boolean =>
  bookkeeping !== undefined && id.split("/").some((name) => bookkeeping.has(name));

/** What stands for a document like this. */
function chosen(
  { translations, document }: Sheet<never, never>,
  tree: Tree,
  { role }: Around,
): readonly Translation[] {
  const whole = { value: tree, id: "", via: [] };
  const told = ([place]: readonly string[]) => textOf(first(whole, [whole], place!)?.value);
  const fitting = translations.filter(
    ({ when, way, from }) =>
      way !== "out" &&
      (from === undefined || from === role) &&
      (when ?? []).every(([place, ...values]) => values.includes(told([place]))),
  );
  if (fitting.length > 0) return fitting;
  const senders = translations.flatMap(({ from }) => from ?? []);
  if (senders.length > 0 && !senders.includes(role as never)) {
    throw new ContractBroken(`Nobody has said what a ${document} of this partner means.`, {
      facts: { expected: senders.join(" or "), found: role ?? "nothing" },
    });
  }
  const conditions = translations.flatMap(({ when }) => when ?? []);
  const [place = "", ...values] = conditions[0] ?? [];
  const found = told([place]);
  throw new ContractBroken(`A ${document} whose ${place} is ${found || "empty"} is none we agreed on.`, {
    facts: {
      place,
      expected: conditions.flatMap(([, ...all]) => all).join(", ") || values.join(", "),
      found,
    },
  });
}

/** The first thing at a place, seen from the last of `nodes`. */
function first(whole: Found, nodes: readonly Found[], place: string): Found | undefined {
  for (const one of ways(place)) {
    const from = one.from === "document" ? whole : (nodes.at(-1 - one.from) ?? whole);
    const [found] = find(from, one);
    if (found) return found;
  }
  return undefined;
}

class Reading {
  readonly carried = new Set<string>();
  /** What of a value that was carried was not. */
  readonly rest = new Map<string, string>();
  readonly #whole: Found;
  readonly #around: Around;
  readonly #document: string;
  readonly #placeOf: (id: string) => string;
  /** The first message each part of the document came to, by the id of the part. */
  readonly #madeOf = new Map<string, number>();
  #made = 0;
  /** What can be held against the message only when it is whole. */
  readonly #later: (() => void)[] = [];

  constructor(tree: Tree, around: Around, document: string, placeOf: (id: string) => string) {
    this.#placeOf = placeOf;
    this.#whole = { value: tree, id: "", via: [] };
    this.#around = around;
    this.#document = document;
  }

  messages(translations: readonly Translation[]): (Message | ContractBroken)[] {
    return translations.flatMap((translation) => this.#parts(translation, [this.#whole], []));
  }

  #parts(
    translation: Translation,
    nodes: readonly Found[],
    within: readonly number[],
  ): (Message | ContractBroken)[] {
    const part = translation.parts?.[within.length];
    if (part === undefined) return [this.#from(nodes, this.#message(translation, nodes, within))];
    return this.#all(nodes, part.place).flatMap((node, at) => {
      const inside = [...nodes, node];
      const here = [...within, at];
      const kept = part.keep?.(this.#scope(inside, {}, {}, here), node.value as Tree) ?? true;
      if (kept === false) return [];
      return kept === true ? this.#parts(translation, inside, here) : [this.#from(inside, kept)];
    });
  }

  #from<Made>(nodes: readonly Found[], made: Made): Made {
    const { id } = nodes.at(-1)!;
    if (!this.#madeOf.has(id)) this.#madeOf.set(id, this.#made);
    this.#made += 1;
    return made;
  }

  /** The message a value stands beside: that of the innermost part it is in. */
  beside(id: string): number | undefined {
    for (let part = id; part !== ""; part = part.slice(0, Math.max(0, part.lastIndexOf("/")))) {
      const message = this.#madeOf.get(part);
      if (message !== undefined) return message;
    }
    return this.#madeOf.get("");
  }

  #message(
    translation: Translation,
    nodes: readonly Found[],
    within: readonly number[],
  ): Message | ContractBroken {
    const { contract, rows, parts, when, foot = [] } = translation;
    const data: Tree = {};
    this.#later.length = 0;
    for (const [place] of when ?? []) this.#carry(first(this.#whole, nodes, place));
    try {
      this.#rows([...rows, ...foot], nodes, data, data, within, "");
      for (const check of this.#later.splice(0)) check();
      return contract.of(data);
    } catch (error) {
      if (!(error instanceof ContractBroken)) throw error;
      const told = this.#placed(error, rows);
      // One of many is refused alone; a document that says one thing is refused as a whole.
      if (parts === undefined) throw told;
      return told;
    }
  }

  #rows(
    rows: readonly Row[],
    nodes: readonly Found[],
    data: Tree,
    item: Tree,
    within: readonly number[],
    at: string,
  ): void {
    for (const row of rows) {
      const scope = this.#scope(nodes, data, item, within);
      if (row.row === "field") this.#field(row, nodes, scope, at);
      else if (row.row === "each") this.#each(row, nodes, data, item, within, at);
      else if (row.row === "given") {
        const value = row.value(scope);
        // It may follow from fields that are still to be read.
        if (value === undefined) this.#later.push(() => set(item, row.path, row.value(scope)));
        else set(item, row.path, value);
      } else this.#later.push(() => this.#repeated(row, nodes, scope));
    }
  }

  #field(
    { places, path, kind, otherwise }: FieldRow,
    nodes: readonly Found[],
    scope: Scope,
    at: string,
  ): void {
    const found = kind.all
      ? places.flatMap((place) => this.#all(nodes, place))
      : places.map((place) => first(this.#whole, nodes, place));
    if (found[0] !== undefined) {
      const values = found.map((one) => one?.value);
      const value = kind.read(kind.all || places.length > 1 ? values : values[0], scope);
      if (value !== undefined) {
        set(scope.item, path, value);
        for (const one of found) this.#carry(one);
        if (isWatched()) {
          const said = found.flatMap((one) => (one ? [...leavesOf(one.value, one.id)] : []));
          tell({
            document: this.#document,
            kind: kind.name,
            message: scope.data,
            path: inside(at, path),
            place: this.#placeOf(said[0]?.id ?? found[0].id),
            values: said.map(({ value: one }) => one),
          });
        }
        const rest = kind.rest?.(values[0]) ?? "";
        if (rest !== "") this.rest.set(found[0].id, rest);
        return;
      }
    }
    if (otherwise) set(scope.item, path, otherwise(scope));
  }

  #each(
    { place, path, rows, optional }: EachRow,
    nodes: readonly Found[],
    data: Tree,
    item: Tree,
    within: readonly number[],
    at: string,
  ): void {
    // Several places may give entries of one list.
    const before = (item[path] ?? []) as unknown[];
    const list = this.#all(nodes, place).map((node, index) => {
      for (const id of node.via) this.carried.add(id);
      const made: Tree = {};
      const entry = `${inside(at, path)}[${before.length + index}]`;
      this.#rows(rows, [...nodes, node], data, made, [...within, index], entry);
      return Object.hasOwn(made, "") ? made[""] : made;
    });
    if (list.length > 0 || !optional) set(item, path, [...before, ...list]);
  }

  #repeated(row: Extract<Row, { row: "repeats" }>, nodes: readonly Found[], scope: Scope): void {
    const expected = row.value(scope);
    for (const one of this.#all(nodes, row.place)) {
      const found = textOf(one.value);
      if (found === expected || sameNumber(found, expected)) this.#carry(one);
      else if (row.refuse !== undefined) {
        throw new ContractBroken(row.refuse.replace("{expected}", expected ?? "").replace("{found}", found), {
          facts: { place: row.place, expected: expected ?? "", found },
        });
      }
    }
  }

  #all(nodes: readonly Found[], place: string): readonly Found[] {
    for (const one of ways(place)) {
      const from = one.from === "document" ? this.#whole : (nodes.at(-1 - one.from) ?? this.#whole);
      const found = find(from, one, true);
      if (found.length > 0) return found;
    }
    return [];
  }

  #carry(found: Found | undefined): void {
    if (!found) return;
    for (const id of found.via) this.carried.add(id);
    for (const { id } of leavesOf(found.value, found.id)) this.carried.add(id);
  }

  #scope(nodes: readonly Found[], data: Tree, item: Tree, within: readonly number[]): Scope {
    return {
      around: this.#around,
      data,
      item,
      index: within.at(-1) ?? 0,
      within,
      text: (place) => textOf(first(this.#whole, nodes, place)?.value),
      lose: () => undefined,
    };
  }

  /** A broken field is named as the document names it. */
  #placed(error: ContractBroken, rows: readonly Row[]): ContractBroken {
    const { field: path } = error.facts;
    if (typeof path !== "string" || error.facts.contract === undefined) return error;
    // What is missing is named by what it is missing in.
    const [, missing] = /required propert(?:y|ies) (\w+)/.exec(error.message) ?? [];
    const whole = [path, ...(missing === undefined ? [] : [missing])].filter((name) => name !== "").join(".");
    const place = placeFor(whole.replace(/\.\d+(?=\.|$)/g, ""), rows);
    if (place === undefined) return error;
    return new ContractBroken(`${this.#document}: ${error.message.replace(/\.$/, "")} (${place}).`, {
      facts: { ...error.facts, place },
    });
  }
}

const NUMBER = /^-?\d+(?:\.\d+)?$/;
/** `500` says the same as `500.00`. */
const sameNumber = (found: string, expected = ""): boolean =>
  NUMBER.test(found) && NUMBER.test(expected) && decimals.compare(found, expected) === 0;

function placeFor(path: string, rows: readonly Row[]): string | undefined {
  for (const row of rows) {
    if (row.row === "field" && (path === row.path || row.path.startsWith(`${path}.`))) return row.places[0];
    if (row.row !== "each" || !path.startsWith(row.path)) continue;
    const inside = placeFor(path.slice(row.path.length + 1), row.rows);
    return inside === undefined ? row.place : `${row.place}/${inside}`;
  }
  return undefined;
}

/** The path of a field of an entry, from the root of the message. */
const inside = (at: string, path: string): string => (at === "" || path === "" ? at + path : `${at}.${path}`);

function set(item: Tree, path: string, value: unknown): void {
  if (value === undefined) return;
  const names = path.split(".");
  const last = names.pop()!;
  let at = item;
  for (const name of names) {
    at[name] ??= {};
    at = at[name] as Tree;
  }
  at[last] = value;
}
