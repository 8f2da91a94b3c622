/**
 * What is owed, on the database in memory: intents, outcomes, what is read back, what is set aside and what goes again.
 */
import type { Store } from "../../src/runtime/store.ts";
import { limits } from "../../src/std/limits.ts";
import { storable } from "../../src/std/storable.ts";
import type { OpenDelivery } from "../../src/work/deliveries.ts";
import type { Access } from "./access.ts";
import { type Database, refuseUnstorable } from "./database.ts";
import { isKnown, lastWordOn } from "./known.ts";

type Deliveries = Pick<
  Store,
  | "recordOutcomes"
  | "beginAttempts"
  | "openDeliveries"
  | "openAmong"
  | "strays"
  | "setAside"
  | "waitsOver"
  | "checksDue"
  | "checked"
  | "release"
  | "periodStatus"
  | "correct"
  | "returnUnsent"
>;

const UNSENT = ["owed", "attempting", "in_doubt"];

export function deliveryStore({ db, write, look, fired }: Access): Deliveries {
  const { kernel } = db;

  return {
    recordOutcomes: (ended) =>
      write("outcomes", { positions: ended.reduce((sum, { answers }) => sum + answers.length, 0) }, (tx) => {
        refuseUnstorable(ended.flatMap(({ answers }) => answers));
        if (new Set(ended.map(({ outcome }) => outcome.key)).size < ended.length)
          throw new Error("an outcome came too late");
        const done = ended.filter(({ outcome }) => {
          const row = db.deliveries.get(outcome.key);
          if (!row || row.attempts !== outcome.attempts || !["attempting", "in_doubt"].includes(row.status)) {
            fired("late outcome refused");
            return false;
          }
          if (outcome.status === "parked" && row.crashes >= limits.crashesMax)
            fired("set aside after crashes");
          row.status = outcome.status;
          row.looking = false;
          row.doubts = outcome.doubts;
          row.notFound = outcome.notFound;
          row.nextTry = outcome.delayMs === null ? null : kernel.now + outcome.delayMs;
          row.reference = outcome.reference === null ? row.reference : storable(outcome.reference);
          row.reason = outcome.reason;
          row.updated = kernel.now;
          return true;
        });
        for (const { outcome, answers, raised, resolved, waits, check } of done) {
          const row = db.deliveries.get(outcome.key);
          if (check && row?.status === "applied" && !db.checks.has(row.key))
            db.checks.set(row.key, { round: 1, due: kernel.now + limits.firstLookMs });
          if (waits && row?.status === "parked")
            Object.assign(row, { waitsFor: waits.for, waitsSince: kernel.now - waits.sinceMs });
          if (outcome.status === "parked" && raised.some((one) => one.class === "temporary"))
            db.givenUp.add(outcome.key);
          db.appendAll(tx, answers);
          db.remember(
            answers.flatMap(({ keys, correlation }) => keys.map((key) => ({ ...key, correlation }))),
          );
          db.raise(raised);
          db.resolve(resolved);
        }
        return done.map(({ outcome }) => outcome.key);
      }),

    beginAttempts: (worker, attempts) =>
      write("intent", {}, () =>
        attempts.flatMap(({ key, attempts: number, look: looks = false }) => {
          const row = db.deliveries.get(key);
          if (
            !row ||
            row.attempts !== number ||
            !["in_doubt", looks ? "attempting" : "owed"].includes(row.status)
          )
            return [];
          if (db.lanes[row.lane]?.owner !== worker) {
            fired("stale intent refused");
            return [];
          }
          if (!looks) Object.assign(row, { status: "attempting", attempts: row.attempts + 1 });
          row.looking = looks;
          row.updated = kernel.now;
          return [key];
        }),
      ),

    openDeliveries: (connection, lanes, after, max) =>
      look("open deliveries", () => {
        const page: OpenDelivery[] = [];
        let bytes = 0;
        // Rows are kept in the order of their ids.
        for (const row of db.deliveries.values()) {
          if (page.length >= max || bytes >= limits.pageBytesMax) break;
          if (row.connection !== connection || !lanes.includes(row.lane) || row.id <= Number(after)) continue;
          const open = db.open(row);
          if (!open) continue;
          page.push(open);
          bytes += Buffer.byteLength(open.data);
        }
        return page;
      }),

    openAmong: (keys) =>
      look("open among", () =>
        keys.flatMap((key) => {
          const row = db.deliveries.get(key);
          return (row && db.open(row)) ?? [];
        }),
      ),

    strays: (lanes, connections, max) =>
      look("strays", () =>
        [...db.deliveries.values()]
          .filter(
            ({ lane, connection, status }) =>
              lanes.includes(lane) && !connections.includes(connection) && UNSENT.includes(status),
          )
          .slice(0, max)
          .map(({ key, attempts, flow, connection, contract, correlation }) => ({
            key,
            attempts,
            flow,
            connection,
            contract,
            correlation,
          })),
      ),

    setAside: (worker, aside) =>
      write("set aside", {}, () =>
        aside.flatMap(({ key, attempts, reason, waitsFor, raised }) => {
          const row = db.deliveries.get(key);
          if (
            row?.attempts !== attempts ||
            !UNSENT.includes(row.status) ||
            db.lanes[row.lane]?.owner !== worker
          )
            return [];
          if (row.status === "attempting") row.doubts += 1;
          Object.assign(row, {
            status: "parked",
            reason,
            waitsFor,
            waitsSince: kernel.now,
            nextTry: null,
            updated: kernel.now,
          });
          db.raise([raised]);
          return [key];
        }),
      ),

    waitsOver: (lanes, max) =>
      look("waits over", () =>
        [...db.deliveries.values()]
          .filter(
            ({ lane, status, waitsFor, waitsSince, connection }) =>
              waitsFor !== null &&
              status === "parked" &&
              lanes.includes(lane) &&
              (db.events.some(
                ({ kind, key, correlation, at }) =>
                  kind === "event" && key === waitsFor && correlation === waitsFor && at > waitsSince,
              ) ||
                [...db.deliveries.values()].some(
                  (other) =>
                    other.subject === waitsFor &&
                    other.correlation === waitsFor &&
                    other.connection === connection &&
                    other.status === "applied" &&
                    other.updated > waitsSince,
                ) ||
                isKnown(db, waitsFor)),
          )
          .slice(0, max)
          .map(({ key }) => key),
      ),

    checksDue: (lanes, max) =>
      look("checks due", () =>
        [...db.checks]
          .filter(([key, { due }]) => due <= kernel.now && lanes.includes(db.deliveries.get(key)?.lane ?? -1))
          .sort(([, a], [, b]) => a.due - b.due)
          .slice(0, max)
          .flatMap(([key, { round }]) => {
            const row = db.deliveries.get(key);
            const event = row && db.byPosition.get(row.position);
            return row && event ? [{ ...db.look(row, event), round }] : [];
          }),
      ),

    checked: ({ delivery, round, nextMs, raised }) =>
      write("checked", {}, () => {
        const check = db.checks.get(delivery);
        if (check?.round !== round) return false;
        if (nextMs === null) db.checks.delete(delivery);
        else db.checks.set(delivery, { round: round + 1, due: kernel.now + nextMs });
        if (raised) {
          fired("second booking found by looking again");
          db.raise([raised]);
        }
        return true;
      }),

    release: (worker, keys) =>
      write("release", {}, () =>
        keys.filter((key) => {
          const row = db.deliveries.get(key);
          if (row?.status !== "parked" || row.waitsFor === null || db.lanes[row.lane]?.owner !== worker)
            return false;
          const reason = `What it waited for has come: ${row.waitsFor}.`;
          const status = row.doubts > 0 ? "in_doubt" : "owed";
          Object.assign(row, {
            status,
            reason,
            notFound: 0,
            waitsFor: null,
            nextTry: kernel.now,
            updated: kernel.now,
          });
          db.resolve([{ subjectKind: "delivery", subject: key }]);
          fired("went again by itself");
          return true;
        }),
      ),

    periodStatus: (period) => look("period", () => lastWordOn(db, period)),

    correct: ({ delivery, data, contractVersion }) =>
      write("correct", {}, () => {
        const row = db.deliveries.get(delivery);
        if (!row) return;
        row.corrected += 1;
        db.corrections.set(delivery, { version: contractVersion, data });
        fired("posting moved to another period");
      }),

    returnUnsent: (unsent) => write("return unsent", {}, () => takeBack(db, unsent)),
  };
}

/** What was said to be on the wire and was not sent is owed again. */
export function takeBack(db: Database, unsent: readonly { key: string; attempts: number }[]): void {
  for (const { key, attempts } of unsent) {
    const row = db.deliveries.get(key);
    if (row?.attempts !== attempts || row.status !== "attempting") continue;
    row.status = "owed";
    row.attempts -= 1;
  }
}
