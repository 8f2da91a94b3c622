/**
 * Business keys: the numbers people and systems know a business thing by.
 *
 * A contract declares where its keys stand in the data; reading them is a compiled walk, so every event and delivery
 * can be found by any of its numbers without anybody remembering to index it.
 */

export interface BusinessKey {
  /** `order`, `customerReference`, `invoice`, `sscc` … */
  readonly type: string;
  readonly value: string;
  /** The system that issued the number, where one business thing has several. */
  readonly system?: string;
}

/** A path such as `salesOrderId`, `despatchLine[].sscc`; with `system` when that system issued the number. */
export type KeyDeclaration = string | { readonly path: string; readonly system: string };

type Walk = (data: unknown, keys: BusinessKey[]) => void;

/** Compiles declarations into a reader. Missing and empty values are skipped, duplicates are given once. */
export function keyReader(
  declarations: Readonly<Record<string, KeyDeclaration>>,
): (data: unknown) => BusinessKey[] {
  const walks = Object.entries(declarations).map(([type, declared]) => {
    const { path, system } = typeof declared === "string" ? { path: declared, system: undefined } : declared;
    return walker(path.split("."), (value, keys) => {
      if (typeof value !== "string" || value === "" || holds(keys, type, value)) return;
      keys.push(system === undefined ? { type, value } : { type, value, system });
    });
  });
  return (data) => {
    const keys: BusinessKey[] = [];
    for (const walk of walks) walk(data, keys);
    return keys;
  };
}

function holds(keys: readonly BusinessKey[], type: string, value: string): boolean {
  for (const key of keys) if (key.type === type && key.value === value) return true;
  return false;
}

function walker([head, ...rest]: readonly string[], found: Walk): Walk {
  if (head === undefined) return found;
  const next = walker(rest, found);
  const many = head.endsWith("[]");
  const field = many ? head.slice(0, -2) : head;
  return (data, keys) => {
    if (typeof data !== "object" || data === null) return;
    const value = (data as Record<string, unknown>)[field];
    if (!many) return next(value, keys);
    if (Array.isArray(value)) for (const item of value) next(item, keys);
  };
}

/** The value at a dotted path, for error messages. */
export function textAt(data: unknown, path: string): unknown {
  let at = data;
  for (const field of path.split(".")) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Record<string, unknown>)[field];
  }
  return at;
}
