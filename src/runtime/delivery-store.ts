/**
 * What is owed, on PostgreSQL: intents, outcomes, what is read back, what is set aside and what goes again.
 *
 * What must stay true: a change is written with everything that follows from it, or not at all. So every statement that
 * expects rows as they were read fails its transaction when one has moved on (`OVERTAKEN`), and the others are written again.
 */
import type pg from "pg";
import type { Entry } from "../journal/append.ts";
import { limits } from "../std/limits.ts";
import type { Statement } from "../std/statement.ts";
import type { KnownKeys } from "../trace/known-keys.ts";
import { Counts, count, type KnownKey, raise, rememberKeys, resolve } from "../trace/record.ts";
import {
  beginAttempts,
  currentOutcomes,
  type OpenDelivery,
  OVERTAKEN,
  openAmong,
  openDeliveries,
  recordOutcomes,
  returnUnsent,
} from "../work/deliveries.ts";
import { correctByRule, lastWordOn } from "../work/periods.ts";
import { checked, checksDue, type DueCheck, planChecks } from "../work/post-checks.ts";
import { letWait, release, type Stray, setAsideUnsent, strays, waitsOver } from "../work/waiting.ts";
import type { Ended, Store } from "./store.ts";

type Deliveries = Pick<
  Store,
  | "recordOutcomes"
  | "beginAttempts"
  | "openDeliveries"
  | "openAmong"
  | "returnUnsent"
  | "strays"
  | "setAside"
  | "waitsOver"
  | "release"
  | "checksDue"
  | "checked"
  | "periodStatus"
  | "correct"
>;

/** `commit` writes in one transaction, `alone` reads; `known` remembers which business keys are written already. */
export function deliveryStore(
  commit: (statements: readonly Statement[]) => Promise<pg.QueryResult[]>,
  alone: <Row extends pg.QueryResultRow>(statement: Statement) => Promise<Row[]>,
  known: KnownKeys,
): Deliveries {
  return {
    async recordOutcomes(ended) {
      // Nearly always all of them still count, and one round trip does. Where one does not, nothing was written, and those
      // that do are recorded without it.
      for (let still = ended; still.length > 0; ) {
        let overtaken: unknown;
        const entries = still.flatMap(({ answers }) => answers);
        const keys = entries.flatMap(({ correlation, keys: named }) =>
          known.fresh(correlation, named).map((key) => ({ ...key, correlation })),
        );
        try {
          await commit(outcomeStatements(still, entries, keys));
          for (const key of keys) known.remember(key.correlation, [key]);
          return still.map(({ outcome }) => outcome.key);
        } catch (error) {
          if ((error as { code?: string }).code !== OVERTAKEN) throw error;
          overtaken = error;
        }
        const current = await alone<{ key: string }>(currentOutcomes(still.map(({ outcome }) => outcome)));
        const keep = new Set(current.map(({ key }) => key));
        const left = still.filter(({ outcome }) => keep.has(outcome.key));
        // Whoever overtook it has gone again, or is not to be seen: asked at once, the same could be said for ever.
        if (left.length === still.length) throw overtaken;
        still = left;
      }
      return [];
    },

    async beginAttempts(worker, attempts) {
      const [begun] = await commit([beginAttempts(worker, attempts)]);
      return (begun?.rows ?? []).map(({ key }: { key: string }) => key);
    },

    openDeliveries: (connection, lanes, after, max) =>
      alone<OpenDelivery & pg.QueryResultRow>(
        openDeliveries(connection, lanes, after, max, limits.pageBytesMax),
      ),

    async returnUnsent(unsent) {
      await commit([returnUnsent(unsent)]);
    },

    openAmong: (keys) => alone<OpenDelivery & pg.QueryResultRow>(openAmong(keys)),

    strays: (lanes, connections, max) => alone<Stray & pg.QueryResultRow>(strays(lanes, connections, max)),

    setAside: (worker, aside) =>
      stillSo(aside, (some) => [setAsideUnsent(worker, some), raise(some.map(({ raised }) => raised))]),

    async waitsOver(lanes, max) {
      return (await alone<{ key: string }>(waitsOver(lanes, max))).map(({ key }) => key);
    },

    checksDue: (lanes, max) => alone<DueCheck & pg.QueryResultRow>(checksDue(lanes, max)),

    async checked({ delivery, round, nextMs, raised }) {
      const changed = await stillSo([{ key: delivery }], () => [
        checked(delivery, round, nextMs),
        ...(raised ? [raise([raised])] : []),
      ]);
      return changed.length > 0;
    },

    async periodStatus(period) {
      return (await alone<{ status: string }>(lastWordOn(period)))[0]?.status ?? null;
    },

    async correct(correction) {
      await commit([correctByRule(correction)]);
    },

    release: (worker, keys) =>
      stillSo(
        keys.map((key) => ({ key })),
        (some) => [
          release(
            worker,
            some.map(({ key }) => key),
          ),
          resolve(
            some.map(({ key }) => ({
              subjectKind: "delivery",
              subject: key,
              resolution: "What it waited for has come.",
            })),
          ),
        ],
      ),
  };

  /** Commits a change that must find each row as it was read; where one has moved on, the others go one by one. */
  async function stillSo<Row extends { readonly key: string }>(
    found: readonly Row[],
    change: (some: readonly Row[]) => Statement[],
  ): Promise<string[]> {
    if (found.length === 0) return [];
    try {
      await commit(change(found));
      return found.map(({ key }) => key);
    } catch (error) {
      if ((error as { code?: string }).code !== OVERTAKEN) throw error;
      if (found.length === 1) return [];
    }
    const changed: string[] = [];
    for (const one of found) changed.push(...(await stillSo([one], change)));
    return changed;
  }
}

function outcomeStatements(
  ended: readonly Ended[],
  answers: readonly Entry[],
  keys: readonly KnownKey[],
): Statement[] {
  const [raised, resolved] = [ended.flatMap((one) => one.raised), ended.flatMap((one) => one.resolved)];
  const waits = ended.flatMap(({ outcome: { key }, waits: wait }) =>
    wait ? [{ key, waitsFor: wait.for, sinceMs: wait.sinceMs }] : [],
  );
  const checks = ended.flatMap(({ outcome: { key }, check }) => (check ? [key] : []));
  const counts = new Counts();
  for (const { counts: each } of ended)
    for (const { scope, name, delta } of each) counts.add(scope, name, delta);
  return [
    recordOutcomes(
      ended.map(({ outcome }) => outcome),
      answers,
    ),
    ...(waits.length > 0 ? [letWait(waits)] : []),
    ...(checks.length > 0 ? [planChecks(checks, limits.firstLookMs)] : []),
    ...(keys.length > 0 ? [rememberKeys(keys)] : []),
    ...(raised.length > 0 ? [raise(raised)] : []),
    ...(resolved.length > 0 ? [resolve(resolved)] : []),
    ...(counts.all.length > 0 ? [count(counts.all)] : []),
  ];
}
