/**
 * Takes arrivals in: bytes kept, decoded, checked, translated, recorded; only then is the sender told.
 *
 * An arrival is walked through its flow first (pure), then everything it came to is committed together with its bytes and
 * its receipt, hundreds of arrivals a commit. What breaks its contract is quarantined with bytes and reason; the same
 * (source, message id) with other content is refused and kept as evidence.
 */
import { hash as hashOf } from "node:crypto";
import type { Accepted, Arrival } from "../connectors/connector.ts";
import type { Message } from "../contracts/contract.ts";
import { textAt } from "../contracts/keys.ts";
import { kept, type NotCarried } from "../flows/carried.ts";
import type { InboundFlow } from "../flows/flow.ts";
import { type Refusal, type WalkedIn, walkIn } from "../flows/walk.ts";
import type { AcceptedArrival } from "../journal/accept.ts";
import { type Entry, entryOf } from "../journal/append.ts";
import { Batcher } from "../std/batcher.ts";
import { ContractBroken, Unavailable, Unusable } from "../std/errors.ts";
import { limits } from "../std/limits.ts";
import type { Log } from "../std/log.ts";
import { indexable, isUnstorable } from "../std/storable.ts";
import { COPIES } from "../trace/figures.ts";
import type { Raised } from "../trace/record.ts";
import type { Arranged } from "./arrangement.ts";
import { type Clock, pause } from "./clock.ts";
import type { Pressure } from "./pressure.ts";
import { resume } from "./resume.ts";
import type { AcceptedAs, Store } from "./store.ts";
import type { Suspicion } from "./suspicion.ts";

/** An arrival on its way to the commit. */
interface Walked {
  readonly waits: boolean;
  readonly row: AcceptedArrival;
  readonly raised: readonly Raised[];
  readonly refused: Refusal | undefined;
  /** The ordering key of the first message it became. */
  readonly subject: string | undefined;
}

/** What became of it: as the store says, or kept apart because it cannot be stored as a fact. */
type Fate = AcceptedAs | { readonly outcome: "quarantined"; readonly error: ContractBroken };

export class Intake {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #definitions: Arranged;
  readonly #accepted: (correlations: readonly string[]) => void;
  readonly #giveWayMs: () => number;
  readonly #log: Log;
  readonly #suspicion: Suspicion;
  readonly #pressure: Pick<Pressure, "awayMs" | "refused" | "wrote"> | undefined;
  readonly #batch: Batcher<Walked, Fate>;
  /** Of what is being read or waits for its commit. */
  #bytes = 0;
  #stopping = false;

  /** `accepted` is told after each commit; `giveWayMs` says how long the next one waits, `pressure` when nothing is to come. */
  constructor(
    store: Store,
    clock: Clock,
    definitions: Arranged,
    accepted: (correlations: readonly string[]) => void,
    giveWayMs: () => number,
    log: Log,
    suspicion: Suspicion,
    pressure?: Pick<Pressure, "awayMs" | "refused" | "wrote">,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#definitions = definitions;
    this.#accepted = accepted;
    this.#giveWayMs = giveWayMs;
    this.#log = log;
    this.#suspicion = suspicion;
    this.#pressure = pressure;
    this.#batch = new Batcher(limits.acceptBatchMax, (walked) => this.#commit(walked), clock.soon);
  }

  /** Seconds to stay away: more waits for a commit than one should queue behind, or the dock does not keep up. */
  get retryAfterSeconds(): number | null {
    const awayMs = this.#pressure?.awayMs ?? null;
    if (awayMs !== null) return awayMs / 1_000;
    const full = this.#batch.waiting > limits.acceptWaitingMax || this.#bytes > limits.acceptWaitingBytesMax;
    return full ? 1 : null;
  }

  async accept(flowName: string, arrival: Arrival, source?: string): Promise<Accepted> {
    const flow = this.#definitions.inbound.get(flowName);
    if (!flow) throw new Unusable(`There is no inbound flow named ${flowName}.`);
    if (this.#stopping)
      throw new Unavailable("Crossdock is stopping; nothing was accepted. Send it again in a moment.");
    const away = this.retryAfterSeconds;
    if (away !== null)
      throw new Unavailable(`Too much is waiting; nothing was accepted. Come back in ${away} s.`, {
        retryAfterMs: away * 1_000,
      });
    this.#bytes += arrival.body.byteLength;
    try {
      return await this.#record(await this.#walk(flow, arrival, source ?? flow.connection.name));
    } finally {
      this.#bytes -= arrival.body.byteLength;
    }
  }

  /**
   * Takes in what was set aside before, if it can be read now. If it still cannot, that is only said: what is kept about it stays as it
   * is. A person wants it, so that workers were lost with it is no reason against it any more.
   */
  async readAgain(flowName: string, arrival: Arrival, source: string): Promise<ReadAgain> {
    const flow = this.#definitions.inbound.get(flowName);
    if (!flow) throw new Unusable(`There is no inbound flow named ${flowName}.`);
    if (arrival.body.byteLength === 0)
      return {
        outcome: "quarantined",
        receipt: "",
        reason: "Nothing of it is kept here: its sender sends it again.",
        facts: {},
        still: "nothing",
      };
    await this.#suspicion.forget(reading(flow, hashOf("sha256", arrival.body, "base64")));
    const walked = await this.#walk(flow, arrival, source);
    const { row, refused } = walked;
    if (row.state !== "quarantined" || !refused) return this.#record(walked);
    const { message, facts } = refused.error;
    const still = walked.waits ? "waits" : "refused";
    return { outcome: "quarantined", receipt: row.arrival, reason: message, facts, still };
  }

  async #record(walked: Walked): Promise<Accepted> {
    const as = await this.#batch.push(walked);
    switch (as.outcome) {
      case "new":
        return walked.row.state === "quarantined" && walked.refused
          ? {
              outcome: "quarantined",
              receipt: walked.row.arrival,
              reason: walked.refused.error.message,
              facts: walked.refused.error.facts,
            }
          : { outcome: "accepted", receipt: walked.row.arrival, ...about(walked) };
      case "duplicate":
        return { outcome: "duplicate", receipt: as.arrival, ...about(walked) };
      case "conflict":
        return this.#conflict(walked, as.arrival);
      case "quarantined":
        return {
          outcome: "quarantined",
          receipt: walked.row.arrival,
          reason: as.error.message,
          facts: as.error.facts,
        };
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#batch.drained();
  }

  async #walk(flow: InboundFlow, arrival: Arrival, source: string): Promise<Walked> {
    const { body } = arrival;
    const id = this.#clock.id();
    const hash = hashOf("sha256", body, "base64");
    const read = async () => resume(walkIn(flow, body), this.#store);
    const walked =
      notRead(arrival) ??
      tooLarge(body) ??
      (this.#suspicion.careful
        ? await this.#suspicion.watch(reading(flow, hash), read, async (why) =>
            unread(new ContractBroken(`${why}.`, { facts: { endsWorkers: true } })),
          )
        : await read());
    const messageId = indexable(walked.identity ?? arrival.messageId);
    const quarantined = walked.messages.length === 0 && walked.refused.length > 0;
    // Whoever is answered at once is told no and comes again; what came by its own connection is answered when it is taken.
    const waits = source === flow.connection.name && waitsFor(walked);
    const messages = waits ? [] : [...walked.messages, ...walked.acknowledgements];
    const beside = Map.groupBy(walked.notCarried, ({ message }) => message);
    const row: AcceptedArrival = {
      arrival: id,
      flow: flow.name,
      source,
      messageId,
      hash,
      mediaType: arrival.mediaType ?? null,
      body,
      state: quarantined ? "quarantined" : "accepted",
      notes: notesOf(walked, waits),
      entries: messages.map((message, index) =>
        this.#entry(
          message,
          index,
          messages.length,
          id,
          source,
          { ...arrival, messageId },
          beside.get(index),
        ),
      ),
    };
    return {
      row,
      raised: walked.refused.map((refusal) => (waits ? waiting : raised)(refusal, flow, id, row)),
      refused: walked.refused[0],
      waits,
      subject: walked.messages[0]?.key,
    };
  }

  #entry(
    message: Message,
    index: number,
    of: number,
    arrival: string,
    source: string,
    { messageId, occurredAt }: Arrival,
    beside: readonly NotCarried[] = [],
  ): Entry {
    const notCarried = kept(beside);
    const path = this.#definitions.contracts.get(message.contract)?.time;
    const stated = path === undefined ? undefined : textAt(message.data, path);
    return entryOf(message, {
      id: of === 1 ? `${source}:${messageId}` : `${source}:${messageId}#${index + 1}`,
      source,
      causation: `arrival:${arrival}`,
      occurredAt: typeof stated === "string" ? stated : (occurredAt?.toISOString() ?? null),
      routed: false,
      ...(notCarried ? { extra: { notCarried } } : {}),
    });
  }

  async #commit(batch: readonly Walked[]): Promise<readonly Fate[]> {
    const way = this.#giveWayMs();
    if (way > 0) await pause(this.#clock, way);
    // Two copies of one message in the same batch: the second waits for the fate of the first.
    const first = new Map<string, number>();
    const twins = batch.map(({ row }, index) => {
      const id = `${row.source}\n${row.messageId}`;
      const earlier = row.state === "accepted" ? first.get(id) : undefined;
      if (row.state === "accepted" && earlier === undefined) first.set(id, index);
      return earlier;
    });
    const alone = batch.filter((_, index) => twins[index] === undefined);
    const fates = await this.#write(alone);
    const known = new Map(alone.map((walked, index) => [walked, fates[index] as Fate]));
    this.#accepted([
      ...new Set(alone.flatMap(({ row }) => row.entries.map(({ correlation }) => correlation))),
    ]);
    const all = await Promise.all(
      batch.map(async (walked, index): Promise<Fate> => {
        const twin = twins[index];
        if (twin === undefined) return known.get(walked) as Fate;
        const original = batch[twin] as Walked;
        const fate = known.get(original) as Fate;
        // The first could not be kept as a fact and claimed nothing, so its copy stands for itself.
        if (fate.outcome === "quarantined") return (await this.#write([walked]))[0] as Fate;
        const same = original.row.hash === walked.row.hash;
        if (fate.outcome !== "conflict") {
          const arrival = fate.outcome === "new" ? original.row.arrival : fate.arrival;
          return { outcome: same ? "duplicate" : "conflict", arrival };
        }
        // The first of them contradicts what was accepted earlier; so does its copy, and of any other only the store can say.
        if (same) return fate;
        return (await this.#write([walked]))[0] as Fate;
      }),
    );
    const copies = batch.filter((_, index) => all[index]?.outcome === "duplicate");
    if (copies.length > 0) await this.#countCopies(copies.map(({ row }) => row.flow));
    return all;
  }

  /** Copies leave no trace but this count. What was accepted beside them does not fail for it. */
  async #countCopies(flows: readonly string[]): Promise<void> {
    const counts = [...Map.groupBy(flows, (flow) => flow)].map(([scope, { length: delta }]) => ({
      scope,
      name: COPIES,
      delta,
    }));
    await this.#store
      .count(counts)
      .catch((error: unknown) =>
        this.#log.warn("Copies were recognised and could not be counted.", { error: String(error) }),
      );
  }

  /**
   * Writes them, in order. What PostgreSQL refuses for what it says would be refused for ever, with everything beside it: the
   * batch is halved until it stands alone, and then only its bytes and the reason are kept.
   */
  async #write(batch: readonly Walked[]): Promise<readonly Fate[]> {
    try {
      const fates = await this.#store.accept(
        batch.map(({ row }) => row),
        batch.flatMap(({ raised }) => raised),
      );
      this.#pressure?.wrote();
      return fates;
    } catch (error) {
      this.#pressure?.refused(error);
      if (!isUnstorable(error)) throw error;
      const [only] = batch;
      if (batch.length === 1 && only) return [await this.#quarantine(only, error)];
      const half = batch.length >> 1;
      return [...(await this.#write(batch.slice(0, half))), ...(await this.#write(batch.slice(half)))];
    }
  }

  async #quarantine({ row }: Walked, cause: unknown): Promise<Fate> {
    const said = cause instanceof Error ? cause.message : String(cause);
    const error = new ContractBroken(`It cannot be recorded as it is: ${said}.`, { cause });
    const flow = this.#definitions.inbound.get(row.flow);
    const kept: AcceptedArrival = {
      ...row,
      state: "quarantined",
      entries: [],
      notes: JSON.stringify({ refused: [{ part: 0, message: error.message, facts: {} }] }),
    };
    this.#log.warn("An arrival cannot be recorded as it is and is quarantined.", {
      flow: row.flow,
      arrival: row.arrival,
      error: said,
    });
    await this.#store.accept([kept], flow ? [raised({ part: 0, error }, flow, row.arrival, kept)] : []);
    return { outcome: "quarantined", error };
  }

  /** Keeps the refused copy as evidence, beside the one that was accepted. */
  async #conflict({ row }: Walked, original: string): Promise<Accepted> {
    const reason = `Message ${row.messageId} from ${row.source} was accepted before with other content; both are kept.`;
    const kept: AcceptedArrival = {
      ...row,
      state: "conflict",
      entries: [],
      notes: JSON.stringify({ reason, accepted: original }),
    };
    await this.#store.accept(
      [kept],
      [
        {
          fingerprint: ["duplicate or conflict", row.source, row.flow].join("|"),
          class: "duplicate or conflict",
          subjectKind: "arrival",
          subject: row.arrival,
          connection: row.source,
          correlation: row.entries[0]?.correlation ?? null,
          title: `Two different messages with one id from ${row.source}`,
          reason,
          owner: this.#definitions.inbound.get(row.flow)?.connection.owner ?? "integration",
        },
      ],
    );
    return { outcome: "conflict", receipt: original, reason };
  }
}

const about = ({ subject }: Walked): { subject?: string } => (subject === undefined ? {} : { subject });

const notRead = ({ unread: because }: Arrival): WalkedIn | undefined =>
  because === undefined ? undefined : unread(new ContractBroken(because, { facts: { field: "size" } }));

function tooLarge(body: Uint8Array): WalkedIn | undefined {
  if (body.byteLength <= limits.arrivalBytesMax) return undefined;
  const error = new ContractBroken(
    `The document has ${body.byteLength} bytes; at most ${limits.arrivalBytesMax} are taken at once. Send it in parts.`,
    { facts: { bytes: body.byteLength, expected: `at most ${limits.arrivalBytesMax} bytes` } },
  );
  return unread(error);
}

/** What may end a worker: the reading of these bytes. */
const reading = (flow: InboundFlow, hash: string): string => `arrival ${flow.name} ${hash}`;

const unread = (error: ContractBroken): WalkedIn => ({
  messages: [],
  acknowledgements: [],
  refused: [{ part: 0, error }],
  passedOver: [],
  lookedUp: [],
  notCarried: [],
});

/** What is worth keeping about how an arrival was read; null when all of it simply went in. */
/** How reading again ended; where in vain, what `still` keeps it: it waits, nothing of it is kept, or it is refused. */
export type ReadAgain = Accepted & { readonly still?: "waits" | "nothing" | "refused" };

/** Whether all that is wrong with it is that it names what is not known yet, and its flow waits for that. */
export const waitsFor = ({ messages, refused }: WalkedIn): boolean =>
  messages.length === 0 && refused.length > 0 && refused.every(({ error }) => error.facts.waits === true);

/** What people are shown about an arrival that waits. */
const waiting: typeof raised = (refusal, flow, arrival, row) => ({
  ...raised(refusal, flow, arrival, row),
  title: `A message from ${flow.connection.title} waits for what is not known yet`,
  reason: `${refusal.error.message} It goes by itself when that is known; or close it to give it up.`,
});

function notesOf({ refused, passedOver, lookedUp }: WalkedIn, waits: boolean): string | null {
  if (refused.length + passedOver.length + lookedUp.length === 0) return null;
  return JSON.stringify({
    // First, so that those that wait are found by how their notes begin.
    ...(waits ? { waits } : {}),
    refused: refused.map(({ part, error }) => ({ part, message: error.message, facts: error.facts })),
    passedOver,
    lookedUp,
  });
}

function raised({ part, error }: Refusal, flow: InboundFlow, arrival: string, row: AcceptedArrival): Raised {
  const where = unsaid(error);
  const endsWorkers = error.facts.endsWorkers === true;
  return {
    fingerprint: [
      "data",
      flow.connection.name,
      flow.name,
      error.code,
      error.facts.field ?? error.facts.segment ?? (endsWorkers ? "ends workers" : ""),
    ].join("|"),
    class: "data",
    subjectKind: "arrival",
    subject: part === 0 ? arrival : `${arrival}#${part}`,
    connection: flow.connection.name,
    correlation: row.entries[0]?.correlation ?? null,
    title: `A message from ${flow.connection.title} ${endsWorkers ? "may be what ends our workers" : "does not keep its contract"}`,
    reason: where === "" ? error.message : `${error.message} (${where})`,
    owner: flow.connection.owner,
  };
}

/** Where it is, as far as its sentence does not say so. */
const unsaid = ({ message, facts }: ContractBroken): string =>
  ["line", "segment", "path", "field", "expected"]
    .filter((name) => facts[name] !== undefined && facts[name] !== "")
    .filter(
      (name) =>
        !message.toLowerCase().includes(`${name === "line" ? "line " : ""}${facts[name]}`.toLowerCase()),
    )
    .map((name) => `${name}: ${facts[name]}`)
    .join(", ");
