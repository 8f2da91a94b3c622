/**
 * A flow carries one kind of message one way: from a system into the journal, or out of it again.
 *
 * There is no flow from system to system; everything crosses the journal, which is why everything has a trace. No flow
 * waits; waiting is a process. A finished flow is inert data: the runtime walks it (`walk.ts`), the console draws it,
 * and a test pushes a sample through it with no database in sight.
 */
import type { Codec } from "../codecs/codec.ts";
import type { Records } from "../codecs/records.ts";
import type { Connection, Receipt } from "../connectors/connector.ts";
import type { Contract, Message } from "../contracts/contract.ts";
import type { Promised } from "../contracts/inquiry.ts";
import { type ContractBroken, ensure } from "../std/errors.ts";
import type { Span } from "../std/span.ts";
import { Carried } from "./carried.ts";

/** A value to be found in a cross-reference table, or through the business keys of the documents we know. */
export type Reference =
  | { readonly table: string; readonly system: string; readonly value: string }
  | {
      readonly key: { readonly type: string; readonly value: string };
      readonly give: string;
      /** The one that became known last and not the one known longest: for what changes, such as who carries out a step. */
      readonly latest?: boolean;
    };

/** What became of the parts of one arrival; `acknowledge` turns it into the answer the partner gets. */
export interface PartOutcome {
  readonly part: number;
  readonly refused?: ContractBroken;
}

/** Cargo changes its type at every stage, so stages themselves hold it untyped; `Travelling` keeps the types honest. */
// biome-ignore lint/suspicious/noExplicitAny: see above.
type Cargo = any;

export type Stage =
  | { readonly verb: "decode"; readonly label: string; readonly codec: Codec<Cargo> }
  | { readonly verb: "records"; readonly label: string; readonly format: Records<Cargo> }
  | { readonly verb: "identify"; readonly label: string; readonly by: (document: Cargo) => string | null }
  | {
      readonly verb: "acknowledge";
      readonly label: string;
      readonly tell: (document: Cargo, parts: readonly PartOutcome[]) => readonly Message[];
    }
  | { readonly verb: "split"; readonly label: string; readonly run: (document: Cargo) => readonly unknown[] }
  | { readonly verb: "expect"; readonly label: string; readonly contract: Contract }
  | { readonly verb: "keep"; readonly label: string; readonly test: (cargo: Cargo) => boolean }
  | {
      readonly verb: "look up";
      readonly label: string;
      readonly optional: boolean;
      /** An arrival that names what is not known yet waits for it. */
      readonly waits: boolean;
      readonly which: (cargo: Cargo) => readonly Reference[];
      readonly with: (cargo: Cargo, found: readonly (string | null)[]) => unknown;
    }
  | { readonly verb: "map"; readonly label: string; readonly run: (cargo: Cargo) => unknown };

export interface InboundFlow {
  readonly direction: "in";
  readonly name: string;
  readonly connection: Connection;
  readonly stages: readonly Stage[];
  /** The contracts it may publish. */
  readonly publishes: readonly Contract[];
  readonly tell: (cargo: Cargo) => readonly Message[] | Carried<readonly Message[]>;
  /** Several records become one message; `tell` then stands for one record alone. */
  readonly together?: (cargos: readonly Cargo[], where: Together) => readonly Message[];
  /** A message that equals the last one about its key is not published: nothing changed. */
  readonly changesOnly?: boolean;
}

/** Where records that are published together stand in their file. */
export interface Together {
  readonly file: string;
  /** What makes the file itself: the same file again has the same. */
  readonly identity: string;
  /** The first and the last of them, counted from 1 in the whole file. */
  readonly first: number;
  readonly last: number;
}

/** A route is data, not code, so the console can list every place a message might go. */
export interface Routes<Cargo> {
  by(cargo: Cargo): string;
  to: Readonly<Record<string, Connection>>;
  otherwise: Connection;
}

/**
 * What is told in the meantime when the system asked is silent: the fact its last answer to a question like this one leads to, as
 * a promise. The question itself goes on waiting, so that the answer that comes then makes the promise true.
 */
// biome-ignore lint/suspicious/noExplicitAny: cargo and fact have the types of the flow they were declared in.
export interface StandIn<Cargo = any, Fact = any> extends Pick<Promised<Cargo, Fact>, "limit" | "atOnce"> {
  /** How long the system may be silent before the last answer stands in. */
  readonly after: Span;
  /** For how long an answer is good enough to. */
  readonly goodFor: Span;
  /** What makes questions alike: the same customer in the same place. Pure. */
  readonly like: (cargo: Cargo) => string;
  /** The fact about this question, from the last one told about one like it. Pure. */
  readonly from: (last: Fact, cargo: Cargo, when: { readonly saidAt: string; readonly at: string }) => Fact;
  /** What hangs on it; null: nothing in money, so it only counts. Pure. */
  readonly worth: (fact: Fact) => { amount: string; currency: string } | null;
  /** The part of the fact that must still be so when the system speaks again. Pure. */
  readonly holds: (fact: Fact) => unknown;
}

export interface OutboundFlow {
  readonly direction: "out";
  readonly name: string;
  readonly on: Contract;
  readonly stages: readonly Stage[];
  /** Every connection it may choose, for the console and for start-up. */
  readonly connections: readonly Connection[];
  readonly route: (cargo: Cargo) => Connection;
  /** How the parcel is handed over: a document to be taken, or a question to be answered. */
  readonly hand:
    | { readonly as: "document"; readonly codec: Codec<Cargo> }
    | { readonly as: "question"; readonly about: string };
  /** The contracts the other side's word may publish, yes or no, and how a yes is told. */
  readonly answers: readonly Contract[];
  readonly tell: ((receipt: Receipt, cargo: Cargo) => readonly Message[]) | undefined;
  /** What is told while the system asked is silent, and as which fact. */
  readonly standIn?: StandIn & { readonly contract: Contract };
  /** How a no is told as a fact, beside what people are shown. */
  readonly tellNo?: (no: SaidNo, cargo: Cargo) => Message;
}

/** How the other side said no: the rule by its own word, or what kind of rule it is, and the sentence people are shown. */
export interface SaidNo {
  readonly rule: string;
  readonly reason: string;
}

export type Flow = InboundFlow | OutboundFlow;

/** A flow being written. `Cargo` is what is in hand at this point of the sentence, and nothing else. */
class Sentence {
  readonly stages: readonly Stage[];
  constructor(stages: readonly Stage[]) {
    this.stages = stages;
  }
}

const many = <One>(told: One | readonly One[]): readonly One[] =>
  Array.isArray(told) ? told : [told as One];

/** An inbound flow after `from`: bytes on their way to becoming facts. */
export class Incoming<Cargo> extends Sentence {
  readonly #name: string;
  readonly #connection: Connection;

  constructor(name: string, connection: Connection, stages: readonly Stage[]) {
    super(stages);
    this.#name = name;
    this.#connection = connection;
  }

  /** Reads the bytes in hand as a document. Undecodable input is quarantined with its bytes intact. */
  decode<Document>(codec: Codec<Document>): Incoming<Document> {
    return this.#then({ verb: "decode", label: codec.name, codec });
  }

  /**
   * Reads a file of many records, one by one and at flat memory: what follows is said of one record. A record that
   * cannot be read or does not keep its contract is set aside alone. It comes first in the flow, instead of `decode`;
   * connectors with large files hand them over as streams, and the runtime reads them as resumable batches.
   */
  records<Record>(format: Records<Record>): Incoming<Record> {
    ensure(this.stages.length === 0, `in the flow ${this.#name}, records are read first`);
    return this.#then({ verb: "records", label: format.name, format });
  }

  /**
   * Says by which number of its own the sender tells this arrival from others, whatever a file was called on its way. Under
   * one number the same bytes are taken once; other bytes are refused, and both are kept. Null leaves it to the connection.
   */
  identify(label: string, by: (document: Cargo) => string | null): Incoming<Cargo> {
    return this.#then({ verb: "identify", label, by });
  }

  /**
   * Answers the sender once the fate of every part is known, e.g. with a 997. The messages commit together with the
   * facts, so an acknowledged document is an accepted one.
   */
  acknowledge(
    label: string,
    tell: (document: Cargo, parts: readonly PartOutcome[]) => readonly Message[],
  ): Incoming<Cargo> {
    return this.#then({ verb: "acknowledge", label, tell });
  }

  /**
   * One document, several business things. A part given as `ContractBroken` is refused alone; the others go on. What a part
   * does not carry is kept with its fact (`carried(part, …)`).
   */
  split<Part>(
    label: string,
    into: (document: Cargo) => readonly (Part | Carried<Part> | ContractBroken)[],
  ): Incoming<Part> {
    return this.#then({ verb: "split", label, run: into });
  }

  /** States the shape the sender promised. What does not fit is quarantined, naming the bad field. */
  expect<Shape>(contract: Contract<Shape>): Incoming<Shape> {
    return this.#then({ verb: "expect", label: contract.name, contract });
  }

  /** Lets through what passes the test. What does not is recorded as passed over, with `because`. */
  keep(because: string, test: (cargo: Cargo) => boolean): Incoming<Cargo> {
    return this.#then({ verb: "keep", label: because, test });
  }

  /**
   * Finds values elsewhere: in cross-reference tables, or through keys of documents we know. What was found is recorded
   * with the event, so a rerun sees the same. An unknown value is refused unless `optional` (then it is null). With `waits`, an
   * arrival that names only what is not known yet is set aside unanswered, and goes by itself when it is known.
   */
  lookUp<Out>(
    label: string,
    which: (cargo: Cargo) => readonly Reference[],
    use: (cargo: Cargo, found: readonly (string | null)[]) => Out,
    options: { optional?: boolean; waits?: boolean } = {},
  ): Incoming<Out> {
    const { optional = false, waits = false } = options;
    return this.#then({ verb: "look up", label, optional, waits, which, with: use });
  }

  /**
   * Translates. A mapping is a pure function, so it can be tested alone and rerun on old messages. What it has no place for
   * is kept with the fact, where it returns `carried(value, notCarried)`.
   */
  map<Out>(translate: (cargo: Cargo) => Out | Carried<Out>): Incoming<Out> {
    return this.#then({ verb: "map", label: translate.name || "map", run: translate });
  }

  /** Ends the flow: the cargo becomes a fact under this contract. */
  publish(contract: Contract<Cargo>): InboundFlow {
    return this.publishAs([contract], (cargo) => contract.of(cargo));
  }

  /**
   * Ends a flow that keeps something in line, such as master data: a record that equals what was last published about its
   * primary key is counted as `no change` and publishes nothing.
   */
  publishChanges(contract: Contract<Cargo>): InboundFlow {
    ensure(recordsOf(this.stages), `the flow ${this.#name} reads records, so that it can compare them`);
    return { ...this.publish(contract), changesOnly: true };
  }

  /**
   * Ends a flow of records that travel in bulk: the sound records of a chunk (some hundred) become one fact, made by
   * `into`. For transfers whose single records nobody waits for.
   */
  publishTogether<Data>(
    contract: Contract<Data>,
    into: (records: readonly Cargo[], where: Together) => Data,
  ): InboundFlow {
    ensure(recordsOf(this.stages), `the flow ${this.#name} reads records, so that it can gather them`);
    const together = (cargos: readonly Cargo[], where: Together) => [contract.of(into(cargos, where))];
    const alone = { file: "", identity: "", first: 1, last: 1 };
    return {
      ...this.publishAs([contract], (cargo) => together([cargo], alone)),
      together,
    };
  }

  /**
   * Ends a flow whose document can say several things: a warehouse webhook, a bank statement. What the document says beyond
   * them is kept with the first (`carried(messages, notCarried)`).
   */
  publishAs(
    contracts: readonly Contract[],
    tell: (cargo: Cargo) => Message | readonly Message[] | Carried<readonly Message[]>,
  ): InboundFlow {
    return {
      direction: "in",
      name: this.#name,
      connection: this.#connection,
      stages: this.stages,
      publishes: contracts,
      tell: (cargo: Cargo) => {
        const told = tell(cargo);
        return told instanceof Carried ? told : many(told);
      },
    };
  }

  #then<Out>(stage: Stage): Incoming<Out> {
    return new Incoming<Out>(this.#name, this.#connection, [...this.stages, stage]);
  }
}

/** The format of a flow whose files are read record by record. */
export function recordsOf(stages: readonly Stage[]): Records<unknown> | undefined {
  const [first] = stages;
  return first?.verb === "records" ? first.format : undefined;
}

/** An outbound flow after `on`: a fact or a command on its way to one system. */
export class Outgoing<Cargo> extends Sentence {
  readonly #name: string;
  readonly #on: Contract;

  constructor(name: string, on: Contract, stages: readonly Stage[]) {
    super(stages);
    this.#name = name;
    this.#on = on;
  }

  /** Lets through what passes the test. What does not is recorded as passed over, with `because`. */
  keep(because: string, test: (cargo: Cargo) => boolean): Outgoing<Cargo> {
    return this.#then({ verb: "keep", label: because, test });
  }

  /**
   * As for inbound flows. An unknown value sets the message aside before anything is sent; it goes by itself when that is known,
   * where the flow has one connection and so knows where to.
   */
  lookUp<Out>(
    label: string,
    which: (cargo: Cargo) => readonly Reference[],
    use: (cargo: Cargo, found: readonly (string | null)[]) => Out,
    options: { optional?: boolean } = {},
  ): Outgoing<Out> {
    return this.#then({
      verb: "look up",
      label,
      optional: options.optional ?? false,
      waits: false,
      which,
      with: use,
    });
  }

  /**
   * Translates. A mapping is a pure function, so it can be tested alone and rerun on old messages. What it has no place for
   * is kept with the delivery, where it returns `carried(value, notCarried)`.
   */
  map<Out>(translate: (cargo: Cargo) => Out | Carried<Out>): Outgoing<Out> {
    return this.#then({ verb: "map", label: translate.name || "map", run: translate });
  }

  /** The cargo is written `as` bytes and handed to one connection. The flow may end here. */
  deliver(to: Connection | Routes<Cargo>, as: Codec<Cargo>): Delivered<Cargo> {
    return this.#hand(to, { as: "document", codec: as });
  }

  /** Asks one connection; the answer must be told as a fact, for a question without an answer is no question. */
  ask(to: Connection | Routes<Cargo>, about: string): Pick<Delivered<Cargo>, "answer" | "orPromise"> {
    return this.#hand(to, { as: "question", about });
  }

  #hand(to: Connection | Routes<Cargo>, hand: OutboundFlow["hand"]): Delivered<Cargo> {
    const routes = "by" in to ? to : undefined;
    return new Delivered({
      direction: "out",
      name: this.#name,
      on: this.#on,
      stages: this.stages,
      connections: routes
        ? [...new Set([...Object.values(routes.to), routes.otherwise])]
        : [to as Connection],
      route: routes ? (cargo) => routes.to[routes.by(cargo)] ?? routes.otherwise : () => to as Connection,
      hand,
      answers: [],
      tell: undefined,
    });
  }

  #then<Out>(stage: Stage): Outgoing<Out> {
    return new Outgoing<Out>(this.#name, this.#on, [...this.stages, stage]);
  }
}

/** A delivered flow may end here, or tell the journal what the other side said. */
export class Delivered<Cargo> implements OutboundFlow {
  readonly direction = "out";
  readonly name: string;
  readonly on: Contract;
  readonly stages: readonly Stage[];
  readonly connections: readonly Connection[];
  readonly route: OutboundFlow["route"];
  readonly hand: OutboundFlow["hand"];
  readonly answers: readonly Contract[];
  readonly tell: OutboundFlow["tell"];
  readonly standIn?: NonNullable<OutboundFlow["standIn"]>;
  readonly tellNo?: NonNullable<OutboundFlow["tellNo"]>;

  constructor(flow: OutboundFlow) {
    this.name = flow.name;
    this.on = flow.on;
    this.stages = flow.stages;
    this.connections = flow.connections;
    this.route = flow.route;
    this.hand = flow.hand;
    this.answers = flow.answers;
    this.tell = flow.tell;
    if (flow.standIn) this.standIn = flow.standIn;
    if (flow.tellNo) this.tellNo = flow.tellNo;
  }

  /**
   * Of a question: while the system is silent, `contract` is told from its last answer to a question like it, within a limit. The
   * question goes on waiting for its own answer, which is told then and makes the promise true.
   */
  orPromise<Data>(contract: Contract<Data>, standIn: StandIn<Cargo, Data>): Pick<Delivered<Cargo>, "answer"> {
    ensure(this.hand.as === "question", `${this.name} asks a question, and promises its answer`);
    return new Delivered<Cargo>({ ...this, standIn: { ...standIn, contract } });
  }

  /** Publishes a "no" of the other side as a fact: "not posted: the period is closed". What is done about it is decided as ever. */
  refused<Data>(
    contract: Contract<Data>,
    tell: (no: SaidNo, cargo: Cargo) => Message<Data>,
  ): Delivered<Cargo> {
    return new Delivered<Cargo>({ ...this, answers: [...this.answers, contract], tellNo: tell });
  }

  /** Publishes what the other side said as a fact: "posted, under document 4711". */
  answer(
    contracts: Contract | readonly Contract[],
    tell: (receipt: Receipt, cargo: Cargo) => Message | readonly Message[],
  ): OutboundFlow {
    return {
      ...this,
      answers: [...this.answers, ...many(contracts)],
      tell: (receipt, cargo: Cargo) => many(tell(receipt, cargo)),
    };
  }
}

/** Begins a flow. `from` a connection it carries arrivals in; `on` a contract it carries messages out. */
export const flow = (name: string) => ({
  from: (connection: Connection) => new Incoming<Uint8Array>(name, connection, []),
  on: <Data>(contract: Contract<Data>) => new Outgoing<Data>(name, contract, []),
});
