/**
 * What a Sparkplug host application keeps of its edges: births, so that a number without a name is known again, and the order of messages.
 *
 * What must stay true: data are handed over under the names of the birth they belong to, never of another; a gap in the order or data of
 * an edge nobody has heard born is answered by asking for its birth. Source: Sparkplug 3.0, chapters 4 to 6.
 */
import { type SparkplugMetric, type SparkplugPayload, sparkplug } from "../../codecs/sparkplug/codec.ts";
import type { Bytes } from "../../std/bytes.ts";

const TOPIC = /^spBv1\.0\/(?<group>[^/]+)\/(?<type>[A-Z]+)\/(?<edge>[^/]+)(?:\/(?<device>[^/]+))?$/;
const codec = sparkplug();

interface Edge {
  next: number;
  /** Names and types by alias, of the edge and its devices together: an alias is unique below one edge. */
  readonly names: Map<bigint, Pick<SparkplugMetric, "name" | "dataType">>;
}

export interface Heard {
  /** The payload with every metric named, of data that tell something. */
  readonly data?: Bytes;
  /** A topic and payload that ask the edge to be born again. */
  readonly ask?: { readonly topic: string; readonly payload: Bytes };
  /** How many messages are missing before this one. */
  readonly gap?: number;
}

export class SparkplugHost {
  readonly #edges = new Map<string, Edge>();

  /** @throws {ContractBroken} when the payload is not one */
  hears(topic: string, body: Bytes): Heard {
    const { group = "", type = "", edge: name = "" } = TOPIC.exec(topic)?.groups ?? {};
    const id = `${group}/${name}`;
    if (!["NBIRTH", "DBIRTH", "NDATA", "DDATA", "NDEATH", "DDEATH"].includes(type)) return {};
    if (type === "NDEATH") {
      this.#edges.delete(id);
      return {};
    }
    const payload = codec.decode(body);
    const seq = Number(payload.seq ?? 0n);
    if (type === "NBIRTH") this.#edges.set(id, { next: 0, names: new Map() });
    const edge = this.#edges.get(id);
    if (edge === undefined) return { ...dataOf(type, payload, new Map()), ask: rebirth(group, name) };
    const gap = (seq - edge.next + 256) % 256;
    edge.next = (seq + 1) % 256;
    if (type.endsWith("BIRTH")) {
      for (const { alias, name: metric, dataType } of payload.metrics) {
        if (alias !== undefined && metric !== undefined) {
          edge.names.set(alias, { name: metric, ...(dataType === undefined ? {} : { dataType }) });
        }
      }
    }
    const heard = dataOf(type, payload, edge.names);
    // What was missed may have been a birth, so it is asked for even when all of this message is known.
    return gap === 0 ? heard : { ...heard, gap, ask: rebirth(group, name) };
  }
}

/** Data with their names; a birth tells what stands, and not that anything happened. */
function dataOf(type: string, payload: SparkplugPayload, names: Edge["names"]): Heard {
  if (!type.endsWith("DATA")) return {};
  const metrics = payload.metrics.map((metric): SparkplugMetric => {
    const born = metric.alias === undefined ? undefined : names.get(metric.alias);
    // Named by their birth alone, so that what is handed over reads the same however the edge abbreviates.
    const { alias: _, ...rest } = metric;
    return born && metric.name === undefined
      ? { ...born, ...rest }
      : metric.name === undefined
        ? metric
        : rest;
  });
  return { data: codec.encode({ ...payload, metrics }) };
}

function rebirth(group: string, edge: string): NonNullable<Heard["ask"]> {
  const metrics = [{ name: "Node Control/Rebirth", dataType: "Boolean" as const, value: true }];
  return { topic: `spBv1.0/${group}/NCMD/${edge}`, payload: codec.encode({ metrics, notCarried: [] }) };
}
