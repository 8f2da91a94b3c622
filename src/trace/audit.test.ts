/** The audit's chain holds while nobody touches it, and breaks at the very line somebody touched. */
import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { AuditSeal, readAnchor } from "../runtime/audit-seal.ts";
import { realClock } from "../runtime/clock.ts";
import { type FreshDatabase, freshDatabase } from "../testing/database.ts";
import { noteView } from "../work/audit.ts";
import { auditPage, verifyAudit } from "./audit.ts";

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
  await database.pool.query("truncate audit, audit_checkpoint restart identity");
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
  expect((await auditPage(database.pool, {}, 2)).map(({ actor, action }) => `${actor} ${action}`)).toEqual([
    "maria cancel",
    "john try again",
  ]);
});

test("many who write at once make one chain", async () => {
  await database.pool.query("truncate audit, audit_checkpoint restart identity");
  const look = (number: number) => noteView(database.pool, { name: `p${number}` }, "look", "x", {});
  await Promise.all(Array.from({ length: 60 }, (_, number) => look(number)));
  expect(await verifyAudit(database.pool)).toMatchObject({ lines: 60, broken: null });
});

const keys = generateKeyPairSync("ed25519", {
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const anchorFile = join(mkdtempSync(join(tmpdir(), "crossdock-audit-")), "checkpoints.ndjson");
const seal = () =>
  new AuditSeal({
    pool: database.pool,
    privateKey: keys.privateKey,
    anchor: anchorFile,
    clock: realClock,
  }).seal();
/** A line as the product writes it. */
const write = (actor: string) =>
  database.pool.query(
    "insert into audit (actor, action, subject, facts, previous, hash) values ($1, 'look', 'x', '{}', '', '')",
    [actor],
  );
/** What somebody with the database, but not the key, would do: chain everything anew. */
const REWRITE = `
  do $$ declare line audit; head bytea := ''; begin
    for line in select * from audit order by id loop
      update audit set previous = head, hash = sha256(head || convert_to(audit_field(id::text)
        || audit_field(to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) || audit_field(actor) || audit_field(action)
        || audit_field(subject) || audit_field(reason) || audit_field(facts), 'UTF8')) where id = line.id returning hash into head;
    end loop; end $$`;

test.each<[string, string, string, string]>([
  ["word is changed", "update audit set reason = 'Bad customer.' where id = 10", "10", "changed"],
  ["time is changed", "update audit set at = at - interval '1 hour' where id = 3", "3", "changed"],
  ["line is removed", "delete from audit where id = 11", "12", "removed"],
  ["tail is cut off", "delete from audit where id > 9", "12", "cut off"],
  [
    "tail is cut off and other lines are appended",
    "delete from audit where id > 9; insert into audit (actor, action, subject, facts, previous, hash) select 'mallory', 'look', 'x', '{}', '', '' from generate_series(1, 4)",
    "12",
    "removed",
  ],
  [
    "line is changed and everything chained anew",
    `update audit set actor = 'mallory' where id = 2; ${REWRITE}`,
    "12",
    "rewritten",
  ],
  [
    "line is removed and everything chained anew",
    `delete from audit where id = 2; ${REWRITE}`,
    "12",
    "rewritten",
  ],
  [
    "line is removed, everything chained anew, and the checkpoint made to fit",
    `delete from audit where id = 2; ${REWRITE};
     update audit_checkpoint set lines = 11, head = (select encode(hash, 'hex') from audit order by id desc limit 1)`,
    "12",
    "checkpoint changed",
  ],
])("a %s: it is found, with its place and its kind", async (_how, tamper, id, how) => {
  await seal();
  const proof = { publicKey: keys.publicKey };
  expect(await verifyAudit(database.pool, proof)).toMatchObject({
    lines: 12,
    checkpoints: 1,
    signed: true,
    unsealed: 0,
    broken: null,
  });
  await database.pool.query(tamper);
  expect((await verifyAudit(database.pool, proof)).broken).toMatchObject({ id, how });
});

test("a line put in between, where a number was left free and chained to its neighbour, is named", async () => {
  await database.pool.query("select nextval(pg_get_serial_sequence('audit', 'id'))");
  await write("peter");
  await database.pool.query(`
    insert into audit (id, actor, action, subject, facts, previous, hash) overriding system value
      values (13, 'mallory', 'approve', 'x', '{}', '', '');
    update audit a set previous = p.hash, hash = sha256(p.hash || convert_to(audit_field(a.id::text)
      || audit_field(to_char(a.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) || audit_field(a.actor) || audit_field(a.action)
      || audit_field(a.subject) || audit_field(a.reason) || audit_field(a.facts), 'UTF8')) from audit p where a.id = 13 and p.id = 12`);
  expect((await verifyAudit(database.pool)).broken).toMatchObject({ id: "13", how: "inserted" });
});

test("whoever also removes the checkpoints is contradicted by those kept outside the database", async () => {
  await seal();
  await write("peter");
  await seal();
  await write("paula");
  expect(await verifyAudit(database.pool)).toMatchObject({ lines: 14, checkpoints: 2, unsealed: 1 });
  await database.pool.query("delete from audit where id > 12; delete from audit_checkpoint where last > 12");
  expect((await verifyAudit(database.pool, { publicKey: keys.publicKey })).broken).toBeNull();
  const anchor = readAnchor(anchorFile).slice(-2);
  const { broken } = await verifyAudit(database.pool, { publicKey: keys.publicKey, anchor });
  expect(broken).toMatchObject({ id: "13", how: "cut off" });
  const other = generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" }).toString();
  expect((await verifyAudit(database.pool, { publicKey: other })).broken?.how).toBe("checkpoint changed");
});

test("nothing new is not sealed again", async () => {
  await seal();
  expect(await seal()).toBeNull();
});
