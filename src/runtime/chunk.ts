/**
 * One chunk of a large file: its records cut, read, walked and told apart, ready for one commit.
 *
 * Records are walked side by side, so that a chunk asks the store once for what all of them look up. Every record has
 * exactly one fate (published, no change, passed over, refused), which is why totals add up. Pure apart from look-ups.
 */
import { createHash } from "node:crypto";
import { type Place, type RawRecord, type Records, recordsOfStream } from "../codecs/records.ts";
import type { ArrivingFile } from "../connectors/connector.ts";
import type { Message } from "../contracts/contract.ts";
import { textAt } from "../contracts/keys.ts";
import { kept, type NotCarried, unwrapped } from "../flows/carried.ts";
import type { InboundFlow, Reference } from "../flows/flow.ts";
import { asBroken, type Walk, type WalkedRecord, walkRecord } from "../flows/walk.ts";
import type { AcceptedArrival } from "../journal/accept.ts";
import { type Entry, entryOf } from "../journal/append.ts";
import { ContractBroken } from "../std/errors.ts";
import { limits } from "../std/limits.ts";
import type { Raised } from "../trace/record.ts";
import type { BatchCounts, KnownDigest, RefusedRecord } from "../work/batches.ts";
import type { Arranged } from "./arrangement.ts";
import type { FileOfBatch } from "./batch-store.ts";
import type { Store } from "./store.ts";

/** A record of the file with its number, counted from 1. */
export interface Numbered {
  readonly record: number;
  readonly raw: RawRecord;
}

/** What a chunk came to, without its place in the file. */
export interface Sorted {
  readonly arrival: AcceptedArrival;
  readonly counts: BatchCounts;
  readonly refused: readonly RefusedRecord[];
  readonly digests: readonly KnownDigest[];
  readonly raised: readonly Raised[];
}

export interface Fate extends Numbered {
  readonly walked: WalkedRecord;
}

/** A message about to be published, and how many records it carries. */
interface Told {
  readonly message: Message;
  /** Its first record, and how many records it carries. */
  readonly record: number;
  readonly records: number;
  readonly part: number;
  /** What the records say beyond it; beside the first message alone. */
  readonly notCarried: readonly NotCarried[];
}

/** Where the record after these begins. Broken records may be longer than the bytes that are kept of them. */
export function placeAfter(raws: readonly RawRecord[]): Place {
  const { place, length, lines } = raws.at(-1) as RawRecord;
  return { offset: place.offset + length, line: place.line + lines, head: place.head };
}

/** Gathers records into chunks of some hundred. */
export async function* chunksOf(
  format: Records<unknown>,
  file: ArrivingFile,
  from: Place,
): AsyncGenerator<RawRecord[]> {
  let chunk: RawRecord[] = [];
  let bytes = 0;
  for await (const raws of recordsOfStream(format, file.read(from.offset), from)) {
    for (const raw of raws) {
      chunk.push(raw);
      bytes += raw.bytes.byteLength;
      if (chunk.length < limits.chunkRecordsMax && bytes < limits.chunkBytesMax) continue;
      yield chunk;
      chunk = [];
      bytes = 0;
    }
  }
  if (chunk.length > 0) yield chunk;
}

/** Walks every record, answering the look-ups of all of them together. */
export async function walkRecords(
  flow: InboundFlow,
  records: readonly Numbered[],
  store: Pick<Store, "lookUp">,
): Promise<Fate[]> {
  const fates = new Array<Fate>(records.length);
  let waiting: { index: number; walk: Walk<WalkedRecord>; wants: readonly Reference[] }[] = [];
  const advance = (index: number, walk: Walk<WalkedRecord>, step: ReturnType<typeof walk.next>) => {
    if (step.done) fates[index] = { ...(records[index] as Numbered), walked: step.value };
    else waiting.push({ index, walk, wants: step.value });
  };
  for (const [index, { raw }] of records.entries()) {
    const walk = walkRecord(flow, raw);
    advance(index, walk, walk.next());
  }
  while (waiting.length > 0) {
    const asked = waiting;
    waiting = [];
    const found = await store.lookUp(asked.flatMap(({ wants }) => wants));
    let at = 0;
    for (const { index, walk, wants } of asked) {
      advance(index, walk, walk.next(found.slice(at, at + wants.length)));
      at += wants.length;
    }
  }
  return fates;
}

/** A record that is not read, and why. */
export const unread = (record: Numbered, why: string): Fate => ({
  ...record,
  walked: { refused: new ContractBroken(`${why}.`) },
});

export interface Around {
  readonly definitions: Arranged;
  /** A new id for an arrival. */
  readonly id: () => string;
  readonly known: (flow: string, keys: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** When the sender wrote the file, RFC 3339; null when that is no longer known. */
  readonly modifiedAt: string | null;
}

/** Turns the fates of a chunk's records into what is to be committed. */
export async function sortOut(
  flow: InboundFlow,
  file: FileOfBatch,
  number: number,
  fates: readonly Fate[],
  around: Around,
): Promise<Sorted> {
  const refused: { fate: Fate; error: ContractBroken }[] = [];
  const counts = { records: fates.length, published: 0, noChange: 0, passedOver: 0, refused: 0 };
  const told: Told[] = [];
  const cargos: { fate: Fate; cargo: unknown; notCarried: readonly NotCarried[] }[] = [];
  for (const fate of fates) {
    const { walked } = fate;
    if ("refused" in walked) refused.push({ fate, error: walked.refused });
    else if ("passedOver" in walked) counts.passedOver += 1;
    else if (flow.together) cargos.push({ fate, ...walked });
    else {
      try {
        const left = [...walked.notCarried];
        const messages = unwrapped(flow.tell(walked.cargo), left);
        if (messages.length === 0) counts.passedOver += 1;
        else counts.published += 1;
        for (const [part, message] of messages.entries())
          told.push({ message, record: fate.record, records: 1, part, notCarried: part === 0 ? left : [] });
      } catch (error) {
        refused.push({ fate, error: asBroken(error) });
      }
    }
  }
  if (flow.together && cargos.length > 0) {
    const first = cargos[0]?.fate.record ?? 0;
    const last = cargos.at(-1)?.fate.record ?? 0;
    const where = { file: file.file, identity: file.identity, first, last };
    try {
      const messages = flow.together(
        cargos.map(({ cargo }) => cargo),
        where,
      );
      counts.published += cargos.length;
      const left = cargos.flatMap(({ notCarried }) => notCarried);
      for (const [part, message] of messages.entries()) {
        const notCarried = part === 0 ? left : [];
        told.push({ message, record: first, records: cargos.length, part, notCarried });
      }
    } catch (error) {
      for (const { fate } of cargos) refused.push({ fate, error: asBroken(error) });
    }
  }
  const { changed, digests } = flow.changesOnly
    ? await changesOf(flow, told, around.known)
    : { changed: told, digests: [] };
  const unchanged = told.length - changed.length;
  counts.published -= unchanged;
  counts.noChange += unchanged;
  counts.refused = refused.length;

  const id = around.id();
  const body = Buffer.concat(fates.map(({ raw }) => raw.bytes));
  const starts = new Map<number, number>();
  let at = 0;
  for (const { record, raw } of fates) {
    starts.set(record, at);
    at += raw.bytes.byteLength;
  }
  const arrival: AcceptedArrival = {
    arrival: id,
    flow: flow.name,
    source: file.source,
    messageId: `${file.identity}/${number}`,
    hash: createHash("sha256").update(body).digest("base64"),
    mediaType: null,
    body,
    state: "accepted",
    notes: JSON.stringify({ batch: file.id, file: file.file, chunk: number, counts }),
    entries: changed.map((one) => entry(one, id, file, around)),
  };
  const aside = refused.map(({ fate: { record, raw }, error }): RefusedRecord => {
    const field = error.facts.field ?? error.facts.column ?? error.facts.segment ?? "";
    return {
      record,
      line: raw.place.line,
      start: starts.get(record) ?? 0,
      bytes: raw.bytes.byteLength,
      head: raw.place.head,
      cause: ["data", flow.connection.name, flow.name, error.code, field].join("|"),
      reason: error.message,
    };
  });
  return { arrival, counts, refused: aside, digests, raised: raisedFor(flow, file, aside) };
}

/** Leaves out what equals the last word about its key; the last word of this very chunk counts as well. */
async function changesOf(
  flow: InboundFlow,
  told: readonly Told[],
  known: Around["known"],
): Promise<{ changed: Told[]; digests: KnownDigest[] }> {
  const before = await known(
    flow.name,
    told.map(({ message }) => message.key),
  );
  const latest = new Map<string, string>();
  const changed = told.filter(({ message: { key, data } }) => {
    const digest = createHash("sha256").update(JSON.stringify(data)).digest("base64");
    if ((latest.get(key) ?? before.get(key)) === digest) return false;
    latest.set(key, digest);
    return true;
  });
  return { changed, digests: [...latest].map(([key, digest]) => ({ key, digest })) };
}

function entry(
  { message, record, records, part, notCarried }: Told,
  arrival: string,
  file: FileOfBatch,
  { definitions, modifiedAt }: Around,
): Entry {
  const path = definitions.contracts.get(message.contract)?.time;
  const stated = path === undefined ? undefined : textAt(message.data, path);
  return entryOf(message, {
    id: `${file.source}:${file.identity}/${record}${part === 0 ? "" : `#${part + 1}`}`,
    source: file.source,
    causation: `arrival:${arrival}`,
    occurredAt: typeof stated === "string" ? stated : modifiedAt,
    routed: false,
    extra: { batch: file.id, record, records, notCarried: kept(notCarried) },
  });
}

/** One open exception a cause, however many records have it; the latest stands as its example. */
function raisedFor(flow: InboundFlow, file: FileOfBatch, refused: readonly RefusedRecord[]): Raised[] {
  const latest = new Map(refused.map((one) => [one.cause, one]));
  return [...latest.values()].map(({ cause, record, line, reason }) => ({
    fingerprint: cause,
    class: "data",
    subjectKind: "document",
    subject: `batch/${file.id}|${cause}`,
    connection: flow.connection.name,
    correlation: null,
    title: `Records of ${file.file} from ${flow.connection.title} do not keep their contract`,
    reason: `Record ${record}, line ${line}: ${reason}`,
    owner: flow.connection.owner,
  }));
}
