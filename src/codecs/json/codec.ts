/**
 * JSON that means one thing to everyone who reads it.
 *
 * Systems differ on what to do with a doubled key, a number of twenty digits or half a surrogate pair; what we checked
 * must be what they book, so all of these are refused. One pass over the text holds the limits and finds them before
 * `JSON.parse` builds anything. Shape is the business of contracts.
 */
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import type { Codec } from "../codec.ts";
import type { Records } from "../records.ts";
import { jsonPartRecords } from "./records.ts";
import { type JsonLimits, scan } from "./scan.ts";

/** 10 MB holds an order of 20,000 lines; the rest are those of any document a person could still check. */
export const JSON_LIMITS: JsonLimits = {
  bytes: 10_485_760,
  depth: 64,
  keysPerObject: 10_000,
  itemsPerArray: 100_000,
  stringLength: 1_048_576,
};

const decoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

/**
 * The JSON codec.
 *
 * @example const codec = json(); codec.decode(codec.encode({ orderId: "SO-1" }))
 */
export function json<Document = unknown>(limits: Partial<JsonLimits> = {}): Codec<Document> {
  const bounds = { ...JSON_LIMITS, ...limits };
  return {
    name: "json",
    mediaType: "application/json",
    decode: (body) => parseJson(body, bounds) as Document,
    encode: (document) => encoder.encode(stringifyJson(document)),
  };
}

/**
 * The objects of a JSON file that is one list.
 *
 * @example flow("events").from(mailbox).records(jsonRecords<Row>()).map(({ sku }) => sku)
 */
export const jsonRecords = <Document = unknown>(): Records<Document> =>
  jsonPartRecords({
    name: "json records",
    mediaType: "application/json",
    read: (document) => (parseJson(document) as Document[])[0]!,
  });

/** Reads one JSON text. @throws {ContractBroken} with `offset`, `line`, `expected` and `found` */
export function parseJson(body: Bytes, limits: JsonLimits = JSON_LIMITS): unknown {
  if (body.length > limits.bytes) {
    throw new ContractBroken(`JSON of at most ${limits.bytes} bytes was expected, ${body.length} found.`, {
      facts: { expected: `at most ${limits.bytes} bytes`, found: body.length },
    });
  }
  let text: string;
  try {
    text = decoder.decode(body);
  } catch (cause) {
    throw new ContractBroken("JSON is UTF-8, and these bytes are not.", {
      facts: { expected: "UTF-8", found: "other bytes" },
      cause,
    });
  }
  const finding = scan(text, limits);
  if (finding) throw at(text, finding.offset, finding.expected, finding.found);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const offset = Number(/position (\d+)/.exec(String(cause))?.[1] ?? text.length);
    const found =
      offset < text.length ? JSON.stringify(text.slice(offset, offset + 1)) : "the end of the text";
    throw at(text, offset, "JSON", found, cause);
  }
}

/**
 * Writes JSON, and refuses what `JSON.stringify` would change in silence: NaN and infinite numbers (null), functions
 * and symbols (left out), a Map, a Set or a promise (`{}`), a document that is undefined.
 *
 * @throws {ContractBroken} naming the path
 */
export function stringifyJson(document: unknown): string {
  const flaw = flawIn(document, 0);
  if (flaw) {
    const { path, found } = flaw;
    throw new ContractBroken(`JSON cannot say ${found}${path === "" ? "" : ` at ${path.slice(1)}`}.`, {
      facts: { path: path.slice(1), expected: "a value JSON can say", found },
    });
  }
  return JSON.stringify(document);
}

interface Flaw {
  /** `/lines/0/price`; empty for the document itself. */
  readonly path: string;
  readonly found: string;
}

/** The first thing JSON cannot say. Its path is put together on the way out: nearly always there is none. */
function flawIn(value: unknown, depth: number): Flaw | undefined {
  if (typeof value === "string") return value.isWellFormed() ? undefined : here("a lone surrogate");
  if (typeof value === "number") return Number.isFinite(value) ? undefined : here(String(value));
  if (typeof value === "boolean" || value === null) return undefined;
  if (typeof value !== "object") return here(typeof value);
  if (depth > JSON_LIMITS.depth) return here(`nesting deeper than ${JSON_LIMITS.depth}, or a circle`);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const flaw = flawIn(value[index], depth + 1);
      if (flaw) return { ...flaw, path: `/${index}${flaw.path}` };
    }
    return undefined;
  }
  let isEmpty = true;
  for (const key in value) {
    isEmpty = false;
    const field = (value as Record<string, unknown>)[key];
    // An absent optional field is often written as undefined; leaving it out says the same.
    const flaw = field === undefined ? undefined : flawIn(field, depth + 1);
    if (flaw) return { ...flaw, path: `/${key}${flaw.path}` };
  }
  const kind = isEmpty ? Object.prototype.toString.call(value).slice(8, -1) : "Object";
  return kind === "Object" || "toJSON" in value ? undefined : here(`a ${kind}`);
}

const here = (found: string): Flaw => ({ path: "", found });

function at(text: string, offset: number, expected: string, found: string, cause?: unknown): ContractBroken {
  let line = 1;
  for (let next = text.indexOf("\n"); next !== -1 && next < offset; next = text.indexOf("\n", next + 1))
    line += 1;
  return new ContractBroken(`Line ${line}: expected ${expected}, found ${found}.`, {
    facts: { offset, line, expected, found },
    cause,
  });
}
