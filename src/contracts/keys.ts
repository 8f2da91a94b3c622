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

type Walk = (data: unknown, found: (value: string) => void) => void;

/** Compiles declarations into a reader. Missing and empty values are skipped, duplicates are given once. */
export function keyReader(
  declarations: Readonly<Record<string, KeyDeclaration>>,
): (data: unknown) => BusinessKey[] {
  const walks = Object.entries(declarations).map(([type, declared]) => {
    const { path, system } = typeof declared === "string" ? { path: declared, system: undefined } : declared;
    return { type, system, walk: walker(path.split(".")) };
  });
  return (data) => {
    const keys: BusinessKey[] = [];
    for (const { type, system, walk } of walks) {
      walk(data, (value) => {
        if (keys.some((key) => key.type === type && key.value === value)) return;
        keys.push(system === undefined ? { type, value } : { type, value, system });
      });
    }
    return keys;
  };
}

function walker(path: readonly string[]): Walk {
  const [head, ...rest] = path;
  if (head === undefined) {
    return (data, found) => {
      if (typeof data === "string" && data !== "") found(data);
    };
  }
  const next = walker(rest);
  const many = head.endsWith("[]");
  const field = many ? head.slice(0, -2) : head;
  return (data, found) => {
    if (typeof data !== "object" || data === null) return;
    const value = (data as Record<string, unknown>)[field];
    if (!many) return next(value, found);
    if (Array.isArray(value)) for (const item of value) next(item, found);
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
