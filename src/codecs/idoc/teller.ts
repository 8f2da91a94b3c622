/**
 * Tells fields of an IDoc in words, and keeps books of which it told: the rest is listed, so a mapping can say what it leaves.
 */
import { brokenIn } from "./place.ts";
import { type Idoc, type IdocSegment, walk } from "./segments.ts";

export interface IdocNotCarried {
  readonly segment: string;
  readonly line?: number;
  readonly field: string;
  readonly value: string;
}

export interface Told {
  readonly notCarried: readonly IdocNotCarried[];
}
/** What has been said of an IDoc so far; what is left over is listed. */
export class Teller {
  readonly #idoc: Idoc;
  readonly #told = new Map<IdocSegment, Set<string>>();

  constructor(idoc: Idoc) {
    this.#idoc = idoc;
  }

  of(segments: readonly IdocSegment[], type: string): IdocSegment[] {
    return segments.filter((one) => one.type === type);
  }

  one(segments: readonly IdocSegment[], type: string): IdocSegment {
    const [found] = this.of(segments, type);
    if (!found) throw brokenIn(segments[0]?.line, segments[0]?.type ?? "IDOC", `the segment ${type}`, "none");
    return found;
  }

  /** `{ name: value }` of a field, or `{}` where it is empty. */
  text<Name extends string>(
    from: IdocSegment | undefined,
    field: string,
    name: Name,
  ): { readonly [N in Name]?: string } {
    const value = this.value(from, field);
    return value === "" ? {} : ({ [name]: value } as { [N in Name]: string });
  }

  value(from: IdocSegment | undefined, field: string): string {
    if (!from) return "";
    const told = this.#told.get(from) ?? new Set();
    this.#told.set(from, told.add(field));
    return from.fields[field]?.trim() ?? "";
  }

  /** A decimal; SAP writes the minus behind. */
  decimal<Name extends string>(
    from: IdocSegment,
    field: string,
    name: Name,
  ): { readonly [N in Name]?: string } {
    const value = this.value(from, field);
    if (value === "") return {};
    const plain = value.endsWith("-") ? `-${value.slice(0, -1).trim()}` : value.replace(/^\+/, "");
    if (!/^-?(?:\d+(?:\.\d*)?|\.\d+)$/.test(plain)) {
      throw brokenIn(from.line, from.type, `a decimal in ${field}`, value);
    }
    return { [name]: plain } as { [N in Name]: string };
  }

  /** A date as ISO; `00000000` is none. */
  date<Name extends string>(from: IdocSegment, field: string, name: Name): { readonly [N in Name]?: string } {
    const value = this.value(from, field);
    if (value === "" || /^0+$/.test(value)) return {};
    const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(value) ?? [];
    const exact = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
    if (
      year === undefined ||
      exact.getUTCMonth() !== Number(month) - 1 ||
      exact.getUTCDate() !== Number(day)
    ) {
      throw brokenIn(from.line, from.type, `a date in ${field}`, value);
    }
    return { [name]: `${year}-${month}-${day}` } as { [N in Name]: string };
  }

  notCarried(): IdocNotCarried[] {
    const left: IdocNotCarried[] = [];
    for (const { segment } of walk(this.#idoc.segments)) {
      const told = this.#told.get(segment);
      const at = { segment: segment.type, ...(segment.line === undefined ? {} : { line: segment.line }) };
      for (const [field, value] of Object.entries(segment.fields)) {
        if (!told?.has(field)) left.push({ ...at, field, value });
      }
      if (segment.rest !== undefined) left.push({ ...at, field: "", value: segment.rest });
    }
    return left;
  }
}
export function required(say: Teller, from: IdocSegment, field: string): string {
  const value = say.value(from, field);
  if (value === "") throw brokenIn(from.line, from.type, `a number in ${field}`, "nothing");
  return value;
}
