/**
 * The store of one worker, on the database in memory.
 *
 * It promises what `src/runtime/store.ts` says and what `postgres-store.ts` does, no more; the conformance suite compares
 * the two. It knows nothing about orders or targets.
 */
import type { Recorded } from "../../src/journal/read.ts";
import { type AcceptedAs, type Act, type Store, TakenOver } from "../../src/runtime/store.ts";
import { limits } from "../../src/std/limits.ts";
import type { Instance } from "../../src/work/instances.ts";
import { accessTo, type Line, type Watch } from "./access.ts";
import { type Database, type EventRow, type InstanceRow, refuseUnstorable } from "./database.ts";
import { deliveryStore } from "./delivery-store.ts";
import type { Program } from "./kernel.ts";
import { knownBy, lastWordOn } from "./known.ts";
import { laneStore, putDown } from "./lane-store.ts";

export function simStore(
  db: Database,
  program: Program,
  line: Line,
  watch: Watch = () => undefined,
  fired: (fault: string) => void = () => undefined,
): Store {
  const { kernel } = db;
  const access = accessTo(db, program, line, watch, fired);
  const { write, look } = access;

  return {
    ...laneStore(access, program),
    ...deliveryStore(access),

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
            db.appendAll(tx, given.entries);
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
        let bytes = 0;
        for (
          let at = from;
          at < events.length && entries.length < max && bytes < limits.pageBytesMax;
          at += 1
        ) {
          const event = events[at]!;
          if (event.xid >= barrier) break;
          if (event.routed) continue;
          entries.push(recorded(event));
          bytes += Buffer.byteLength(event.data);
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
        const appended = new Map(db.appendAll(tx, steps.entries).map((row) => [row.id, row]));
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
          db.appendAll(tx, answers);
          decided.push(key);
        }
        db.remember(steps.keys);
        db.raise(steps.raised);
        db.resolve(steps.resolved);
        putDown(db, steps.worker, steps.ended ?? []);
        return decided;
      });
    },

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
        db.appendAll(tx, [act.entry]);
        const { actor, action, subject, reason } = act;
        db.audit.push({ actor, action, subject, reason });
        return true;
      }),

    housekeeping: () => write("housekeeping", {}, () => undefined),
    close: async () => undefined,
  };
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
