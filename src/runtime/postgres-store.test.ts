/** What only tables show: an outcome that came too late leaves no count, no exception and no resolution behind. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import type { Raised } from "../trace/record.ts";
import type { NewDelivery } from "../work/deliveries.ts";
import { openPostgresStore } from "./postgres-store.ts";
import type { Ended, Store } from "./store.ts";

let database: FreshDatabase;
let store: Store;
beforeAll(async () => {
  database = await freshDatabase();
  store = await openPostgresStore(database.url);
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
});

test("an outcome that came too late is not counted, raises nothing and resolves nothing", async () => {
  const { lanes } = await store.lease("ada", "here");
  const owed = (key: string): NewDelivery => ({
    key,
    flow: "out",
    connection: "erp",
    contract: "erp.post-order",
    subject: `order/${key}`,
    lane: 0,
    correlation: `order/${key}`,
    entry: key,
    position: null,
    afterKey: null,
    undoes: null,
    status: "attempting",
    attempts: 1,
    reason: null,
    errorCode: null,
    notCarried: null,
  });
  const about = (key: string): Raised => ({
    fingerprint: "data|erp",
    class: "data",
    subjectKind: "delivery",
    subject: key,
    connection: "erp",
    correlation: `order/${key}`,
    title: "No.",
    reason: "No.",
    owner: "finance",
  });
  await store.commitSteps({
    worker: "ada",
    lanes,
    to: { xid: "0", position: "0" },
    entries: ["open", "over"].map((id) => ({
      kind: "command",
      id,
      contract: "erp.post-order",
      version: 1,
      key: `order/${id}`,
      source: "crossdock",
      correlation: `order/${id}`,
      causation: null,
      occurredAt: null,
      routed: true,
      data: "{}",
      extra: null,
      keys: [],
    })),
    deliveries: [owed("open"), owed("over")],
    instances: [],
    questions: [],
    withdrawn: [],
    decided: [],
    opinions: [],
    keys: [],
    counts: [],
    raised: [{ ...about("over"), subjectKind: "document", subject: "kept open" }],
    resolved: [],
  });
  const parked = (key: string): Ended => ({
    outcome: {
      key,
      attempts: 1,
      status: "parked",
      doubts: 0,
      notFound: 0,
      delayMs: null,
      reference: null,
      reason: "No.",
      errorCode: "XD_REFUSED",
      tried: "refused",
    },
    answers: [],
    counts: [{ scope: "erp", name: "delivery parked", delta: 1 }],
    raised: [about(key)],
    resolved: key === "over" ? [{ subjectKind: "document", subject: "kept open", resolution: "Late." }] : [],
  });
  await database.pool.query("update delivery set attempts = 2 where key = 'over'");

  expect(await store.recordOutcomes([parked("over"), parked("open")])).toEqual(["open"]);
  expect(await store.recordOutcomes([parked("open")])).toEqual([]);

  const { rows } = await database.pool.query(
    `select (select sum(delta)::int from counter where name = 'delivery parked') as parked,
       (select json_agg(subject order by id) from exception where resolved_at is null) as open,
       (select json_agg(delivery) from attempt) as listed`,
  );
  expect(rows).toEqual([{ parked: 1, open: ["kept open", "open"], listed: ["open"] }]);
});
