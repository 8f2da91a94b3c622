/**
 * A contract names a message, says who owns it, and keeps its promise to everyone who reads it.
 *
 * It is a record: name, version, owner, compatibility, criticality, shape, business keys, and the upgrade steps from
 * its earlier versions. Data is checked twice, when a message is made (`of`) and when it is read back (`read`), so a
 * message written three years ago under version one arrives in today's shape. Shapes are typebox schemas, which *are*
 * JSON Schema, so exporting a contract is a copy.
 *
 * @covers EVT-44
 */
import type { Static, TSchema } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { ContractBroken, ensure } from "../std/errors.ts";
import { limits } from "../std/limits.ts";
import { milliseconds, type Span } from "../std/span.ts";
import { flawOf } from "../std/storable.ts";
import { type BusinessKey, type KeyDeclaration, keyReader, textAt } from "./keys.ts";

/** What a new version promises to those who have not upgraded yet. */
export type Compatibility = "backward" | "forward" | "full";

/** C1 financial or legal, C2 customer or plant promise, C3 operational, C4 informational. Drives retry and retention. */
export type Criticality = "C1" | "C2" | "C3" | "C4";

export type Kind = "event" | "command";

/** How long something is kept. */
export type Retained = Span | "for ever";

/** A sound message. `data` keeps `contract` in `version`; the rest is derived from it. */
export interface Message<Data = unknown> {
  readonly kind: Kind;
  readonly contract: string;
  readonly version: number;
  /** The ordering key, `type/value`, e.g. `order/SO-10045`. Messages with one key are handled in the order accepted. */
  readonly key: string;
  /** The business transaction it belongs to by its own data, `type/value`; a cause may put it into another. */
  readonly correlation: string;
  /** Every business key the data declares, the primary one first. */
  readonly keys: readonly BusinessKey[];
  readonly data: Data;
}

/** What an event says about the business: its sender holds that `milestone` is reached (or `withdrawn`) for `of`. */
export interface Says {
  /** The milestone, or the field of the data that names it: a system that is told of all of them confirms any. */
  readonly milestone: string | { readonly in: string };
  readonly withdrawn?: boolean;
}

/** The milestone an event speaks of; undefined when its data names none. */
export function milestoneSaid({ milestone }: Says, data: unknown): string | undefined {
  const said = typeof milestone === "string" ? milestone : textAt(data, milestone.in);
  return typeof said === "string" && said !== "" ? said : undefined;
}

export interface ContractRecord<Shape extends TSchema> {
  /** Events: `<domain>.<entity>-<past participle>`. Commands: `<recipient>.<verb>-<object>`. */
  name: string;
  /** Majors only: 1, 2, 3. */
  version: number;
  /** The team that answers for it. */
  owner: string;
  /** One sentence a planner understands. */
  summary: string;
  compatibility?: Compatibility;
  criticality: Criticality;
  data: Shape;
  /** Key type → path in the data (`salesOrderId`, `lines[].sku`), the primary (ordering) key first. */
  keys: Readonly<Record<string, KeyDeclaration>>;
  /** The key type of the business transaction it belongs to, when that is not the primary key: a shipment's `order`. */
  belongsTo?: string;
  /** The opinion this event expresses about a milestone of its primary key. */
  says?: Says;
  /** Path of the RFC 3339 instant at which it happened; without it the arrival's own time is used. */
  time?: string;
  /**
   * How long what was said under it stays in the journal, in whole months from the end of its month; then it goes to the
   * archive. Left out: as long as the site keeps its journal.
   */
  retention?: Retained;
  /** Data that keeps the contract; used in docs, the console and conformance tests. */
  sample: Static<Shape>;
  earlier?: Earlier;
}

// biome-ignore lint/suspicious/noExplicitAny: a list of contracts of different shapes; each use narrows it again.
export interface Contract<Data = any> {
  readonly kind: Kind;
  readonly name: string;
  readonly version: number;
  readonly owner: string;
  readonly summary: string;
  readonly compatibility: Compatibility;
  readonly criticality: Criticality;
  readonly schema: TSchema;
  readonly keyDeclarations: Readonly<Record<string, KeyDeclaration>>;
  readonly belongsTo: string | undefined;
  readonly says: Says | undefined;
  readonly time: string | undefined;
  readonly retention: Retained | undefined;
  readonly sample: Data;
  /** Makes a message, or throws `ContractBroken` naming the first bad field. */
  of(data: Data): Message<Data>;
  /** Reads data written under `version`, however old, in today's shape. */
  read(data: unknown, version: number): Data;
  /** The business keys in `data`, the primary one first. */
  keysOf(data: Data): BusinessKey[];
}

/** An older shape and the one step that brings it to the next. Steps chain; nobody rewrites them. */
export interface Earlier {
  readonly version: number;
  readonly data: TSchema;
  upgrade(old: unknown): unknown;
  readonly earlier?: Earlier;
}

/** A fact. Its name is in the past tense: `sales.order-accepted`. */
export const event = <const Shape extends TSchema>(record: ContractRecord<Shape>): Contract<Static<Shape>> =>
  contract("event", record);

/** An instruction to one recipient. Its name is in the imperative: `erp.post-sales-order`. */
export const command = <const Shape extends TSchema>(
  record: ContractRecord<Shape>,
): Contract<Static<Shape>> => contract("command", record);

/** One upgrade step, typed by the shape it reads; what it returns is checked against the next shape when it runs. */
export const earlier = <const Old extends TSchema>(step: {
  version: number;
  data: Old;
  upgrade(old: Static<Old>): unknown;
  earlier?: Earlier;
}): Earlier => step as Earlier;

function contract<Shape extends TSchema>(kind: Kind, record: ContractRecord<Shape>): Contract<Static<Shape>> {
  const { name, version } = record;
  const shapes = new Map<number, Validator>();
  const keysOf = keyReader(record.keys);
  const primary = Object.keys(record.keys)[0];
  ensure(primary !== undefined, `${name} declares a primary key`);
  if (record.retention !== undefined && record.retention !== "for ever") milliseconds(record.retention);

  const check = (schema: TSchema, data: unknown, of: number): void => {
    const shape = shapes.get(of) ?? Compile(schema);
    shapes.set(of, shape);
    if (shape.Check(data)) return;
    throw broken(name, of, data, shape);
  };

  /** A value that names something must be kept as it is, or it would name something else. */
  const names = (what: string, value: string): void => {
    const flaw = flawOf(value);
    if (flaw === undefined) return;
    throw new ContractBroken(`${name} v${version} is not kept: its ${what} ${flaw}.`, {
      facts: {
        contract: name,
        version,
        field: what,
        expected: `at most ${limits.keyBytesMax} bytes of UTF-8 without NUL`,
        found: "text",
      },
    });
  };

  const happens = (field: string, value: unknown): void => {
    if (typeof value !== "string" || isInstant(value)) return;
    throw new ContractBroken(`${name} v${version} is not kept: field ${field} is no moment in time.`, {
      facts: {
        contract: name,
        version,
        field,
        expected: "a day of the calendar and a time (RFC 3339)",
        found: "text",
      },
    });
  };

  /** Climbs from the written version to today's, checking the data at every landing. */
  const climb = (
    step: { version: number; data: TSchema; earlier?: Earlier },
    data: unknown,
    written: number,
  ) => {
    let current = data;
    if (written !== step.version) {
      ensure(step.earlier, `${name} knows how to read version ${written}`);
      current = step.earlier.upgrade(climb(step.earlier, data, written));
    }
    check(step.data, current, step.version);
    return current;
  };

  return {
    kind,
    name,
    version,
    owner: record.owner,
    summary: record.summary,
    compatibility: record.compatibility ?? "backward",
    criticality: record.criticality,
    schema: record.data,
    keyDeclarations: record.keys,
    belongsTo: record.belongsTo,
    says: record.says,
    time: record.time,
    retention: record.retention,
    sample: record.sample,
    keysOf: (data) => keysOf(data),
    of(data) {
      check(record.data, data, version);
      const keys = keysOf(data);
      for (const { type, value } of keys) names(type, value);
      const milestone = record.says && milestoneSaid(record.says, data);
      if (milestone !== undefined) names("milestone", milestone);
      if (record.time !== undefined) happens(record.time, textAt(data, record.time));
      const first = keys[0];
      if (!first || first.type !== primary) {
        throw new ContractBroken(`${name} v${version} has no ${primary}.`, {
          facts: { contract: name, version, field: primary },
        });
      }
      const key = `${primary}/${first.value}`;
      const transaction = record.belongsTo && keys.find(({ type }) => type === record.belongsTo);
      const correlation = transaction ? `${transaction.type}/${transaction.value}` : key;
      return { kind, contract: name, version, key, correlation, keys, data };
    },
    read(data, written) {
      if (written > version) {
        throw new ContractBroken(`${name} v${written} is newer than the v${version} this build knows.`, {
          facts: { contract: name, version: written },
        });
      }
      return climb(record, data, written) as Static<Shape>;
    },
  };
}

/** Whether a text is a moment. `Date.parse` takes 30 February for 2 March and knows no leap second; RFC 3339 is the other way. */
export function isInstant(text: string): boolean {
  if (Number.isNaN(Date.parse(text.replace(/:60(?=[.Zz+-]|$)/, ":59")))) return false;
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)/.exec(text) ?? [];
  if (day === undefined || Number(year) === 0) return false;
  return Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
}

/** What was expected there: of a text with a pattern in the words of its schema, where it has some. */
function expectedOf(
  shape: Validator,
  { keyword, schemaPath, message }: ReturnType<Validator["Errors"]>[number],
): string {
  if (keyword !== "pattern") return message;
  const at = schemaPath
    .split("/")
    .slice(1)
    .reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], shape.Type());
  const { description } = (at ?? {}) as { readonly description?: string };
  return description === undefined ? message : `must be ${description}`;
}

function broken(name: string, version: number, data: unknown, shape: Validator): ContractBroken {
  const issues = [...shape.Errors(data)];
  const first = issues[0];
  const expected = first && expectedOf(shape, first);
  const field = first?.instancePath.replace(/^\//, "").replaceAll("/", ".") ?? "";
  const found = field === "" ? data : textAt(data, field);
  return new ContractBroken(
    `${name} v${version} is not kept: ${field === "" ? "the whole" : `field ${field}`} ${expected ?? "is unreadable"}.`,
    {
      facts: {
        contract: name,
        version,
        field,
        expected: expected ?? "",
        found: typeof found === "object" ? typeof found : typeof found === "string" ? "text" : String(found),
        issues: issues.length,
      },
    },
  );
}
