/** What watching agreement needs from the memory, on PostgreSQL: each operation one transaction. */
import type { Entry } from "../journal/append.ts";
import { columns } from "../std/columns.ts";
import type { Statement } from "../std/statement.ts";
import { type Raised, raise, resolve } from "../trace/record.ts";
import {
  beginHeeding,
  chooseForComparisons,
  type DueLook,
  endComparisons,
  type Heeded,
  heed,
  type Kind,
  keepLooks,
  type Looked,
  looksDue,
  watchListed,
} from "../work/agreements.ts";
import { appendAndOwe } from "../work/deliveries.ts";
import { DueTimesBroughtNearer } from "./facts.ts";
import type { Resolved } from "./store.ts";

/** A document as the memory knows it. Times are RFC 3339. */
export interface Gathered {
  readonly instances: readonly {
    readonly process: string;
    readonly key: string;
    readonly status: string;
    readonly updatedAt: string;
    readonly body: string;
  }[];
  readonly said: readonly {
    readonly subject: string;
    readonly milestone: string;
    readonly system: string;
    readonly reached: boolean;
    readonly at: string;
  }[];
  readonly heard: readonly { readonly subject: string; readonly contract: string; readonly at: string }[];
  /** Facts that hearings follow from, the oldest first. */
  readonly told: readonly {
    readonly subject: string;
    /** It is of the document; otherwise it may name it, or another. */
    readonly own: boolean;
    readonly contract: string;
    readonly source: string;
    readonly at: string;
    readonly data: string;
  }[];
  /** When a demonstration brought due times nearer, and by how much: what was said before is older by that. */
  readonly nearer: readonly { readonly at: string; readonly ms: number }[];
}

/** What is gathered of documents of one agreement. */
export interface Gathering {
  readonly processes: readonly string[];
  readonly subjects: readonly string[];
  /** Contracts of which it is looked when they were last heard. */
  readonly contracts: readonly string[];
  /** Contracts of which every fact is read. */
  readonly facts: readonly string[];
}

/** A delivery of a document, as far as it may be the message that is missing. */
export interface Sent {
  readonly key: string;
  readonly connection: string;
  readonly contract: string;
  /** The document it is about. */
  readonly subject: string;
  readonly status: string;
  readonly reference: string | null;
  readonly reason: string | null;
  readonly updatedAt: string;
  /** The milestone it tells of, where its data names one. */
  readonly milestone: string | null;
  /** The open exception about it. */
  readonly exception: string | null;
  readonly owner: string | null;
}

/** A message that is owed to a system and not settled there. */
export interface UnderWay {
  readonly connection: string;
  readonly contract: string;
  readonly data: string;
}

/** A message that was sent again to mend a contradiction. */
export interface Mended {
  readonly key: string;
  /** Nobody knows yet what came of it. */
  readonly open: boolean;
  /** What is shown because the system took it under another number than before. */
  readonly shown: string | null;
}

/** A document that may keep something back. */
export interface Keeping {
  readonly process: string;
  readonly status: string;
  readonly body: string;
}

/** A comparison that has looked at everything. */
export interface Compared {
  readonly id: string;
  readonly kind: string;
  readonly documents: number;
  readonly agreed: number;
  readonly settling: number;
  readonly untold: number;
  readonly differing: number;
}

export interface AgreementStore {
  begin(kinds: readonly Kind[]): Promise<void>;
  /** Returns how many facts were read. */
  heed(heeded: readonly Heeded[], max: number): Promise<number>;
  /** Chooses what was asked to be compared. */
  choose(): Promise<number>;
  due(max: number): Promise<DueLook[]>;
  watch(kind: string, subjects: readonly string[]): Promise<void>;
  /** Messages of these contracts that are not settled; null when they are more than can be counted together. */
  underWay(contracts: readonly string[]): Promise<readonly UnderWay[] | null>;
  /** Documents of these processes of which a question is open, that stand still, or that are named; null when they are too many. */
  keeping(
    processes: readonly string[],
    named: readonly { readonly process: string; readonly key: string }[],
  ): Promise<readonly Keeping[] | null>;
  /** Which of these numbers nothing that was said names. */
  unheard(numbers: readonly string[]): Promise<ReadonlySet<string>>;
  mended(keys: readonly string[]): Promise<readonly Mended[]>;
  gather(what: Gathering): Promise<Gathered>;
  sent(processes: readonly string[], subjects: readonly string[]): Promise<Sent[]>;
  keep(
    looks: readonly Looked[],
    told: {
      readonly entries: readonly Entry[];
      readonly raised: readonly Raised[];
      readonly resolved: readonly Resolved[];
    },
  ): Promise<void>;
  compared(): Promise<Compared[]>;
}

const Documents = columns({ subject: "text", key: "text" });
const numberOf = (subject: string): string => subject.slice(subject.indexOf("/") + 1);
const documents = (subjects: readonly string[]) =>
  Documents.values(subjects.map((subject) => ({ subject, key: numberOf(subject) })));

/** Relies on the primary key of instance. */
const instancesOf = ({ processes, subjects }: Gathering): Statement => ({
  name: "agreement instances",
  text: `select i.process, i.key, i.status, i.updated_at as "updatedAt", i.body
    from ${Documents.from(2, "d")} join instance i on i.process = any($1) and i.key = d.key`,
  values: [processes, ...documents(subjects)],
});

/** Relies on the primary key of opinion. */
const saidOf = ({ subjects }: Gathering): Statement => ({
  name: "agreement said",
  text: `select o.subject, o.milestone, o.system, o.reached, o.said_at as at
    from ${Documents.from(1, "d")} join opinion o on o.subject = d.subject`,
  values: documents(subjects),
});

/**
 * The transactions under which documents are spoken of: their own, that of the process that follows them, and any other their number is
 * known by, as a return speaks of its order. Relies on the primary keys of instance and business_key.
 */
const spokenUnder = (documents: string, processes: string): string => `
  ${documents} cross join lateral (
    select d.subject as name union select i.correlation from instance i where i.process = any(${processes}) and i.key = d.key
    union select k.correlation from business_key k where k.value = d.key and k.type = split_part(d.subject, '/', 1)) as under`;

/** When each kind of fact was last recorded. Walks event_correlation. */
const heardOf = ({ processes, subjects, contracts }: Gathering): Statement => ({
  name: "agreement heard",
  text: `select d.subject, e.contract, max(e.recorded_at) as at
    from ${spokenUnder(Documents.from(3, "d"), "$2")} join event e on e.correlation = under.name and e.contract = any($1)
      and d.subject in (e.correlation, e.key)
    group by d.subject, e.contract`,
  values: [contracts, processes, ...documents(subjects)],
});

/** Every fact of some kinds, whether it is of the document or names it; whoever reads them looks. Walks event_correlation. */
const toldOf = ({ processes, subjects, facts }: Gathering): Statement => ({
  name: "agreement told",
  text: `select d.subject, d.subject in (e.correlation, e.key) as own, e.contract, e.source, e.recorded_at as at, e.data
    from ${spokenUnder(Documents.from(3, "d"), "$2")} join event e on e.correlation = under.name and e.contract = any($1)
    order by e.position limit 100000`,
  values: [facts, processes, ...documents(subjects)],
});

/** Of a demonstration; nothing anywhere else. Walks event_correlation. */
const nearerOf: Statement = {
  name: "agreement nearer",
  text: `select recorded_at as at, (readable(data)->>'ms')::float8 as ms from event
    where correlation = 'clock/demonstration' and contract = $1`,
  values: [DueTimesBroughtNearer.name],
};

/** Walks delivery_correlation, event_at and exception_open; asked for documents whose systems differ, which are few. */
const sentOf = (processes: readonly string[], subjects: readonly string[]): Statement => ({
  name: "agreement sent",
  text: `select d.key, d.connection, d.contract, s.subject, d.status, d.reference, d.reason, d.updated_at as "updatedAt",
      e.data::json->>'milestone' as milestone, x.id::text as exception, x.owner
    from (select d.subject, under.name from ${spokenUnder(Documents.from(2, "d"), "$1")}) s
      join delivery d on d.correlation = s.name and s.subject in (d.correlation, d.subject)
      left join event e on e.position = d.event_position and e.contract = 'operations.milestone-reached'
      left join exception x on x.subject_kind = 'delivery' and x.subject = d.key and x.resolved_at is null
    where d.status not in ('superseded', 'cancelled') order by d.id limit 20000`,
  values: [processes, ...documents(subjects)],
});

/** Counted together; when more than that is under way, nobody can tell. */
const UNDER_WAY_MAX = 20_000;

/** Walks delivery_open, and event_at for each. */
const underWayOf = (contracts: readonly string[]): Statement => ({
  name: "agreement under way",
  text: `select d.connection, d.contract, e.data from delivery d join event e on e.position = d.event_position
    where d.status not in ('applied', 'superseded', 'cancelled') and d.contract = any($1) limit ${UNDER_WAY_MAX + 1}`,
  values: [contracts],
});

/** Relies on the primary key of business_key, which begins with the number. */
const unheardOf = (numbers: readonly string[]): Statement => ({
  name: "agreement unheard",
  text: `select number from unnest($1::text[]) as number
    where not exists (select from business_key k where k.value = number)`,
  values: [numbers],
});

/** Relies on the primary key of delivery, and on exception_open; how the subject is written, `call.ts` says. */
const mendedOf = (keys: readonly string[]): Statement => ({
  name: "agreement mended",
  text: `select d.key, d.status in ('owed', 'attempting', 'in_doubt') as open, x.subject as shown
    from delivery d left join exception x on x.subject_kind = 'document' and x.resolved_at is null and x.subject =
      concat_ws('|', d.correlation, 'duplicate or conflict', d.connection, d.contract, 'replay', 'reference', d.key)
    where d.key = any($1)`,
  values: [keys],
});

const Named = columns({ process: "text", key: "text" });

/** Walks question_open, exception_open for those that stand still, and the primary key of instance. */
const keepingOf = (
  processes: readonly string[],
  named: readonly { readonly process: string; readonly key: string }[],
): Statement => ({
  name: "agreement keeping",
  text: `select i.process, i.status, i.body from (
      select q.process, q.key from question q where q.verdict is null and q.process = any($1)
      union
      select p.name, substr(x.subject, length(p.name) + 2) from exception x join unnest($1::text[]) as p(name)
        on starts_with(x.subject, p.name || ':') where x.subject_kind = 'instance' and x.resolved_at is null
      union
      select n.process, n.key from ${Named.from(2, "n")}) k
      join instance i on i.process = k.process and i.key = k.key and i.status in ('running', 'parked')
    limit ${UNDER_WAY_MAX + 1}`,
  values: [processes, ...Named.values(named)],
});

type Result = { readonly rows: unknown[] };

/** `together` commits statements as one transaction. */
export function agreementStore(
  together: (statements: readonly Statement[]) => Promise<readonly Result[]>,
): AgreementStore {
  const all = async <Row>(statement: Statement): Promise<Row[]> =>
    ((await together([statement]))[0]?.rows ?? []) as Row[];
  return {
    begin: async (kinds) => void (await all(beginHeeding(kinds))),
    heed: async (heeded, max) => (await all<{ read: number }>(heed(heeded, max)))[0]?.read ?? 0,
    choose: async () => (await all(chooseForComparisons)).length,
    due: (max) => all<DueLook>(looksDue(max)),
    watch: async (kind, subjects) => void (await all(watchListed(kind, subjects))),
    async underWay(contracts) {
      const found = await all<UnderWay>(underWayOf(contracts));
      return found.length > UNDER_WAY_MAX ? null : found;
    },
    async keeping(processes, named) {
      const found = await all<Keeping>(keepingOf(processes, named));
      return found.length > UNDER_WAY_MAX ? null : found;
    },
    async unheard(numbers) {
      if (numbers.length === 0) return new Set();
      return new Set((await all<{ number: string }>(unheardOf(numbers))).map(({ number }) => number));
    },
    mended: async (keys) => (keys.length === 0 ? [] : all<Mended>(mendedOf(keys))),
    async gather(what) {
      const [nearer, instances, said, heard, told] = await together([
        nearerOf,
        instancesOf(what),
        saidOf(what),
        heardOf(what),
        ...(what.facts.length > 0 ? [toldOf(what)] : []),
      ]);
      return {
        instances: instances?.rows,
        said: said?.rows,
        heard: heard?.rows,
        told: told?.rows ?? [],
        nearer: nearer?.rows,
      } as Gathered;
    },
    sent: (processes, subjects) => all<Sent>(sentOf(processes, subjects)),
    async keep(looks, { entries, raised, resolved }) {
      await together([
        keepLooks(looks),
        ...(entries.length > 0 ? [appendAndOwe(entries, [])] : []),
        ...(raised.length > 0 ? [raise(raised)] : []),
        ...(resolved.length > 0 ? [resolve(resolved)] : []),
      ]);
    },
    compared: () => all<Compared>(endComparisons),
  };
}
