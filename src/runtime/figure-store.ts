/** What writing figures needs from the memory, on PostgreSQL: each operation one transaction. */
import type { Statement } from "../std/statement.ts";
import {
  beginOutages,
  endOutages,
  forgetFigures,
  keepCalls,
  keepCounts,
  keepQueues,
} from "../trace/figures.ts";
import type { Pause } from "./dock.ts";
import type { FigureStore } from "./figures.ts";

/** Counting this many open deliveries takes a twentieth of a second; beyond it a queue is at least what it says. */
const OPEN_MAX = 200_000;

/** Those in force; one whose time is over stands for nothing. */
const PAUSES: Statement = {
  name: "work pauses",
  text: `select connection, how, asked_by as by, reason, asked_at as at, until from pause
    where until is null or until > clock_timestamp()`,
  values: [],
};

export function figureStore(
  together: (statements: readonly Statement[]) => Promise<readonly { rows: unknown[] }[]>,
): FigureStore {
  return {
    async keep(worker, { calls, away, back }) {
      const statements = [
        ...(calls.length > 0 ? [keepCalls(worker, calls)] : []),
        ...(away.length > 0 ? [beginOutages(worker, away)] : []),
        endOutages(worker, back),
      ];
      await together(statements);
    },
    async measure() {
      await together([keepQueues(OPEN_MAX), keepCounts]);
    },
    async forget() {
      await together(forgetFigures);
    },
    async pauses() {
      const [found] = await together([PAUSES]);
      return (found?.rows ?? []) as Pause[];
    },
  };
}
