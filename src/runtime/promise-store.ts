/** What promises need from the memory: named operations, each one transaction. Statements are in `work/promises.ts`. */
import type { Entry } from "../journal/append.ts";
import type { Statement } from "../std/statement.ts";
import {
  type AnsweredPromise,
  answeredPromises,
  type DuePromise,
  duePromises,
  forgetAnswers,
  givePromise,
  keepAnswers,
  type LastAnswer,
  lastAnswers,
  lockPromises,
  type NewPromise,
  postponePromise,
  settlePromise,
} from "../work/promises.ts";

export interface PromiseStore {
  /** The id of the promise, or of the same one that is open; null when the limit leaves no room. */
  give(
    promise: NewPromise,
    limit: Parameters<typeof givePromise>[1],
    entries: readonly Entry[],
  ): Promise<string | null>;
  /** Those due, which nobody else looks at for `lookMs`. */
  due(inquiries: readonly string[], lookMs: number, max: number): Promise<DuePromise[]>;
  postpone(id: string, delayMs: number, reason: string): Promise<void>;
  /** Nothing happens when it is settled already. */
  settle(id: string, to: Parameters<typeof settlePromise>[1], entries: readonly Entry[]): Promise<void>;
  /** What systems said last to questions, of each kind once. */
  keepAnswers(answers: readonly LastAnswer[]): Promise<void>;
  forgetAnswers(flow: string, olderThanMs: number): Promise<void>;
  lastAnswers(to: readonly Pick<LastAnswer, "flow" | "alike">[]): Promise<LastAnswer[]>;
  /** Open promises whose question was answered or given up. */
  answered(max: number): Promise<AnsweredPromise[]>;
}

/** `together` commits statements as one transaction. */
export function promiseStore(
  together: (statements: readonly Statement[]) => Promise<readonly { readonly rows: unknown[] }[]>,
): PromiseStore {
  return {
    async give(promise, limit, entries) {
      const [, given] = await together([lockPromises, givePromise(promise, limit, entries)]);
      return (given?.rows[0] as { id: string } | undefined)?.id ?? null;
    },
    async due(inquiries, lookMs, max) {
      const [due] = await together([duePromises(inquiries, lookMs, max)]);
      return (due?.rows ?? []) as DuePromise[];
    },
    postpone: async (id, delayMs, reason) => void (await together([postponePromise(id, delayMs, reason)])),
    settle: async (id, to, entries) => void (await together([settlePromise(id, to, entries)])),
    keepAnswers: async (answers) => void (await together([keepAnswers(answers)])),
    forgetAnswers: async (flow, olderThanMs) => void (await together([forgetAnswers(flow, olderThanMs)])),
    async lastAnswers(to) {
      const [found] = await together([lastAnswers(to)]);
      return (found?.rows ?? []) as LastAnswer[];
    },
    async answered(max) {
      const [found] = await together([answeredPromises(max)]);
      return (found?.rows ?? []) as AnsweredPromise[];
    },
  };
}
