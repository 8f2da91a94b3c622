/**
 * The store of one worker, on the database in memory: every operation takes time, may fail before or after its commit, and
 * may be the last thing the worker does.
 *
 * It promises what `src/runtime/store.ts` says and what `postgres-store.ts` does, no more; the conformance suite compares
 * the two. It knows nothing about orders or targets.
 */
import { PeriodStatusChanged } from "../../src/contracts/canon/costing.ts";
import type { Entry } from "../../src/journal/append.ts";
import type { Recorded } from "../../src/journal/read.ts";
import { type AcceptedAs, type Act, type Store, TakenOver } from "../../src/runtime/store.ts";
import { limits } from "../../src/std/limits.ts";
import { storable } from "../../src/std/storable.ts";
import type { OpenDelivery } from "../../src/work/deliveries.ts";
import type { Instance } from "../../src/work/instances.ts";
import type { Lane } from "../../src/work/lanes.ts";
import type { Database, EventRow, InstanceRow, Transaction } from "./database.ts";
import type { Program } from "./kernel.ts";

/** How this worker's line to the database behaves. Shares are of calls. */
export interface Line {
  /** Median of one way, in milliseconds. */
  latencyMs: number;
  refused: number;
  lostBeforeCommit: number;
  lostAfterCommit: number;
  /** A transaction that stays open for long. */
  stalled: number;
}

/** Told of every call and every answer, so that a worker can be killed or stopped at each of them. */
export type Watch = (point: string) => void;

export function simStore(
  db: Database,
  program: Program,
  line: Line,
  watch: Watch = () => undefined,
  fired: (fault: string) => void = () => undefined,
): Store {
  const { kernel } = db;
  const random = kernel.chanceOf(`line of ${program.name}`);
  const way = () => random.latency(line.latencyMs);

  function write<Result>(
    name: string,
    options: { locks?: readonly string[]; positions?: number },
    act: (tx: Transaction) => Result,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      // It was killed in the midst of something: whatever would follow from that does not happen.
      if (!program.alive) return;
      watch(`store ${name}`);
      const answer = (call: () => void) =>
        void kernel.later(way(), `answer ${name}`, program, () => {
          watch(`store ${name} answered`);
          call();
        });
      const lost = (why: string) =>
        answer(() => reject(new Error(`The connection to the database broke: ${why}.`)));
      if (kernel.strikes("database refuses", line.refused)) {
        fired("database refused");
        return lost("refused");
      }
      const dies = kernel.strikes("connection lost before commit", line.lostBeforeCommit);
      const silent = kernel.strikes("connection lost after commit", line.lostAfterCommit);
      void kernel.later(way(), `begin ${name}`, null, () => {
        // What a killed worker had sent may have reached the server, or not.
        if (!program.alive && random.chance(0.5)) return;
        if (kernel.now < db.downUntil) return lost("the server is down");
        db.begin([...new Set(options.locks ?? [])].sort(), options.positions ?? 0, (tx) => {
          const stalled = kernel.strikes("transaction stalls", line.stalled);
          if (stalled) fired("transaction stalled");
          const work = stalled ? random.between(200, 2_000) : way();
          void kernel.later(work, `commit ${name}`, null, () => {
            if (tx.incarnation !== db.incarnation) return lost("the server restarted");
            if (dies) {
              fired("connection lost before commit");
              db.end(tx);
              return lost("before the commit");
            }
            let result: Result;
            try {
              result = act(tx);
            } catch (error) {
              db.end(tx);
              return answer(() => reject(error));
            }
            db.end(tx);
            if (silent) {
              fired("connection lost after commit");
              return lost("during the commit");
            }
            answer(() => resolve(result));
          });
        });
      });
    });
  }

  function look<Result>(name: string, act: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (!program.alive) return;
      watch(`store ${name}`);
      const refused = kernel.strikes("database refuses", line.refused);
      if (refused) fired("database refused");
      void kernel.later(way(), `look ${name}`, null, () => {
        const failed = refused || kernel.now < db.downUntil;
        const result = failed ? undefined : act();
        void kernel.later(way(), `answer ${name}`, program, () => {
          watch(`store ${name} answered`);
          if (failed) reject(new Error("The connection to the database broke: refused."));
          else resolve(result as Result);
        });
      });
    });
  }

  const lanesOf = (worker: string): Lane[] =>
    db.lanes
      .filter(({ owner }) => owner === worker)
      .map(({ id, epoch, xid, position }) => ({
        id,
        epoch: String(epoch),
        xid: String(xid),
        position: String(position),
      }));

  const takeBack = (unsent: readonly { key: string; attempts: number }[]) => {
    for (const { key, attempts } of unsent) {
      const row = db.deliveries.get(key);
      if (row?.attempts !== attempts || row.status !== "attempting") continue;
      row.status = "owed";
      row.attempts -= 1;
    }
  };

  const append = (tx: Transaction, entries: readonly Entry[]) => entries.map((entry) => db.append(tx, entry));

  return {
    async accept(arrivals, raised) {
      const entries = arrivals.flatMap((arrival) => arrival.entries);
      return write(
        "accept",
        { locks: entries.map(({ key }) => `key ${key}`), positions: entries.length },
        (tx): AcceptedAs[] => {
          refuseUnstorable(entries);
          const fates = arrivals.map((given): AcceptedAs => {
            const id = `${given.source}\n${given.messageId}`;
            const known = given.state === "accepted" ? db.receipts.get(id) : undefined;
            if (known && known.arrival !== given.arrival) {
              const same = known.hash === given.hash;
              fired(same ? "copy answered with the first receipt" : "other content under a known id");
              return { outcome: same ? "duplicate" : "conflict", arrival: known.arrival };
            }
            if (known) return { outcome: "new" };
            if (given.state === "accepted") db.receipts.set(id, { hash: given.hash, arrival: given.arrival });
            db.arrivals.push({ arrival: given.arrival, state: given.state });
            append(tx, given.entries);
            db.remember(
              given.entries.flatMap(({ keys, correlation }) => keys.map((key) => ({ ...key, correlation }))),
            );
            return { outcome: "new" };
          });
          db.raise(raised);
          return fates;
        },
      );
    },

    /** Beside the work, and looked at by nothing here. */
    async count() {},

    async lease(worker, place) {
      const { mine, workers, lost } = await write("lease", {}, () => {
        const now = kernel.now;
        for (const [id, beat] of db.workers)
          if (id !== worker && beat.at < now - db.leaseMs && db.workers.delete(id)) db.lost.set(id, now);
        db.workers.set(worker, { at: now, place, program });
        for (const lane of db.lanes) if (lane.owner === worker) lane.until = now + db.leaseMs;
        const lost = [...db.lost.values()].filter((at) => at >= now - limits.carefulMs).length;
        return { mine: lanesOf(worker), workers: db.workers.size, lost };
      });
      const laneCount = db.lanes.length;
      const share = Math.ceil(laneCount / workers);
      const rest = { laneCount, workers, lost };
      if (mine.length > share)
        return { lanes: mine, taken: [], surplus: mine.slice(share).map(({ id }) => id), ...rest };
      if (mine.length === share) return { lanes: mine, taken: [], surplus: [], ...rest };
      const taken = await write("take lanes", {}, () => {
        const free = db.lanes
          .filter(({ owner, until }) => owner === null || until < kernel.now)
          .slice(0, share - mine.length);
        for (const lane of free) {
          if (lane.owner !== null) fired("lane taken over");
          lane.owner = worker;
          lane.epoch += 1;
          lane.until = kernel.now + db.leaseMs;
          for (const row of db.deliveries.values()) {
            const sent = row.status === "attempting";
            if (row.lane !== lane.id || !(sent || (row.status === "in_doubt" && row.looking))) continue;
            fired(sent ? "attempt doubted by a takeover" : "look lost by a takeover");
            row.status = "in_doubt";
            if (sent) Object.assign(row, { doubts: row.doubts + 1, notFound: 0 });
            row.crashes += 1;
            row.looking = false;
            row.reason = "The worker that had it in its hands stopped.";
            row.updated = kernel.now;
          }
        }
        const ids = free.map(({ id }) => id);
        return lanesOf(worker).filter(({ id }) => ids.includes(id));
      });
      return { lanes: [...mine, ...taken], taken: taken.map(({ id }) => id), surplus: [], ...rest };
    },

    neighbours: (worker) =>
      look("neighbours", () =>
        [...db.workers]
          .filter(([id]) => id !== worker)
          .map(([id, neighbour]) => ({ id, place: placeNow(neighbour) })),
      ),

    bury: (workers) =>
      write("bury", {}, () => {
        for (const id of workers) {
          if (!db.workers.delete(id)) continue;
          db.lost.set(id, kernel.now);
          fired("worker buried");
          for (const lane of db.lanes) if (lane.owner === id) lane.until = Number.NEGATIVE_INFINITY;
        }
      }),

    give: (worker, lanes) =>
      write("give", {}, () => {
        for (const lane of db.lanes) {
          if (lane.owner !== worker || !lanes.includes(lane.id)) continue;
          lane.owner = null;
          lane.until = Number.NEGATIVE_INFINITY;
        }
      }),

    hold: (worker, begun, ended) =>
      write("hold", {}, () => {
        putDown(db, worker, ended);
        const hands = db.hands.get(worker) ?? new Map<string, number>();
        db.hands.set(worker, hands);
        for (const { what, lost } of begun) hands.set(what, Math.max(lost, hands.get(what) ?? 0));
      }),

    suspects: () =>
      look("suspects", () => {
        const found = new Map<string, number>();
        for (const [worker, hands] of db.hands)
          if (!db.workers.has(worker))
            for (const [what, lost] of hands) found.set(what, Math.max(lost + 1, found.get(what) ?? 0));
        return [...found].map(([what, lost]) => ({ what, lost }));
      }),

    read: (after, max) =>
      look("read", () => {
        const [xid, position] = [Number(after.xid), Number(after.position)];
        const { barrier, events } = db;
        let from = events.length;
        while (from > 0) {
          const last = events[from - 1]!;
          if (last.xid < xid || (last.xid === xid && last.position <= position)) break;
          from -= 1;
        }
        const entries = [];
        for (let at = from; at < events.length && entries.length < max; at += 1) {
          const event = events[at]!;
          if (event.xid >= barrier) break;
          if (event.routed) continue;
          entries.push(recorded(event));
        }
        return { entries, now: db.now };
      }),

    instances: (ids) =>
      look("instances", () =>
        ids.flatMap(({ process, key }) => {
          const row = db.instances.get(`${process}:${key}`);
          return row ? [asInstance(row)] : [];
        }),
      ),

    recorded: (position) =>
      look("recorded", () => {
        const event = db.byPosition.get(Number(position));
        return event ? recorded(event) : null;
      }),

    due: (lanes, max) =>
      look("due", () => {
        const { now } = db;
        return [...db.instances.values()]
          .filter(({ nextDue, lane }) => nextDue !== null && nextDue <= now && lanes.includes(lane))
          .sort((a, b) => ((a.nextDue as string) < (b.nextDue as string) ? -1 : 1))
          .slice(0, max)
          .map(asInstance);
      }),

    async commitSteps(steps) {
      // As in PostgreSQL, what is written is what was handed over now, whatever becomes of the objects meanwhile.
      const instances = steps.instances.map(asRow);
      const positions =
        steps.entries.length + steps.decided.reduce((sum, { answers }) => sum + answers.length, 0);
      return write("steps", { positions }, (tx) => {
        refuseUnstorable(steps.entries);
        const lanes = steps.lanes.map(({ id, epoch }) => {
          const lane = db.lanes[id];
          if (lane?.owner !== steps.worker || String(lane.epoch) !== epoch) {
            fired("stale round refused");
            throw new TakenOver("A lane was taken over by another worker.");
          }
          return lane;
        });
        const to = { xid: Number(steps.to.xid), position: Number(steps.to.position) };
        for (const [index, { xid, position }] of steps.lanes.entries()) {
          const lane = lanes[index]!;
          const ahead = Number(xid) > to.xid || (Number(xid) === to.xid && Number(position) > to.position);
          lane.xid = ahead ? Number(xid) : to.xid;
          lane.position = ahead ? Number(position) : to.position;
        }
        const appended = new Map(append(tx, steps.entries).map((row) => [row.id, row]));
        for (const owed of steps.deliveries) {
          if (db.deliveries.has(owed.key)) continue;
          const position =
            owed.position !== null ? Number(owed.position) : appended.get(owed.entry ?? "")?.position;
          if (position === undefined) throw new Error("null value in column event_position");
          db.deliveries.set(owed.key, {
            ...owed,
            id: db.nextId(),
            position,
            doubts: 0,
            notFound: 0,
            nextTry: null,
            reference: null,
            crashes: 0,
            looking: false,
            corrected: 0,
            waitsFor: null,
            waitsSince: 0,
            created: kernel.now,
            updated: kernel.now,
          });
        }
        for (const row of instances) {
          const known = db.instances.get(`${row.process}:${row.key}`);
          db.instances.set(`${row.process}:${row.key}`, known ? { ...row, lane: known.lane } : row);
        }
        for (const asked of steps.questions)
          if (!db.questions.has(asked.id)) db.questions.set(asked.id, { ...asked, verdict: null });
        for (const id of steps.withdrawn) {
          const question = db.questions.get(id);
          if (question?.verdict !== null) continue;
          fired("question withdrawn");
          question.verdict = "withdrawn";
        }
        const decided: string[] = [];
        for (const { key, status, reference, reason, answers, attempts } of steps.decided) {
          const row = db.deliveries.get(key);
          if (!row || !["parked", "held", "owed", "in_doubt"].includes(row.status)) continue;
          if (row.attempts !== (attempts ?? row.attempts)) {
            fired("said of an earlier try");
            continue;
          }
          const nextTry = status === "owed" ? kernel.now : null;
          Object.assign(row, { status, reason, nextTry, doubts: 0, notFound: 0, updated: kernel.now });
          Object.assign(row, { crashes: 0, looking: false, waitsFor: null });
          row.reference = reference ?? row.reference;
          append(tx, answers);
          decided.push(key);
        }
        db.remember(steps.keys);
        db.raise(steps.raised);
        db.resolve(steps.resolved);
        putDown(db, steps.worker, steps.ended ?? []);
        return decided;
      });
    },

    recordOutcomes: (ended) =>
      write("outcomes", { positions: ended.reduce((sum, { answers }) => sum + answers.length, 0) }, (tx) => {
        refuseUnstorable(ended.flatMap(({ answers }) => answers));
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
          append(tx, answers);
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
        // Rows are kept in the order of their ids.
        for (const row of db.deliveries.values()) {
          if (page.length >= max) break;
          if (row.connection !== connection || !lanes.includes(row.lane) || row.id <= Number(after)) continue;
          const open = db.open(row);
          if (open) page.push(open);
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

    lookUp: (references) =>
      look("look up", () =>
        references.map((reference) => {
          if ("table" in reference) return null;
          return knownBy(db, reference.key, reference.give);
        }),
      ),

    act: (act) =>
      write("act", { positions: 1 }, (tx) => {
        if (!claim(db, act.guard)) return false;
        append(tx, [act.entry]);
        const { actor, action, subject, reason } = act;
        db.audit.push({ actor, action, subject, reason });
        return true;
      }),

    returnUnsent: (unsent) => write("return unsent", {}, () => takeBack(unsent)),

    leave: (worker, lanes, unsent) =>
      write("leave", {}, () => {
        takeBack(unsent);
        for (const lane of db.lanes) {
          if (lane.owner !== worker || !lanes.includes(lane.id)) continue;
          lane.owner = null;
          lane.until = Number.NEGATIVE_INFINITY;
        }
        db.hands.delete(worker);
        db.workers.delete(worker);
      }),

    housekeeping: () => write("housekeeping", {}, () => undefined),
    close: async () => undefined,
  };
}

function putDown(db: Database, worker: string, ended: readonly string[]): void {
  for (const [id, hands] of db.hands)
    if (id === worker || !db.workers.has(id)) for (const what of ended) hands.delete(what);
}

const recorded = (event: EventRow): Recorded => ({
  position: String(event.position),
  xid: String(event.xid),
  id: event.id,
  kind: event.kind,
  contract: event.contract,
  version: event.version,
  key: event.key,
  source: event.source,
  correlation: event.correlation,
  causation: event.causation,
  occurredAt: event.occurred,
  data: event.data,
});

/** As PostgreSQL does, before anything of the transaction is written. */
function refuseUnstorable(entries: readonly Entry[]): void {
  if (entries.some(({ id, key, correlation }) => [id, key, correlation].some((name) => name.includes("\0"))))
    throw Object.assign(new Error("invalid byte sequence for encoding UTF8: 0x00"), { code: "22021" });
}

const UNSENT = ["owed", "attempting", "in_doubt"];

const asInstance = ({ nextDue: _, body, ...row }: InstanceRow): Instance => ({
  ...row,
  body: JSON.parse(body),
});

function asRow(instance: Instance): InstanceRow {
  const { timers, questions } = instance.body;
  const due = [...timers, ...questions].map((one) => one.due).sort();
  return {
    ...instance,
    body: JSON.stringify(instance.body),
    nextDue: instance.status === "running" ? (due[0] ?? null) : null,
  };
}

/** All workers of a world live in this process; a killed one says it ran under a number that no process can have. */
function placeNow({ place, program }: { place: string; program: Program }): string {
  const fields = place.split(" ");
  return program.alive || fields.length < 5 ? place : fields.with(3, "2147483647").join(" ");
}

/** The value of one kind that a document has beside a value of another kind. */
function knownBy(
  db: Database,
  { type, value }: { type: string; value: string },
  give: string,
): string | null {
  const all = [...db.keys.values()];
  for (const known of all) {
    if (known.type !== type || known.value !== value) continue;
    const wanted = all.find((one) => one.correlation === known.correlation && one.type === give);
    if (wanted) return wanted.value;
  }
  return null;
}

/** Whether what a flow looked up in vain is known now: `known/customerRecord>customer/C-1`. */
function isKnown(db: Database, waitsFor: string): boolean {
  const [, type = "", give = "", value = ""] = /^known\/([^>/]+)>([^/]+)\/(.*)$/.exec(waitsFor) ?? [];
  return type !== "" && knownBy(db, { type, value }, give) !== null;
}

/** As of the instant `before`, or now. */
export function lastWordOn(db: Database, period: string, before = Number.POSITIVE_INFINITY): string | null {
  const said = db.events.findLast(
    ({ contract, correlation, at }) =>
      contract === PeriodStatusChanged.name && correlation === `period/${period}` && at <= before,
  );
  return said ? (JSON.parse(said.data) as { periodStatus: string }).periodStatus : null;
}

function claim(db: Database, guard: Act["guard"]): boolean {
  if ("question" in guard) {
    const question = db.questions.get(guard.question);
    if (question?.verdict !== null) return false;
    question.verdict = guard.verdict;
    return true;
  }
  if ("delivery" in guard) {
    const row = db.deliveries.get(guard.delivery);
    if (!row || !["parked", "held", "in_doubt", "owed"].includes(row.status)) return false;
    if (row.attempts !== guard.attempts) return false;
    const { correction } = guard;
    if (!correction) return true;
    if (row.corrected !== correction.after) return false;
    row.corrected += 1;
    db.corrections.set(row.key, { version: correction.contractVersion, data: correction.data });
    return true;
  }
  if ("period" in guard) return (lastWordOn(db, guard.period) ?? "open") !== guard.status;
  if ("instance" in guard) {
    const { status, version } = db.instances.get(`${guard.process}:${guard.instance}`) ?? {};
    if (guard.version === undefined) return status === "parked";
    return (status === "running" || status === "parked") && version === guard.version;
  }
  if (!("exception" in guard)) return false;
  const open = db.exceptions.find(
    ({ id, resolved, subjectKind }) =>
      String(id) === guard.exception && !resolved && subjectKind !== "delivery",
  );
  if (!open) return false;
  open.resolved = true;
  return true;
}
