/** The database goes away under a worker that is being stopped. */
import { performance } from "node:perf_hooks";
import { expect, test } from "vitest";
import { silent } from "../std/log.ts";
import { freshDatabase } from "../testing/database.ts";
import { realClock } from "./clock.ts";
import { openPostgresStore } from "./postgres-store.ts";
import { Records } from "./records.ts";

test("a stop waits for outcomes only as long as it was given, and idly", async () => {
  const database = await freshDatabase();
  const store = await openPostgresStore(database.url);
  const said: string[] = [];
  const records = new Records({
    store,
    clock: realClock,
    worker: "w-1",
    log: { ...silent, warn: (sentence) => void said.push(sentence) },
    committed: () => {},
    refused: () => {},
  });
  await database.drop();
  const recorded = records.outcome({
    outcome: {
      key: "k-1",
      attempts: 1,
      status: "applied",
      doubts: 0,
      notFound: 0,
      delayMs: null,
      reference: "D-1",
      reason: null,
      errorCode: null,
      tried: null,
    },
    correlation: "order/SO-1",
    answers: [],
    counts: [],
    raised: [],
    resolved: [],
  });
  const before = performance.eventLoopUtilization();
  await records.drained(realClock.now() + 600);
  expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
  expect(await recorded).toBe(false);
  expect(said.at(-1)).toBe(
    "Outcomes could not be recorded before the stop; their targets are asked at the next start.",
  );
  await store.close();
});
