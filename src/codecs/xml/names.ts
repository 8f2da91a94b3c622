/**
 * Names in namespaces: which vocabulary a prefix means where it stands (Namespaces in XML 1.0).
 *
 * Saxes could do this too, at a third of its speed, because it looks every name up anew. Here a name is looked up
 * once for as long as no declaration changes. What saxes would refuse is refused here: a test reads damaged
 * documents with both.
 */
const XML = "http://www.w3.org/XML/1998/namespace";
const XMLNS = "http://www.w3.org/2000/xmlns/";

/** Names that mean something to the language itself. */
export const DANGEROUS: ReadonlySet<string> = new Set(["__proto__", "prototype", "constructor"]);

interface Name {
  readonly local: string;
  readonly namespace: string;
}

interface Scope {
  readonly namespaces: ReadonlyMap<string, string>;
  /** The names of elements met in this scope. */
  readonly names: Map<string, Name>;
}

interface Recent {
  readonly written: string;
  readonly scope: Scope;
  readonly name: Name;
}

const SLOTS = 256;
const slotOf = (written: string): number =>
  (written.length +
    31 * written.charCodeAt(written.length >> 1) +
    5 * written.charCodeAt(written.length - 1) +
    17 * written.charCodeAt(written.length - 2)) &
  (SLOTS - 1);

/** So many names are remembered in one scope: documents have hundreds, and strangers must not fill the memory. */
const NAMES_MAX = 10_000;
/** So many names and addresses become the engine's one copy, which costs as much as reading ten tags. */
const INTERNED_MAX = 1_000;

export class Names {
  readonly #fail: (found: string) => never;
  readonly #forbid: (local: string) => never;
  #scope: Scope = { namespaces: new Map([["xml", XML]]), names: new Map() };
  /** The scopes around the elements that declare something, and at which depth those stand. */
  readonly #outer: { readonly scope: Scope; readonly depth: number }[] = [];
  #depth = 0;
  #interned = 0;
  /** Names met last, by a few of their letters: comparing one is cheaper than looking it up. */
  readonly #recent: (Recent | undefined)[] = new Array(SLOTS).fill(undefined);

  /** Both must throw: `fail` at what is not well-formed, `forbid` at an element that may not be named so. */
  constructor(fail: (found: string) => never, forbid: (local: string) => never) {
    this.#fail = fail;
    this.#forbid = forbid;
  }

  /** An element opens, with its attributes as written: name and value by turns. */
  open(written: string, attributes: readonly string[]): Name {
    this.#depth += 1;
    if (attributes.length > 0) this.#enter(attributes);
    const slot = slotOf(written);
    const recent = this.#recent[slot];
    if (recent !== undefined && recent.scope === this.#scope && recent.written === written)
      return recent.name;
    const name = this.#scope.names.get(written) ?? this.#resolve(written);
    this.#recent[slot] = { written, scope: this.#scope, name };
    return name;
  }

  close(): void {
    if (this.#outer.length > 0 && this.#outer.at(-1)!.depth === this.#depth)
      this.#scope = this.#outer.pop()!.scope;
    this.#depth -= 1;
  }

  #enter(attributes: readonly string[]): void {
    let declared: Map<string, string> | undefined;
    let prefixed = 0;
    for (let at = 0; at < attributes.length; at += 2) {
      const name = attributes[at]!;
      const colon = name.indexOf(":");
      if (colon === -1) {
        if (name === "xmlns") declared = this.#declare(declared, "", attributes[at + 1]!.trim());
        continue;
      }
      prefixed += 1;
      const prefix = this.#prefixOf(name, colon);
      if (prefix === "xmlns") declared = this.#declare(declared, name.slice(6), attributes[at + 1]!.trim());
    }
    if (declared) {
      this.#outer.push({ scope: this.#scope, depth: this.#depth });
      this.#scope = { namespaces: declared, names: new Map() };
    }
    if (prefixed > 0) this.#checkAttributes(attributes);
  }

  #resolve(written: string): Name {
    const colon = written.indexOf(":");
    const prefix = colon === -1 ? "" : this.#prefixOf(written, colon);
    const local = colon === -1 ? written : written.slice(colon + 1);
    if (prefix === "xmlns") this.#fail('tags may not have "xmlns" as prefix');
    const namespace = this.#scope.namespaces.get(prefix) ?? "";
    if (prefix !== "" && namespace === "") this.#fail(`unbound namespace prefix: ${JSON.stringify(prefix)}`);
    if (DANGEROUS.has(local)) this.#forbid(local);
    const name = { local: this.#one(local), namespace };
    if (this.#scope.names.size < NAMES_MAX) this.#scope.names.set(written, name);
    return name;
  }

  #prefixOf(name: string, colon: number): string {
    if (colon === 0 || colon === name.length - 1 || name.includes(":", colon + 1)) {
      this.#fail(`malformed name: ${name}`);
    }
    return name.slice(0, colon);
  }

  #declare(declared: Map<string, string> | undefined, prefix: string, uri: string): Map<string, string> {
    if (prefix !== "" && uri === "") this.#fail("invalid attempt to undefine prefix in XML 1.0");
    if ((prefix === "xml") !== (uri === XML)) this.#fail("the prefix xml or its namespace bound to another");
    if (uri === XMLNS || prefix === "xmlns") this.#fail("the prefix xmlns or its namespace bound to another");
    return (declared ?? new Map(this.#scope.namespaces)).set(prefix, this.#one(uri));
  }

  /** The one copy of a name, as long as there are not too many: those of a vocabulary come early. */
  #one(text: string): string {
    if (this.#interned >= INTERNED_MAX) return text;
    this.#interned += 1;
    return interned(text);
  }

  /** Every prefix is bound, and no two attributes are the same one under different prefixes. */
  #checkAttributes(attributes: readonly string[]): void {
    const seen = new Set<string>();
    for (let at = 0; at < attributes.length; at += 2) {
      const name = attributes[at]!;
      const colon = name.indexOf(":");
      if (colon === -1) continue;
      const prefix = name.slice(0, colon);
      const namespace = prefix === "xmlns" ? XMLNS : this.#scope.namespaces.get(prefix);
      if (namespace === undefined) this.#fail(`unbound namespace prefix: ${JSON.stringify(prefix)}`);
      const expanded = `{${namespace}}${name.slice(colon + 1)}`;
      if (seen.has(expanded)) this.#fail(`duplicate attribute: ${expanded}`);
      seen.add(expanded);
    }
  }
}

/** The engine's one copy of a text: names are compared all the time, and one copy is compared by address. */
function interned(text: string): string {
  for (const key in { [`${text}`]: true }) return key;
  return text;
}
