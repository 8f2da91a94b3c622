/** What writing figures needs from the memory, on PostgreSQL: each operation one transaction. */
import type { Statement } from "../std/statement.ts";
import {
  awayElsewhere,
  beginOutages,
  endOutages,
  forgetFigures,
  keepCalls,
  keepCounts,
  keepQueues,
  stillWaiting,
} from "../trace/figures.ts";
import { appendAndOwe } from "../work/deliveries.ts";
import type { Pause } from "./dock.ts";
import type { FigureStore } from "./figures.ts";
import type { HeldDocument } from "./held-documents.ts";

/** Counting this many open deliveries takes a twentieth of a second; beyond it a queue is at least what it says. */
const OPEN_MAX = 200_000;
/** What waits for a system that is away is at least what is said of it. */
const WAITING_MAX = 10_000;

/** Those in force; one whose time is over stands for nothing. */
const PAUSES: Statement = {
  name: "work pauses",
  text: `select connection, how, asked_by as by, reason, asked_at as at, until from pause
    where until is null or until > clock_timestamp()`,
  values: [],
};

const HELD: Statement = {
  name: "work held documents",
  text: `select correlation, held_by as by, held_because as because from tended_document where held_by is not null`,
  values: [],
};

export function figureStore(
  together: (statements: readonly Statement[]) => Promise<readonly { rows: unknown[] }[]>,
): FigureStore {
  return {
    async keep(worker, calls) {
      // Outages of workers that are gone end with this.
      await together([...(calls.length > 0 ? [keepCalls(worker, calls)] : []), endOutages(worker, [])]);
    },
    async standing(worker, awaited) {
      const [elsewhere, waiting] = await together([
        awayElsewhere(
          worker,
          awaited.map(({ connection }) => connection),
        ),
        stillWaiting(awaited, WAITING_MAX),
      ]);
      const counted = (waiting?.rows ?? []) as { connection: string; waiting: number }[];
      return {
        elsewhere: ((elsewhere?.rows ?? []) as { connection: string }[]).map(({ connection }) => connection),
        waiting: new Map(counted.map((row) => [row.connection, row.waiting])),
      };
    },
    async note(worker, { away, back, told }) {
      await together([
        ...(away.length > 0 ? [beginOutages(worker, away)] : []),
        endOutages(worker, back),
        ...(told.length > 0 ? [appendAndOwe(told, [])] : []),
      ]);
    },
    async measure() {
      await together([keepQueues(OPEN_MAX), keepCounts]);
    },
    async forget() {
      await together(forgetFigures);
    },
    async stops() {
      const [pauses, held] = await together([PAUSES, HELD]);
      return {
        pauses: (pauses?.rows ?? []) as Pause[],
        documents: (held?.rows ?? []) as HeldDocument[],
      };
    },
  };
}
