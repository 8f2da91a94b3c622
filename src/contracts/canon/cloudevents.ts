/**
 * The CloudEvents 1.0 envelope of a journal row, there and back.
 *
 * What goes out and comes in again is the same row: nothing of it lives only in the envelope. Attribute names are lower
 * case letters and digits, as the specification asks; those beginning with `xd` are ours. Pure: no clock, no I/O; which
 * rows are shown to whom is decided elsewhere.
 *
 * Sources: CloudEvents 1.0.2 core and its extensions correlation, distributed sequence, partitioning.
 */
import { ContractBroken } from "../../std/errors.ts";
import type { Contract, Criticality, Kind } from "../contract.ts";

/** A journal row as far as the outside world may know it. */
export interface JournalRow {
  readonly id: string;
  readonly kind: Kind;
  readonly contract: string;
  readonly version: number;
  /** The ordering key, `type/value`. */
  readonly key: string;
  /** The connection, client or process that says so. */
  readonly source: string;
  readonly correlation: string;
  readonly causation: string | null;
  /** RFC 3339: when it happened, and when it was written down. */
  readonly occurredAt: string;
  readonly recordedAt: string;
  /** Its place in the journal, as decimal text. */
  readonly position: string;
  readonly data: unknown;
}

export interface CloudEvent {
  readonly specversion: "1.0";
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: "application/json";
  readonly dataschema: string;
  readonly recordedtime: string;
  readonly correlationid: string;
  readonly causationid?: string;
  readonly partitionkey: string;
  readonly sequence: string;
  readonly xdkind: Kind;
  readonly xdcriticality: Criticality;
  readonly xdenvironment: "production" | "test";
  readonly data: unknown;
}

const SOURCE = "//crossdock/";

/** Where the JSON Schema of a contract version stands; relative, so it holds behind any host name. */
export const schemaOf = (name: string, version: number): string => `/v1/contracts/${name}/${version}`;

/** @example toCloudEvent(row, OrderAccepted).type // "crossdock.sales.order-accepted.v1" */
export function toCloudEvent(
  row: JournalRow,
  contract: Pick<Contract, "criticality">,
  environment: CloudEvent["xdenvironment"] = "production",
): CloudEvent {
  return {
    specversion: "1.0",
    id: row.id,
    source: SOURCE + encodeURIComponent(row.source),
    type: `crossdock.${row.contract}.v${row.version}`,
    subject: row.key.slice(row.key.indexOf("/") + 1),
    time: row.occurredAt,
    datacontenttype: "application/json",
    dataschema: schemaOf(row.contract, row.version),
    recordedtime: row.recordedAt,
    correlationid: row.correlation,
    ...(row.causation === null ? {} : { causationid: row.causation }),
    partitionkey: row.key,
    sequence: row.position.padStart(20, "0"),
    xdkind: row.kind,
    xdcriticality: contract.criticality,
    xdenvironment: environment,
    data: row.data,
  };
}

/**
 * Reads an envelope this product wrote. `data` is returned as it stands; whoever knows the contract reads it with
 * `contract.read(row.data, row.version)`.
 *
 * @throws {ContractBroken} naming the attribute that is missing or not as we write it
 */
export function fromCloudEvent(envelope: Readonly<Record<string, unknown>>): JournalRow {
  const text = (attribute: keyof CloudEvent): string => {
    const value = envelope[attribute];
    if (typeof value === "string" && value !== "") return value;
    throw broken(attribute, "text", value);
  };
  if (envelope.specversion !== "1.0") throw broken("specversion", "1.0", envelope.specversion);
  const type = /^crossdock\.([a-z]+\.[a-z-]+)\.v([1-9][0-9]*)$/.exec(text("type"));
  if (!type?.[1]) throw broken("type", "crossdock.<contract>.v<major>", envelope.type);
  const kind = text("xdkind");
  if (kind !== "event" && kind !== "command") throw broken("xdkind", "event or command", kind);
  const source = text("source");
  if (!source.startsWith(SOURCE)) throw broken("source", `${SOURCE}<name>`, source);
  const sequence = text("sequence");
  if (!/^[0-9]+$/.test(sequence)) throw broken("sequence", "digits", sequence);
  return {
    id: text("id"),
    kind,
    contract: type[1],
    version: Number(type[2]),
    key: text("partitionkey"),
    source: decodeURIComponent(source.slice(SOURCE.length)),
    correlation: text("correlationid"),
    causation: envelope.causationid === undefined ? null : text("causationid"),
    occurredAt: text("time"),
    recordedAt: text("recordedtime"),
    position: sequence.replace(/^0+(?=.)/, ""),
    data: envelope.data,
  };
}

const broken = (attribute: string, expected: string, found: unknown): ContractBroken =>
  new ContractBroken(`The event's envelope is not ours: ${attribute} is not ${expected}.`, {
    facts: {
      field: attribute,
      expected,
      found: typeof found === "string" ? found.slice(0, 80) : typeof found,
    },
  });
