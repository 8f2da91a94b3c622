/**
 * Reads large files as resumable batches: hundreds of records a commit, at flat memory, one file of a flow after another.
 *
 * A chunk's bytes, facts, refusals and the checkpoint become true in one commit, so a killed reader goes on where it
 * stood and nothing is doubled; while one chunk commits, the next is read. Reading waits while the conductor or a system
 * is behind, so that an order never stands in line after a million ledger lines. What a record becomes is in `chunk.ts`.
 */
import { createHash } from "node:crypto";
import { BEGINNING, type Place, type RawRecord, type Records } from "../codecs/records.ts";
import type { Accepted, ArrivingFile } from "../connectors/connector.ts";
import { type InboundFlow, recordsOf } from "../flows/flow.ts";
import { ContractBroken, Unavailable, Unusable } from "../std/errors.ts";
import { limits } from "../std/limits.ts";
import type { Log } from "../std/log.ts";
import type { Arranged } from "./arrangement.ts";
import { type BatchStore, type FileOfBatch, MovedOn } from "./batch-store.ts";
import {
  chunksOf,
  type Fate,
  type Numbered,
  placeAfter,
  type Sorted,
  sortOut,
  unread,
  walkRecords,
} from "./chunk.ts";
import { type Clock, pause } from "./clock.ts";
import type { Store } from "./store.ts";
import type { Suspicion } from "./suspicion.ts";

export interface BatchesOptions {
  readonly store: Pick<Store, "lookUp"> & { readonly batches: BatchStore };
  readonly definitions: Arranged;
  readonly clock: Clock;
  readonly log: Log;
  readonly worker: string;
  readonly suspicion: Pick<Suspicion, "careful" | "watch">;
  /** Told after each commit. */
  readonly committed: (correlations: readonly string[]) => void;
  readonly signal: AbortSignal;
}

/** How often a paused batch, or one that waits for others, looks whether it may go on. */
const LOOK_MS = 250;
/** What a reader has in its hands at most: a chunk that commits, and the next one. */
const CHUNKS_IN_HAND = 2;
/** How often refused records that are to be read again are looked for. */
const AGAIN_MS = 1_000;

export class Batches {
  readonly #around: BatchesOptions;
  readonly #underWay = new Set<Promise<unknown>>();
  #bell: AbortController;

  constructor(around: BatchesOptions) {
    this.#around = around;
    this.#bell = new AbortController();
  }

  /**
   * Reads a file to its end, from wherever an earlier reading stopped. Resolves when the last record is kept.
   *
   * @throws {Unavailable} when it is not this file's turn, or the dock stops; the file is offered again
   */
  take(flowName: string, file: ArrivingFile): Promise<Accepted> {
    const work = this.#take(flowName, file);
    this.#underWay.add(work);
    return work.finally(() => this.#underWay.delete(work));
  }

  /** Reads refused records again when a person asked for it, until the signal fires. */
  async readAgain(): Promise<void> {
    const { store, clock, log, definitions, signal } = this.#around;
    const flows = [...definitions.inbound.values()]
      .filter(({ stages }) => recordsOf(stages))
      .map(({ name }) => name);
    if (flows.length === 0) return;
    while (!signal.aborted) {
      try {
        for (const file of await store.batches.readingAgain(flows)) {
          while (!signal.aborted && (await this.#readPageAgain(file)));
        }
      } catch (error) {
        if (!(error instanceof MovedOn))
          log.warn("Refused records could not be read again; trying later.", { error: String(error) });
      }
      this.#bell = new AbortController();
      await pause(clock, AGAIN_MS, AbortSignal.any([signal, this.#bell.signal]));
    }
  }

  /** A person asked for something: look now. */
  ring(): void {
    this.#bell.abort();
  }

  /** Waits for chunks under way and lets go of the files. */
  async stop(): Promise<void> {
    await Promise.allSettled([...this.#underWay]);
    await this.#around.store.batches.release(this.#around.worker);
  }

  async #take(flowName: string, arriving: ArrivingFile): Promise<Accepted> {
    const { store, definitions, worker } = this.#around;
    const flow = definitions.inbound.get(flowName);
    const format = flow && recordsOf(flow.stages);
    if (!flow || !format)
      throw new Unusable(`There is no inbound flow named ${flowName} that reads records.`);
    const hash = await this.#hashOf(arriving);
    const opening = {
      id: this.#around.clock.id(),
      flow: flow.name,
      source: flow.connection.name,
      file: arriving.name,
      identity: arriving.identity(hash),
      hash,
      bytes: arriving.bytes,
      place: JSON.stringify(BEGINNING),
    };
    const { outcome, id } = await store.batches.open(opening, worker);
    const file: FileOfBatch = { ...opening, id };
    switch (outcome) {
      case "done":
        return { outcome: "duplicate", receipt: id };
      case "behind":
        throw new Unavailable(`${arriving.name} waits until the file before it is finished.`);
      case "busy":
        throw new Unavailable(`${arriving.name} is read by another worker.`);
      case "changed": {
        const reason = `${arriving.name} has other content than the file of this name that was being read. Nothing of it was read. Settle the earlier batch first, then send it again.`;
        await store.batches.raise(this.#raised(flow, file, "duplicate or conflict", reason));
        return { outcome: "conflict", receipt: id, reason };
      }
      case "mine":
        return this.#read(flow, format, file, arriving);
    }
  }

  /** The SHA-256 of the content, which makes the file itself. Nothing is kept of what is read. */
  async #hashOf(file: ArrivingFile): Promise<string> {
    const hash = createHash("sha256");
    for await (const piece of file.read(0)) {
      if (this.#around.signal.aborted) throw stopping(file.name);
      hash.update(piece);
    }
    return hash.digest("hex");
  }

  async #read(
    flow: InboundFlow,
    format: Records<unknown>,
    file: FileOfBatch,
    arriving: ArrivingFile,
  ): Promise<Accepted> {
    const { store, worker, log } = this.#around;
    for (;;) {
      const position = await this.#turn(file);
      if (position === undefined) {
        return {
          outcome: "quarantined",
          receipt: file.id,
          reason: await this.#whyFailed(file.id),
          facts: {},
        };
      }
      try {
        await this.#chunks(flow, format, file, arriving, position);
        log.info("A batch was read to its end.", { file: file.file, flow: flow.name });
        return { outcome: "accepted", receipt: file.id };
      } catch (error) {
        // Paused, given up or taken over: look again whether it is ours.
        if (error instanceof MovedOn) continue;
        if (!(error instanceof ContractBroken)) throw error;
        const raised = this.#raised(flow, file, "data", error.message);
        await store.batches.fail(file.id, worker, error.message, raised);
        return { outcome: "quarantined", receipt: file.id, reason: error.message, facts: error.facts };
      }
    }
  }

  async #whyFailed(id: string): Promise<string> {
    const { reason } = await this.#around.store.batches.position(id);
    return reason ?? "The batch was given up.";
  }

  /** Waits until the batch may be read by us; undefined when it never will be. */
  async #turn(file: FileOfBatch): Promise<{ chunk: number; records: number; place: Place } | undefined> {
    const { store, clock, worker, signal } = this.#around;
    for (;;) {
      if (signal.aborted) throw stopping(file.file);
      const { state, worker: reader, chunk, records, place } = await store.batches.position(file.id);
      if (reader !== worker && state !== "failed")
        throw new Unavailable(`${file.file} is read by another worker.`);
      if (state === "running") return { chunk, records: Number(records), place: JSON.parse(place) as Place };
      if (state !== "paused") return undefined;
      await pause(clock, LOOK_MS, signal);
    }
  }

  /** Reads on from the checkpoint to the end. The commit of a chunk runs while the next is read. */
  async #chunks(
    flow: InboundFlow,
    format: Records<unknown>,
    file: FileOfBatch,
    arriving: ArrivingFile,
    from: { chunk: number; records: number; place: Place },
  ): Promise<void> {
    const { store, worker, signal } = this.#around;
    const connections = systemsBehind(flow, this.#around.definitions);
    const modifiedAt = arriving.modifiedAt.toISOString();
    let { chunk, records } = from;
    let committing: Promise<void> = Promise.resolve();
    let headChecked = false;
    try {
      for await (const raws of this.#cut(format, file, arriving, from)) {
        if (!headChecked) format.checkHead(raws[0]?.place.head ?? null);
        headChecked = true;
        const numbered = raws.map((raw, index): Numbered => ({ record: records + index + 1, raw }));
        const fates = await this.#walk(flow, file, numbered, chunk - from.chunk < CHUNKS_IN_HAND);
        await committing;
        if (signal.aborted) throw stopping(file.file);
        // After the commit before: what it remembered is what this one is compared with.
        const sorted = await this.#sortOut(flow, file, chunk + 1, fates, modifiedAt);
        chunk += 1;
        records += raws.length;
        committing = this.#commit(file, chunk, placeAfter(raws), sorted);
        // Its failure is met at the next await; it must not count as unhandled before.
        committing.catch(() => undefined);
        if (chunk % limits.chunksAheadMax === 0) {
          await committing;
          await this.#keepPace(file, connections);
        }
      }
      await committing;
    } catch (error) {
      // Nothing of ours may still be on its way when somebody looks at the checkpoint.
      await committing.catch(() => undefined);
      throw error;
    }
    if (!headChecked) format.checkHead(from.place.head);
    if (!(await arriving.unchanged())) {
      throw new ContractBroken(
        `${file.file} changed while it was read. ${records} records of what it was are kept; send the rest in a file of its own.`,
        { facts: { records } },
      );
    }
    await store.batches.finish(file.id, worker, chunk);
    this.#around.committed([]);
  }

  /** Where cutting ends workers, nothing behind that place can be read. */
  async *#cut(
    format: Records<unknown>,
    file: FileOfBatch,
    arriving: ArrivingFile,
    { chunk, place }: { readonly chunk: number; readonly place: Place },
  ): AsyncGenerator<RawRecord[]> {
    const chunks = chunksOf(format, arriving, place);
    try {
      for (let number = chunk + 1; ; number += 1) {
        const cut = await this.#around.suspicion.watch(
          `cut ${file.id}/${number}`,
          () => chunks.next(),
          async (why) => {
            throw new ContractBroken(`${why}.`);
          },
        );
        if (cut.done) return;
        yield cut.value;
      }
    } finally {
      await chunks.return(undefined);
    }
  }

  /** One by one while workers are being lost, where the last of them may have had these in its hands. */
  async #walk(
    flow: InboundFlow,
    file: FileOfBatch,
    records: readonly Numbered[],
    suspect: boolean,
  ): Promise<Fate[]> {
    const { store, suspicion } = this.#around;
    if (!suspect || !suspicion.careful) return walkRecords(flow, records, store);
    const fates: Fate[] = [];
    for (const one of records)
      fates.push(
        ...(await suspicion.watch(
          `record ${file.id}/${one.record}`,
          () => walkRecords(flow, [one], store),
          async (why) => [unread(one, why)],
        )),
      );
    return fates;
  }

  #sortOut(
    flow: InboundFlow,
    file: FileOfBatch,
    number: number,
    fates: readonly Fate[],
    modifiedAt: string | null,
  ): Promise<Sorted> {
    const { definitions, store, suspicion, clock } = this.#around;
    const around = {
      definitions,
      id: () => clock.id(),
      modifiedAt,
      known: (name: string, keys: readonly string[]) => store.batches.known(name, keys),
    };
    return suspicion.watch(
      `chunk ${file.id}/${number}`,
      () => sortOut(flow, file, number, fates, around),
      (why) =>
        sortOut(
          flow,
          file,
          number,
          fates.map((fate) => unread(fate, why)),
          around,
        ),
    );
  }

  async #commit(file: FileOfBatch, number: number, after: Place, sorted: Sorted): Promise<void> {
    const { store, worker, committed } = this.#around;
    await store.batches.commit({
      ...sorted,
      batch: file.id,
      flow: file.flow,
      worker,
      number,
      place: JSON.stringify(after),
      bytesRead: after.offset,
    });
    committed([...new Set(sorted.arrival.entries.map(({ correlation }) => correlation))]);
  }

  /** Waits while readers of the journal, or the systems the flow leads to, have more than enough. */
  async #keepPace(file: FileOfBatch, connections: readonly string[]): Promise<void> {
    const { store, clock, worker, signal } = this.#around;
    let explained = false;
    for (;;) {
      const { chunks, deliveries } = await store.batches.backlog(file.id, connections, limits.owedAheadMax);
      const full = chunks > limits.chunksAheadMax || deliveries > limits.owedAheadMax;
      if (!full || signal.aborted) break;
      if (!explained && deliveries > limits.owedAheadMax) {
        explained = true;
        const reason = `Waiting: more than ${limits.owedAheadMax} documents are owed to ${connections.join(", ")}.`;
        await store.batches.explain(file.id, worker, reason);
      }
      if ((await store.batches.position(file.id)).state !== "running") break;
      await pause(clock, deliveries > limits.owedAheadMax ? LOOK_MS : 20, signal);
    }
    if (explained) await store.batches.explain(file.id, worker, null);
  }

  /** Reads up to a chunk of refused records again; false when none is left. */
  async #readPageAgain(file: FileOfBatch): Promise<boolean> {
    const { store, definitions, committed } = this.#around;
    const flow = definitions.inbound.get(file.flow);
    const { number, records } = await store.batches.toReadAgain(file.id, limits.chunkRecordsMax);
    if (records.length === 0 || !flow) {
      await store.batches.endReading(file.id);
      return false;
    }
    const numbered = records.map(({ record, line, head, body }): Numbered => {
      const bytes = Buffer.from(body ?? "", "base64");
      const gone = new ContractBroken("The bytes of this record are no longer kept; send it in a new file.");
      const raw: RawRecord = {
        bytes,
        place: { offset: 0, line, head },
        length: bytes.byteLength,
        lines: 1,
        ...(body === null && { broken: gone }),
      };
      return { record, raw };
    });
    const fates = await this.#walk(flow, file, numbered, true);
    const sorted = await this.#sortOut(flow, file, number, fates, null);
    await store.batches.commitReading({
      ...sorted,
      batch: file.id,
      flow: file.flow,
      number,
      records: records.map(({ record }) => record),
    });
    committed([...new Set(sorted.arrival.entries.map(({ correlation }) => correlation))]);
    return true;
  }

  #raised(
    flow: InboundFlow,
    file: FileOfBatch,
    of: "data" | "duplicate or conflict",
    reason: string,
  ): Parameters<BatchStore["raise"]>[0] {
    return {
      fingerprint: ["batch", of, flow.connection.name, flow.name].join("|"),
      class: of,
      subjectKind: "document",
      subject: `batch/${file.id}|file`,
      connection: flow.connection.name,
      correlation: null,
      title: `A file from ${flow.connection.title} cannot be read`,
      reason,
      owner: flow.connection.owner,
    };
  }
}

const stopping = (file: string) =>
  new Unavailable(`Crossdock is stopping; ${file} is read on from where it stands.`);

/** The connections that what a flow publishes is delivered to straight away. */
const systemsBehind = (flow: InboundFlow, { carrying }: Arranged): string[] => [
  ...new Set(
    flow.publishes.flatMap(({ name }) =>
      (carrying.get(name) ?? []).flatMap((out) => out.connections.map((one) => one.name)),
    ),
  ),
];
