/**
 * Live checks: questions about how things stand now, which runbooks ask beside each step.
 *
 * What must stay true: an answer is read from what is recorded, never from what somebody hopes; what only a person can tell is
 * answered by a person. Each answer is a sentence for whoever stands in the trouble. Nothing here writes.
 */
import { milliseconds, type Span } from "../std/span.ts";
import type { KnownAgreements } from "./agreement.ts";
import type { Balance, PartOfBalance } from "./balance.ts";
import { messageTitle, systemTitle } from "./known.ts";
import { type Areas, within } from "./places.ts";
import type { Db } from "./rows.ts";
import { type Line, type SystemView, systems } from "./systems.ts";

/** What is asked. `at` names a connection; without it the one the run is about. */
export type Check =
  /** It answers, and nobody paused it. */
  | { readonly check: "answers"; readonly at?: string }
  /** All other connections answer: the trouble has not spread. */
  | { readonly check: "others answer" }
  /** No delivery waits for it. */
  | { readonly check: "nothing waits"; readonly at?: string }
  /** Of none of its deliveries it is unclear whether they took effect. */
  | { readonly check: "nothing unclear"; readonly at?: string }
  /** None of its deliveries is set aside or on hold. */
  | { readonly check: "nothing set aside"; readonly at?: string }
  /** Something from outside was taken in within this time. */
  | { readonly check: "still accepting"; readonly within: Span }
  /** Since the run was opened there are as many of one fact as of the other. */
  | { readonly check: "as many"; readonly of: string; readonly as: string }
  /** Nothing that was accepted is without an outcome or a reason. */
  | { readonly check: "in balance" }
  /** It does not contradict others about anything for longer than the grace. Without a system: none does. */
  | { readonly check: "systems agree"; readonly at?: string }
  /** Only a person can tell. */
  | { readonly check: "a person says" };

export interface Finding {
  /** Null: only a person can tell. */
  readonly ok: boolean | null;
  /** A sentence: what was found. */
  readonly says: string;
}

export interface Occasion {
  /** The connection it is about; null for checks that name theirs. */
  readonly system: string | null;
  /** The journal's last position when it began; null before anything was begun. */
  readonly since: string | null;
}

/**
 * Answers all of them from one look; the order is kept. `account` makes the balance, or gives one that was made just now. What is
 * counted is counted in `areas`; whether a system answers is the same for everybody.
 */
export async function examine(
  db: Db,
  known: KnownAgreements,
  connections: readonly Line[],
  checks: readonly Check[],
  occasion: Occasion,
  account: () => Promise<Balance | PartOfBalance>,
  areas: Areas = null,
): Promise<Finding[]> {
  const all = await systems(db, known, connections, { areas });
  const asked = new Map<string, Promise<Finding>>();
  const once = (check: Check) => {
    const id = JSON.stringify(check);
    const answer = asked.get(id) ?? answerTo(check);
    asked.set(id, answer);
    return answer;
  };
  return Promise.all(checks.map(once));

  async function answerTo(check: Check): Promise<Finding> {
    switch (check.check) {
      case "answers":
        return at(check.at, answers);
      case "others answer": {
        const away = all.filter((one) => one.name !== occasion.system && RESTS.has(one.state));
        return away.length === 0
          ? { ok: true, says: "All other systems answer." }
          : { ok: false, says: `${away.map(({ title }) => title).join(", ")} rest as well.` };
      }
      case "nothing waits":
        return at(check.at, (one) => none(one, one.waiting, ["waits", "wait"], "for"));
      case "nothing unclear":
        return at(check.at, (one) => none(one, one.inDoubt, ["is unclear", "are unclear"], "at"));
      case "nothing set aside":
        return at(check.at, (one) =>
          none(one, one.parked + one.held, ["is set aside or on hold", "are set aside or on hold"], "at"),
        );
      case "still accepting":
        return accepting(check.within);
      case "as many":
        return asMany(check.of, check.as);
      case "in balance": {
        const { owed: all, delivered, silent, open } = await account();
        const owed = all ?? delivered;
        return {
          ok: silent === 0,
          says:
            silent === 0
              ? `Of ${owed} owed, every one has an outcome or a reason; ${open} are open.`
              : `${silent} of ${owed} have neither an outcome nor a reason: crossdock verify says where.`,
        };
      }
      case "systems agree":
        return agreeing(check.at ?? occasion.system);
      case "a person says":
        return { ok: null, says: "Only a person can tell." };
    }
  }

  async function agreeing(name: string | null): Promise<Finding> {
    const contradicting = within(areas, "coalesce(a.correlation, a.subject)", 2);
    const { rows } = await db.query<{ kind: string; count: number }>(contradictedWhere(contradicting.sql), [
      name,
      ...contradicting.values,
    ]);
    const who = name === null ? "No system" : systemTitle(known, name);
    if (rows.length === 0)
      return { ok: true, says: `${who} contradicts ${name === null ? "another" : "nobody"}.` };
    const where = rows.map(({ kind, count }) => `${known.agreements.get(kind)?.title ?? kind} ${count}`);
    return {
      ok: false,
      says: `${name === null ? "Systems contradict each other" : `${who} contradicts others`}: ${where.join(", ")}.`,
    };
  }

  function at(name: string | undefined, look: (one: SystemView) => Finding): Finding {
    const wanted = name ?? occasion.system;
    if (wanted === null) return { ok: null, says: "Choose the system it is about." };
    const one = all.find((each) => each.name === wanted);
    return one ? look(one) : { ok: null, says: `No system ${wanted} is connected here.` };
  }

  async function accepting(within: Span): Promise<Finding> {
    const { rows } = await db.query<{ recent: boolean | null }>(LAST_ARRIVAL, [milliseconds(within)]);
    const recent = rows[0]?.recent ?? false;
    return {
      ok: recent,
      says: `${recent ? "Something" : "Nothing"} was taken in within the last ${within}.`,
    };
  }

  async function asMany(of: string, as: string): Promise<Finding> {
    if (occasion.since === null) return { ok: null, says: "It is counted from the beginning of a run." };
    const counted = within(areas, "event.correlation", 3);
    const { rows } = await db.query<{ contract: string; count: number }>(countedSinceWhere(counted.sql), [
      occasion.since,
      [of, as],
      ...counted.values,
    ]);
    const count = (contract: string) => rows.find((row) => row.contract === contract)?.count ?? 0;
    const [left, right] = [count(of), count(as)];
    return { ok: left === right, says: `${messageTitle(of)}: ${left}. ${messageTitle(as)}: ${right}.` };
  }

  function answers({ name, title, state, because, pause, p50Ms }: SystemView): Finding {
    if (state === "paused")
      return { ok: false, says: `${title} is paused by ${pause?.by ?? "somebody"}: ${pause?.reason ?? ""}` };
    if (RESTS.has(state))
      return { ok: false, says: because ?? `${systemTitle(known, name)} does not answer.` };
    if (state === "slow")
      return { ok: false, says: `${title} answers slowly: ${Math.round(p50Ms ?? 0)} ms.` };
    return {
      ok: true,
      says:
        p50Ms === null ? `Nothing speaks against ${title}.` : `${title} answers in ${Math.round(p50Ms)} ms.`,
    };
  }
}

const RESTS: ReadonlySet<SystemView["state"]> = new Set(["down", "trying", "paused"]);

/** "Nothing waits for ERP." "At least 3 are unclear at ERP." */
const none = (
  { title, exact }: SystemView,
  count: number,
  [one, more]: readonly [one: string, more: string],
  where: "at" | "for",
): Finding =>
  count === 0
    ? { ok: true, says: `Nothing ${one} ${where} ${title}.` }
    : {
        ok: false,
        says: `${exact ? "" : "At least "}${count} ${count === 1 ? one : more} ${where} ${title}.`,
      };

/**
 * Documents that contradict, by kind; of a system those where it is the one to be mended, or has not heard. Index:
 * agreement_stand; only what differs is opened.
 */
const contradictedWhere = (mine: string): string => `
  select a.kind, count(*)::int as count from agreement a
   where a.stand = 'differ' and ${mine} and ($1::text is null or exists (
     select from json_array_elements(a.judged::json) f where f->>'stand' = 'differ'
       and (f->'remedy'->>'system' = $1 or exists (select from json_array_elements_text(f->'lacking') l(name) where l.name = $1))))
   group by a.kind order by a.kind`;

/** Index: event_at, from its end; looks no further back than a few thousand lines. */
const LAST_ARRIVAL = `
  select max(recorded_at) > clock_timestamp() - $1::float8 * interval '1 ms' as recent
    from (select recorded_at, causation from event order by position desc limit 5000) latest
   where causation like 'arrival:%'`;

/** Index: event_at; as much of the journal as came since. */
const countedSinceWhere = (mine: string): string => `
  select contract, count(*)::int as count from event
   where position > $1::bigint and contract = any($2) and ${mine} group by contract`;
