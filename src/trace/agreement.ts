/**
 * Do we agree? The matrix with exact counts, the contradictions that stand, and one document in full.
 *
 * Counts come from the rows of documents under watch by their index; lists are pages in a fixed order. Nothing is judged here:
 * what stands was judged when the document was last looked at, and says when.
 */
import type { Agreement } from "../contracts/agreement.ts";
import { namedWith, type Word } from "../contracts/judgement.ts";
import type { Finding } from "../work/agreements.ts";
import { type DocumentLine, type Down, lines } from "./documents.ts";
import type { Money } from "./header.ts";
import { type Known, plain, systemTitle } from "./known.ts";
import { addMoney } from "./money.ts";
import { type Areas, within } from "./places.ts";
import { type Db, type Instant, iso, isoOrNull, json } from "./rows.ts";

/** What faces know beside the words: the agreements of the configuration. */
export interface KnownAgreements extends Known {
  readonly agreements: ReadonlyMap<string, Agreement>;
}

export interface AgreementLine {
  readonly name: string;
  readonly title: string;
  readonly owner: string;
  /** Documents under watch, each in exactly one of these. */
  readonly agree: number;
  readonly settling: number;
  readonly cannotTell: number;
  readonly differ: number;
  /** Heard of, and not looked at yet. */
  readonly unseen: number;
  readonly milestones: readonly {
    readonly name: string;
    readonly systems: readonly { readonly name: string; readonly title: string; readonly asked: boolean }[];
    readonly grace: string;
    /** Documents that contradict here. */
    readonly differ: number;
  }[];
  /** What must never happen, with how many open exceptions say that it did. */
  readonly forbidden: readonly { readonly title: string; readonly open: number }[];
  /** How late the oldest look is that is due, in seconds. */
  readonly behindSeconds: number;
  readonly money: readonly Money[];
  readonly last: ComparisonLine | null;
}

export interface ComparisonLine {
  readonly id: string;
  readonly kind: string;
  readonly by: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Null until they are chosen. */
  readonly documents: number | null;
  readonly agreed: number;
  readonly settling: number;
  readonly untold: number;
  readonly differing: number;
}

/** Index: agreement_stand, by itself. */
const counts = (mine: string): string => `
  select kind, stand, count(*)::int as count from agreement where ${mine} group by kind, stand`;

/** Index: agreement_due, its first row. */
const BEHIND = `
  select kind, greatest(0, extract(epoch from now() - min(due_at)))::int as behind from agreement
   where due_at < now() group by kind`;

/** Contradictions by milestone, and what they put at risk. Index: agreement_stand; only what differs is opened. */
const differing = (mine: string): string => `
  with found as (
    select a.kind, a.subject, f->>'milestone' as milestone, f->'worth'->>'amount' as amount, f->'worth'->>'currency' as currency
      from agreement a, json_array_elements(a.judged::json) f
     where a.stand = 'differ' and f->>'stand' = 'differ' and ${mine})
  select kind, milestone, count(*)::int as count, null as amount, null as currency from found group by kind, milestone
  union all
  select kind, null, null, sum(amount::numeric)::text, currency
    from (select distinct kind, subject, amount, currency from found where amount is not null) once group by kind, currency`;

/** Index: exception_open (partial). */
const forbiddenOpen = (mine: string): string => `
  select fingerprint, count(*)::int as count from exception where resolved_at is null and fingerprint = any($1) and ${mine} group by fingerprint`;

/** Index: comparison_recent. */
const COMPARISONS = `
  select id::text as id, kind, asked_by as by, started_at, ended_at, documents, agreed, settling, untold, differing
    from comparison order by started_at desc limit $1`;

/** Every agreement with its matrix, and where its documents stand now. */
export async function agreementMatrix(
  db: Db,
  known: KnownAgreements,
  areas: Areas = null,
): Promise<AgreementLine[]> {
  if (known.agreements.size === 0) return [];
  const never = [...known.agreements.values()].flatMap(({ forbidden = [] }) =>
    forbidden.map(({ fingerprint }) => fingerprint),
  );
  const mine = within(areas, "coalesce(agreement.correlation, agreement.subject)", 1);
  const theirs = within(areas, "coalesce(a.correlation, a.subject)", 1);
  const shown = within(areas, "exception.correlation", 2);
  const [stands, behind, found, compared, inverted] = await Promise.all([
    db.query<{ kind: string; stand: string; count: number }>(counts(mine.sql), [...mine.values]),
    db.query<{ kind: string; behind: number }>(BEHIND, []),
    db.query<{
      kind: string;
      milestone: string | null;
      count: number;
      amount: string;
      currency: string;
    }>(differing(theirs.sql), [...theirs.values]),
    // A comparison was of all of the business.
    areas === null ? comparisons(db, 50) : [],
    db.query<{ fingerprint: string; count: number }>(forbiddenOpen(shown.sql), [never, ...shown.values]),
  ]);
  return [...known.agreements.values()].map((agreement) => {
    const { name, title, owner, milestones, snapshots, forbidden = [] } = agreement;
    const of = (stand: string) =>
      stands.rows.find((row) => row.kind === name && row.stand === stand)?.count ?? 0;
    const here = found.rows.filter(({ kind }) => kind === name);
    return {
      name,
      title,
      owner,
      agree: of("agree"),
      settling: of("settling"),
      cannotTell: of("cannot tell"),
      differ: of("differ"),
      unseen: of("new"),
      milestones: Object.entries(milestones).map(([milestone, { systems, grace }]) => ({
        name: milestone,
        grace,
        differ: here.find((row) => row.milestone === milestone)?.count ?? 0,
        systems: Object.entries(systems).map(([system, { with: others = [] }]) => ({
          name: system,
          title: [system, ...others].map((one) => systemTitle(known, one)).join(" with "),
          asked: snapshots.some((one) => one.system === system),
        })),
      })),
      forbidden: forbidden.map((one) => ({
        title: one.title,
        open: inverted.rows.find(({ fingerprint }) => fingerprint === one.fingerprint)?.count ?? 0,
      })),
      behindSeconds: behind.rows.find(({ kind }) => kind === name)?.behind ?? 0,
      money: addMoney(
        here.flatMap(({ milestone, amount, currency }) => (milestone === null ? [{ amount, currency }] : [])),
      ),
      last: compared.find(({ kind }) => kind === name) ?? null,
    };
  });
}

/** The latest comparisons, newest first. */
export async function comparisons(db: Db, limit = 20): Promise<ComparisonLine[]> {
  const { rows } = await db.query<
    Omit<ComparisonLine, "startedAt" | "endedAt"> & { started_at: Instant; ended_at: Instant | null }
  >(COMPARISONS, [limit]);
  return rows.map(({ started_at, ended_at, ...row }) => ({
    ...row,
    startedAt: iso(started_at),
    endedAt: isoOrNull(ended_at),
  }));
}

/** One milestone of one document, in words. */
export interface FindingView extends Pick<Finding, "milestone" | "stand" | "since" | "remedy" | "lacking"> {
  readonly words: readonly (Word & { readonly title: string })[];
  readonly figures: readonly {
    readonly name: string;
    readonly held: readonly { readonly title: string; readonly value: string }[];
  }[];
  /** Somebody closed what was shown and said why. */
  readonly accepted: string | null;
}

export interface Contradiction {
  readonly subject: string;
  readonly document: DocumentLine | null;
  readonly lookedAt: string | null;
  readonly worth: Money | null;
  readonly findings: readonly FindingView[];
}

/** Index: agreement_stand, then the primary key for the order. */
const contradicting = (mine: string): string => `
  select a.subject, coalesce(a.correlation, a.subject) as correlation, a.looked_at, a.judged from agreement a
   where a.kind = $1 and a.stand = 'differ' and a.subject > $2
     and ($3::text is null or exists (select from json_array_elements(a.judged::json) f where f->>'milestone' = $3 and f->>'stand' = 'differ'))
     and ${mine}
   order by a.subject limit $4`;

/** What people closed about these documents. Index: exception_subject. */
const ACCEPTED = `
  select distinct on (x.subject) x.subject, x.resolved_at is not null and c.by <> 'crossdock' as accepted, c.detail
    from exception x left join exception_change c on c.exception = x.id and c.what = 'closed'
   where x.subject_kind = 'document' and x.subject = any($1) order by x.subject, x.id desc`;

/** A page of documents whose systems contradict each other, by their numbers. */
export async function contradictions(
  db: Db,
  known: KnownAgreements,
  kind: string,
  options: {
    milestone?: string | null;
    after?: string | null;
    limit?: number;
    areas?: Areas;
    down?: Down;
  } = {},
): Promise<{ readonly contradictions: Contradiction[]; readonly next: string | null }> {
  const limit = Math.min(options.limit ?? 50, 200);
  const mine = within(options.areas ?? null, "coalesce(a.correlation, a.subject)", 5);
  const { rows } = await db.query<JudgedRow>(contradicting(mine.sql), [
    kind,
    options.after ?? "",
    options.milestone ?? null,
    limit + 1,
    ...mine.values,
  ]);
  const shown = rows.slice(0, limit);
  return {
    contradictions: await viewsOf(db, known, shown, options),
    next: rows.length > limit ? (shown.at(-1)?.subject ?? null) : null,
  };
}

/** What stands between the systems about one document; null when nobody watches it. */
export async function agreementOf(
  db: Db,
  known: KnownAgreements,
  subject: string,
  options: { down?: Down } = {},
): Promise<(Contradiction & { readonly stand: string; readonly kind: string }) | null> {
  const { rows } = await db.query<JudgedRow & { stand: string; kind: string }>(
    "select subject, coalesce(correlation, subject) as correlation, looked_at, judged, stand, kind from agreement where subject = $1",
    [subject],
  );
  const row = rows[0];
  if (!row) return null;
  const [view] = await viewsOf(db, known, [row], options);
  return view ? { ...view, stand: row.stand, kind: row.kind } : null;
}

/** The business transaction something under watch belongs to; what is not under watch is taken for one. */
export async function transactionOf(db: Db, subject: string): Promise<string> {
  const { rows } = await db.query<{ correlation: string }>(
    "select coalesce(correlation, subject) as correlation from agreement where subject = $1",
    [subject],
  );
  return rows[0]?.correlation ?? subject;
}

interface JudgedRow {
  readonly subject: string;
  readonly correlation: string;
  readonly looked_at: Instant | null;
  readonly judged: string | null;
}

async function viewsOf(db: Db, known: KnownAgreements, rows: readonly JudgedRow[], options: { down?: Down }) {
  const documents = await lines(
    db,
    rows.map(({ correlation }) => correlation),
    known,
    options,
  );
  const all = rows.map((row) => ({ row, found: (json(row.judged) ?? []) as Finding[] }));
  const shown = all.flatMap(({ row, found }) =>
    found.map(({ milestone }) => `${row.subject}|agreement|${milestone}`),
  );
  const closed = await db.query<{ subject: string; accepted: boolean; detail: string | null }>(ACCEPTED, [
    shown,
  ]);
  const named = (words: readonly Word[]) => namedWith(words, (system) => titleOf(known, system));
  return all.map(({ row, found }): Contradiction => {
    const { subject, correlation: of, looked_at } = row;
    return {
      subject,
      document: documents.find(({ correlation }) => correlation === of) ?? null,
      lookedAt: isoOrNull(looked_at),
      worth: found.find(({ worth }) => worth)?.worth ?? null,
      findings: found.map(({ milestone, stand, since, remedy, lacking, words, figures }) => ({
        milestone,
        stand,
        since,
        remedy: remedy && {
          ...remedy,
          missing: plain(known, remedy.missing),
          advice: plain(known, remedy.advice),
          explained: remedy.explained && {
            ...remedy.explained,
            because: plain(known, remedy.explained.because),
          },
        },
        lacking,
        words: words.map((word) => ({ ...word, title: named(words)(word.system) })),
        figures: figures.map(({ name, held }) => ({
          name,
          held: Object.entries(held).map(([system, value]) => ({ title: named(words)(system), value })),
        })),
        accepted:
          closed.rows.find((one) => one.subject === `${subject}|agreement|${milestone}` && one.accepted)
            ?.detail ?? null,
      })),
    };
  });
}

const titleOf = (known: Known, system: string): string =>
  system === "crossdock" ? "Crossdock" : systemTitle(known, system);
