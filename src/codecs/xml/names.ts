/**
 * Names in namespaces: which vocabulary a prefix means where it stands (Namespaces in XML 1.0).
 *
 * The parser could do this too, at a third of its speed, because it looks every name up anew. Here a name is looked up
 * once for as long as no declaration changes. What the parser would refuse is refused here: a test reads damaged
 * documents with both.
 */
const XML = "http://www.w3.org/XML/1998/namespace";
const XMLNS = "http://www.w3.org/2000/xmlns/";

interface Name {
  readonly local: string;
  readonly namespace: string;
}

interface Scope {
  readonly namespaces: ReadonlyMap<string, string>;
  /** The names of elements met in this scope. */
  readonly names: Map<string, Name>;
}

/** So many names are remembered in one scope: documents have hundreds, and strangers must not fill the memory. */
const NAMES_MAX = 10_000;

export class Names {
  readonly #fail: (found: string) => never;
  #scope: Scope = { namespaces: new Map([["xml", XML]]), names: new Map() };
  /** The scopes around the elements that declare something, and at which depth those stand. */
  readonly #outer: { readonly scope: Scope; readonly depth: number }[] = [];
  #depth = 0;

  /** `fail` must throw. */
  constructor(fail: (found: string) => never) {
    this.#fail = fail;
  }

  /** An element opens, with its attributes as written. */
  open(written: string, attributes: Readonly<Record<string, string>>): Name {
    this.#depth += 1;
    let declared: Map<string, string> | undefined;
    let prefixed = 0;
    for (const name in attributes) {
      const colon = name.indexOf(":");
      if (colon === -1) {
        if (name === "xmlns") declared = this.#declare(declared, "", attributes[name]!.trim());
        continue;
      }
      prefixed += 1;
      const prefix = this.#prefixOf(name, colon);
      if (prefix === "xmlns") declared = this.#declare(declared, name.slice(6), attributes[name]!.trim());
    }
    if (declared) {
      this.#outer.push({ scope: this.#scope, depth: this.#depth });
      this.#scope = { namespaces: declared, names: new Map() };
    }
    if (prefixed > 0) this.#checkAttributes(attributes);
    return this.#scope.names.get(written) ?? this.#resolve(written);
  }

  close(): void {
    if (this.#outer.at(-1)?.depth === this.#depth) this.#scope = this.#outer.pop()!.scope;
    this.#depth -= 1;
  }

  #resolve(written: string): Name {
    const colon = written.indexOf(":");
    const prefix = colon === -1 ? "" : this.#prefixOf(written, colon);
    const local = colon === -1 ? written : written.slice(colon + 1);
    if (prefix === "xmlns") this.#fail('tags may not have "xmlns" as prefix');
    const namespace = this.#scope.namespaces.get(prefix) ?? "";
    if (prefix !== "" && namespace === "") this.#fail(`unbound namespace prefix: ${JSON.stringify(prefix)}`);
    const name = { local, namespace };
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
    return (declared ?? new Map(this.#scope.namespaces)).set(prefix, uri);
  }

  /** Every prefix is bound, and no two attributes are the same one under different prefixes. */
  #checkAttributes(attributes: Readonly<Record<string, string>>): void {
    const seen = new Set<string>();
    for (const name in attributes) {
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
