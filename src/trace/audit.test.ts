/** The audit's chain holds while nobody touches it, and breaks at the very line somebody touched. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { latestAudit, verifyAudit } from "./audit.ts";

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

/** More than nine, so that their numbers do not all have one digit. */
const ACTS = [
  ...Array.from({ length: 9 }, (_, index) => ["eve", "look", `order/SO-${index}`, null] as const),
  ["maria", "approve", "order-to-cash:SO-1:credit review:1", "Good customer."],
  ["john", "try again", "delivery-1", null],
  ["maria", "cancel", "delivery-2", "Ordered twice."],
] as const;

beforeEach(async () => {
  await database.pool.query("truncate audit restart identity");
  let previous = Buffer.alloc(0) as Buffer;
  for (const [actor, action, subject, reason] of ACTS) {
    const words = JSON.stringify([actor, action, subject, reason, "{}"]);
    const hash = createHash("sha256").update(previous).update(words).digest();
    await database.pool.query(
      "insert into audit (actor, action, subject, reason, facts, previous, hash) values ($1, $2, $3, $4, '{}', $5, $6)",
      [actor, action, subject, reason, previous, hash],
    );
    previous = hash;
  }
});

test("an untouched audit is unbroken, and its lines read newest first", async () => {
  expect(await verifyAudit(database.pool)).toMatchObject({ lines: 12, broken: null });
  expect((await latestAudit(database.pool, 2)).map(({ actor, action }) => `${actor} ${action}`)).toEqual([
    "maria cancel",
    "john try again",
  ]);
});

test.each([
  [
    "changed",
    "update audit set reason = 'Bad customer.' where id = 10",
    "10",
    "Its words are not those it was written with.",
  ],
  [
    "removed",
    "delete from audit where id = 11",
    "12",
    "It does not follow the line before it: a line was removed, added or changed.",
  ],
])("a line that was %s breaks the chain there", async (_how, tamper, id, because) => {
  await database.pool.query(tamper);
  expect((await verifyAudit(database.pool)).broken).toEqual({ id, because });
});
