/**
 * How a UBL component is laid out: which elements it has, in the order of the schema, and what each of them holds.
 *
 * One layout gives three things that therefore cannot disagree: the type of the value, its reader and its writer. What a
 * layout does not name is not carried, and the reader says so.
 */

/** What a basic element (`cbc:…`) holds. */
export interface Basics {
  /** Trimmed text: names, notes, plain numbers of documents, codes whose list is fixed by the standard. */
  readonly text: string;
  /** `schemeID` says whose numbers they are. */
  readonly identifier: Identifier;
  readonly coded: Coded;
  readonly amount: Amount;
  readonly quantity: Measured;
  /** A decimal as written. */
  readonly decimal: string;
  /** `YYYY-MM-DD`, with a time zone where the sender gives one. */
  readonly date: string;
  readonly time: string;
  readonly indicator: boolean;
  readonly binary: Embedded;
}

export interface Identifier {
  readonly id: string;
  /** e.g. `0088` for a GLN, `0160` for a GTIN. */
  readonly scheme?: string;
}

export interface Coded {
  readonly code: string;
  /** e.g. `UNSPSC`, `STI`. */
  readonly list?: string;
  /** Its name for people. */
  readonly name?: string;
}

/** A decimal exactly as written with its currency (ISO 4217). */
export interface Amount {
  readonly amount: string;
  readonly currency: string;
}

/** A decimal exactly as written and its unit (UN/ECE Recommendation 20), absent where the sender gives none. */
export interface Measured {
  readonly value: string;
  readonly uom?: string;
}

/** A file inside the document. */
export interface Embedded {
  readonly mimeCode: string;
  readonly filename?: string;
  /** Base64 without white space. */
  readonly content: string;
}

export type Occurs = "one" | "optional" | "many";

export interface Field<Value = unknown, Times extends Occurs = Occurs> {
  readonly element: string;
  readonly holds: keyof Basics | Layout;
  readonly occurs: Times;
  /** At least one, where `occurs` is many. */
  readonly atLeastOne?: boolean;
  /** Only for the type. */
  readonly value?: Value;
}

// biome-ignore lint/suspicious/noExplicitAny: a layout holds fields of any value; each field keeps its own.
export type Layout = { readonly [name: string]: Field<any> };

type Named<L extends Layout, Times extends Occurs> = {
  [K in keyof L]: L[K]["occurs"] extends Times ? K : never;
}[keyof L];
type ValueOf<F> = F extends Field<infer Value, Occurs> ? Value : never;

/** The value a layout describes. Repeated elements are always a list, empty where there are none. */
export type Told<L extends Layout> = {
  readonly [K in Named<L, "one">]: ValueOf<L[K]>;
} & { readonly [K in Named<L, "optional">]?: ValueOf<L[K]> } & {
  readonly [K in Named<L, "many">]: readonly ValueOf<L[K]>[];
};

declare const VALUE: unique symbol;

/** A layout known by the value it describes: whoever uses it names the value and does not spell the layout out again. */
export type Of<Value> = Layout & { readonly [VALUE]: Value };

/** Gives a layout the name of its value, without which the declarations of all documents take megabytes. */
export const described = <Value>(layout: Layout): Of<Value> => layout as Of<Value>;

type Held<H extends keyof Basics | Layout> = H extends keyof Basics
  ? Basics[H]
  : H extends Of<infer Value>
    ? Value
    : H extends Layout
      ? Told<H>
      : never;

/** Exactly one. */
export const one = <H extends keyof Basics | Layout>(element: string, holds: H): Field<Held<H>, "one"> => ({
  element,
  holds,
  occurs: "one",
});

/** One or none. */
export const optional = <H extends keyof Basics | Layout>(
  element: string,
  holds: H,
): Field<Held<H>, "optional"> => ({ element, holds, occurs: "optional" });

/** Any number. */
export const many = <H extends keyof Basics | Layout>(element: string, holds: H): Field<Held<H>, "many"> => ({
  element,
  holds,
  occurs: "many",
});

/** One or more. */
export const some = <H extends keyof Basics | Layout>(element: string, holds: H): Field<Held<H>, "many"> => ({
  element,
  holds,
  occurs: "many",
  atLeastOne: true,
});
