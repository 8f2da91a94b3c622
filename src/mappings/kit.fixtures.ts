/**
 * What every table is held to: nothing dropped in silence, every path a field of its contract, and the round trip.
 *
 * The proof that nothing is dropped asks no row what it carried: it changes one value of a full document after the other and looks
 * whether the messages or the list of what they do not carry notice.
 */
import fc from "fast-check";
import type { TSchema } from "typebox";
import { describe, expect, test } from "vitest";
import type { Contract } from "../contracts/contract.ts";
import { ContractBroken } from "../std/errors.ts";
import { at } from "./kinds.ts";
import type { Mapping } from "./mappings.ts";
import { leavesOf, type Tree } from "./place.ts";
import { kept, read } from "./read.ts";
import type { Around, Row, Sheet, Translation } from "./table.ts";
import { pathOf, write } from "./write.ts";

/** A full document as text, the messages it means by their contracts, and the values of it that none of them carries. */
export interface Full {
  readonly text: string;
  readonly means: readonly unknown[];
  readonly left: readonly string[];
}

/** What was agreed with the partner of every full document. */
export const AROUND: Around = {
  partner: "C-ACME",
  currency: "EUR",
  unit: "EA",
  controlNumber: "000000101",
  orderNumber: (reference) => `SO-ACME-${reference}`,
  orderOf: (reference) => `SO of ${reference}`,
  codes: {
    X6: "in-transit",
    D1: "delivered",
    "21": "delivered",
    Pass: "release",
    Fail: "hold",
    "https://id.gs1.org/01/04098765100013": "PUMP-100",
  },
  plant: "LYO",
  warehouse: "WH-LYO",
  at: "2026-01-05T08:00:00Z",
  ourName: "Meridian",
  partnerName: "ACME",
  role: "supplier",
  ourAccount: { iban: "FR7630006000011234567890189", bic: "AGRIFRPP", creditorId: "FR72ZZZ123456" },
  partnerAccount: { iban: "DE02120300000000202051", mandateId: "M-1" },
};

/**
 * Holds every table of a format to what they all promise.
 *
 * @param documentOf a document from the text of its full example
 * @param travel a draft, written as bytes and read again
 */
export function holds<Document, Draft>(
  all: Readonly<Record<string, Mapping<Document, Draft>>>,
  full: Readonly<Record<string, Full>>,
  documentOf: (text: string, document: string) => Document,
  travel: (document: string) => (draft: Draft, around: Around) => Document,
): void {
  describe.each(Object.entries(all))("%s", (name, { sheet, read: reads }) => {
    const { translations } = sheet;

    test("names only fields its contracts have", () => {
      expect(translations.flatMap(strangers)).toEqual([]);
    });

    test("means what it says, and every value of it is carried or listed", () => {
      const { text, means, left } = full[name]!;
      const document = documentOf(text, name);
      const { messages, notCarried } = reads(document, AROUND);
      expect(
        messages.map((one) => (one instanceof Error ? one.message : { [one.contract]: one.data })),
      ).toEqual(means);
      // In what order a codec names the fields of a document is its own matter.
      expect(notCarried.map(({ place, value }) => `${place} = ${value}`).sort()).toEqual([...left].sort());
      expect(unnoticed(sheet as never, document, AROUND)).toEqual([]);
    });

    const written = translations.filter(({ way }) => way !== "in");
    if (written.length > 0) {
      test.each(written)("$contract.name comes back as it went", (translation) => {
        const alone: Translation = { ...translation, way: "both" };
        fc.assert(roundTrip({ ...sheet, translations: [alone] }, alone, travel(name)), { numRuns: 12 });
      });
    }
  });
}

/** Values no change of which is noticed; the list must be empty. */
export function unnoticed<Document>(
  sheet: Sheet<Document, never>,
  document: Document,
  around: Around,
): string[] {
  const tree = sheet.format.treeOf(document);
  const still = { ...sheet, format: { ...sheet.format, treeOf: (one: Tree) => one } } as unknown as Sheet<
    Tree,
    never
  >;
  const said = (one: Tree): string => {
    try {
      const { messages, notCarried } = read(still, one, around);
      return JSON.stringify([
        messages.map((each) => (each instanceof Error ? each.message : each.data)),
        notCarried,
      ]);
    } catch (error) {
      if (error instanceof ContractBroken) return error.message;
      throw error;
    }
  };
  const before = said(tree);
  return [...leavesOf(tree)]
    .filter(({ id }) => !kept(sheet.format, id))
    .filter(({ id, value }) => said(changed(tree, id.split("/"), value)) === before)
    .map(({ id, value }) => `${sheet.format.placeOf(id, tree)} = ${value}`);
}

function changed(tree: unknown, [name, ...rest]: readonly string[], value: string): Tree {
  const held = (tree as Tree)[name!];
  const next = rest.length > 0 ? changed(held, rest, value) : other(held, value);
  if (Array.isArray(tree))
    return tree.map((one, at) => (String(at) === name ? next : one)) as unknown as Tree;
  return { ...(tree as Tree), [name!]: next };
}

/** Another value of the same form, so that it is read and not refused: another digit, another letter. */
function other(held: unknown, value: string): unknown {
  if (typeof held === "boolean") return !held;
  if (typeof held === "bigint") return held + 1n;
  if (typeof held === "number") return held + 1;
  return value.replace(/[0-9A-Za-z](?=[^0-9A-Za-z]*$)/, (sign) =>
    sign === "0" ? "8" : sign === "J" ? "K" : /\d/.test(sign) ? "0" : "J",
  );
}

/** Paths of a table its contract has no field for. */
export function strangers({ contract, rows, foot = [] }: Translation): string[] {
  const look = (all: readonly Row[], schemas: readonly TSchema[], inside: string): string[] =>
    all.flatMap((row) => {
      if (row.row === "repeats") return [];
      const found = row.path === "" ? schemas : fieldsIn(schemas, row.path.split("."));
      if (found.length === 0) return [`${contract.name}: ${inside}${row.path}`];
      const items = found.flatMap((one) => (one as { items?: TSchema }).items ?? []);
      return row.row === "each" ? look(row.rows, items, `${inside}${row.path}[].`) : [];
    });
  return look([...rows, ...foot], [contract.schema], "");
}

interface Shape {
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly anyOf?: readonly TSchema[];
}

function fieldsIn(schemas: readonly TSchema[], [name, ...rest]: readonly string[]): readonly TSchema[] {
  if (name === undefined) return schemas;
  const whole = schemas.flatMap((schema) => [schema, ...((schema as Shape).anyOf ?? [])]);
  return fieldsIn(
    whole.flatMap((schema) => (schema as Shape).properties?.[name] ?? []),
    rest,
  );
}

// Round trips --------------------------------------------------------------------------------------------------------

const letters = (signs: string, most: number) =>
  fc.array(fc.constantFrom(...signs), { minLength: 4, maxLength: most }).map((all) => all.join(""));
const UPPER = "ABCDEFGHJKLMNPRSTUVWXYZ123456789";
const day = fc
  .integer({ min: 0, max: 9000 })
  .map((days) => new Date(Date.UTC(2020, 0, 1) + days * 86_400_000).toISOString().slice(0, 10));
const amount = fc.integer({ min: 1, max: 9_999_999 }).map((cents) => (cents / 100).toFixed(2));

type Json = Record<string, unknown>;

/** Data a contract accepts, by its schema: money in EUR, quantities in pieces, prices for one. */
function arbitrary(schema: TSchema): fc.Arbitrary<unknown> {
  const {
    anyOf,
    pattern,
    const: fixed,
    enum: choice,
    type,
    items,
    properties,
    required,
    minimum,
  } = schema as unknown as {
    anyOf?: TSchema[];
    pattern?: string;
    const?: unknown;
    enum?: unknown[];
    type?: string;
    items?: TSchema;
    properties?: Record<string, TSchema>;
    required?: string[];
    minimum?: number;
  };
  if (fixed !== undefined) return fc.constant(fixed);
  if (choice) return fc.constantFrom(...choice);
  if (anyOf) return fc.oneof(...anyOf.map(arbitrary));
  if (type === "null") return fc.constant(null);
  if (type === "integer" || type === "number")
    return fc.integer({ min: Math.max(1, minimum ?? 1), max: 999 });
  if (type === "boolean") return fc.boolean();
  if (type === "array") return fc.array(arbitrary(items!), { minLength: 1, maxLength: 3 });
  if (type === "object") {
    const entries = Object.entries(properties ?? {}).filter(([name]) => name !== "extensions");
    return fc.record(Object.fromEntries(entries.map(([name, one]) => [name, named(name, one)])), {
      requiredKeys: (required ?? []) as never[],
    });
  }
  if (pattern?.includes("T[0-9]")) return day.map((date) => `${date}T08:30:00Z`);
  if (pattern?.startsWith("^[0-9]{4}-[0-9]{2}-")) return day;
  if (pattern === "^[A-Z]{3}$") return fc.constant("EUR");
  if (pattern === "^[A-Z]{2}$") return fc.constantFrom("FR", "DE", "NL");
  if (pattern === "^[0-9]{9}$")
    return fc.integer({ min: 1, max: 999_999_999 }).map((number) => String(number).padStart(9, "0"));
  if (pattern?.includes("(0|[1-9]")) return amount;
  if (pattern === "^[A-Za-z0-9]{1,20}$") return fc.integer({ min: 1, max: 99_999 }).map(String);
  return letters(UPPER, 12);
}

const named = (name: string, schema: TSchema): fc.Arbitrary<unknown> => {
  if (name === "uom") return fc.constant("EA");
  if (name === "per") return fc.constant({ value: "1", uom: "EA" });
  if (name === "currency") return fc.constant("EUR");
  if (name === "sscc")
    return arbitrary(schema).map((made) => (Array.isArray(made) ? made.map(pallet) : pallet()));
  if (name === "period") return day;
  return arbitrary(schema);
};
const pallet = (): string => "340123450000000018";

/**
 * Data of a translation, with everything that follows from what was agreed as it would be read, and the agreement it follows from.
 */
function agreed(translation: Translation, data: Json): { data: Json; around: Around } {
  const { rows, foot = [] } = translation;
  const words = (name: string) => data[name] as string | undefined;
  const around: Around = {
    partner: words("partner") ?? words("customer") ?? words("supplier") ?? "P-1",
    currency: "EUR",
    orderNumber: () => words("salesOrderId") ?? "SO-1",
    controlNumber: words("ediControlNumber") ?? words("controlNumber") ?? "000000101",
    at: words("writtenAt") ?? "2026-01-05T08:30:00Z",
    ourName: "Meridian",
    partnerName: "ACME",
    ourAccount: AROUND.ourAccount!,
    partnerAccount: AROUND.partnerAccount!,
    codes: { X1: "in-transit" },
  };
  const settled = structuredClone(data);
  for (const row of [...rows, ...foot]) {
    if (row.row !== "given") continue;
    const value = row.value({
      around,
      data: settled,
      item: settled,
      index: 0,
      within: [],
      text: () => "",
      lose: () => undefined,
    });
    const names = row.path.split(".");
    const last = names.pop()!;
    const holder = names.reduce<Json>((from, name) => (from[name] ?? {}) as Json, settled);
    if (value === undefined) delete holder[last];
    else holder[last] = value;
  }
  return { data: settled, around };
}

/** Writes data of the contract, reads it again, and gives what was lost beside what was declared as lost. */
export function roundTrip<Document, Draft>(
  sheet: Sheet<Document, Draft>,
  translation: Translation,
  travel: (draft: Draft, around: Around) => Document,
): fc.IProperty<[unknown]> {
  const { contract } = translation;
  const whole = arbitrary((contract as Contract).schema).filter(
    (data) => translation.of?.(data as Tree) ?? true,
  );
  return fc.property(whole, (made) => {
    const { data, around } = agreed(translation, structuredClone(made) as Json);
    fc.pre((translation.needs ?? []).every((path) => at(data as Tree, path) !== undefined));
    const { draft, notCarried } = write(
      sheet as Sheet<never, Draft>,
      { contract: contract.name, data },
      around,
    );
    const { messages } = read(sheet as Sheet<Document, never>, travel(draft, around), around);
    const told = messages.find((one) => !(one instanceof Error) && one.contract === contract.name);
    if (!told || told instanceof Error) throw messages[0] ?? new Error("Nothing was read.");
    const lost = new Set(notCarried.map(({ place }) => place));
    const left = (from: unknown) =>
      Object.fromEntries(
        [...leavesOf(from)]
          .map(({ id, value }) => [pathOf(id), value])
          .filter(([path]) => !beneath(path!, lost)),
      );
    const [sent, came] = [left(data), left(told.data)];
    if (JSON.stringify(sorted(sent)) !== JSON.stringify(sorted(came))) {
      throw new Error(
        `${JSON.stringify(sorted(sent), null, 1)}\ncame back as\n${JSON.stringify(sorted(came), null, 1)}\nwithout ${[...lost]}`,
      );
    }
  });
}

const beneath = (path: string, lost: ReadonlySet<string>): boolean =>
  [...lost].some((one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`));

const sorted = (data: object): object =>
  Object.fromEntries(Object.entries(data).sort(([one], [other_]) => (one < other_ ? -1 : 1)));
