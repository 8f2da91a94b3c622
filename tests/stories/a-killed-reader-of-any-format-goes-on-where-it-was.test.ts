/**
 * Files of X12, EDIFACT, camt, UBL, EPCIS, B2MML and IDocs are read at once; the worker is killed with SIGKILL in the middle of them
 * and started again. Every record is in the journal once, as it reads from its whole file, and each file's totals add up.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { writeFile } from "../../bench/codec-files.ts";
import { recordsIn } from "../../src/codecs/records.ts";
import { freshDatabase } from "../../src/testing/database.ts";
import { READ, said } from "./kit/reader.ts";

/** Some hundred records of the large kind, some thousand of the small. */
const MEGABYTES = 0.6;

test("a reader killed in the middle of seven files of seven formats loses no record and doubles none", async () => {
  const db = await freshDatabase();
  const root = await mkdtemp(join(tmpdir(), "crossdock-killed-formats-"));
  const formats = Object.entries(READ);
  let child: ChildProcess | undefined;
  const worker = () =>
    spawn(
      process.execPath,
      ["--conditions=source", join(import.meta.dirname, "kit/reader.ts"), db.url, root],
      { stdio: ["ignore", "ignore", "inherit"] },
    );
  const read = (batches: readonly { records: string }[]) =>
    batches.reduce((sum, { records }) => sum + Number(records), 0);
  const until = async (enough: (rows: { records: string; state: string }[]) => boolean) => {
    for (const end = Date.now() + 60_000; ; await sleep(10)) {
      const { rows } = await db.pool.query("select * from batch");
      if (enough(rows)) return rows;
      if (Date.now() > end) throw new Error(`It did not come to that: ${JSON.stringify(rows)}`);
    }
  };
  try {
    const expected: string[] = [];
    for (const [of, format] of formats) {
      await mkdir(join(root, of));
      const file = join(root, of, ".file.tmp");
      writeFile(file, of, MEGABYTES);
      for (const record of recordsIn(format(), await readFile(file))) {
        expect(record).not.toBeInstanceOf(Error);
        expected.push(`${of} ${said(record)}`);
      }
    }
    for (const [of] of formats) await rename(join(root, of, ".file.tmp"), join(root, of, "file"));

    child = worker();
    await until((rows) => read(rows) >= 500);
    const died = once(child, "exit");
    child.kill("SIGKILL");
    await died;
    const killedAt = read(await until(() => true));
    // Its heartbeat runs out, as it does in twelve seconds; a-killed-reader-doubles-no-line waits for that.
    await db.pool.query("update worker set heartbeat = heartbeat - interval '1 minute'");
    child = worker();
    const done = (rows: { state: string }[]) =>
      rows.length === formats.length && rows.every(({ state }) => state === "finished");
    const ended = await until(done);

    expect([killedAt < expected.length, read(ended)]).toEqual([true, expected.length]);
    for (const batch of ended)
      expect(batch).toMatchObject({
        published: batch.records,
        refused: "0",
        no_change: "0",
        passed_over: "0",
      });
    const { rows } = await db.pool.query(
      "select readable(data) as data from event where contract = 'test.record-read'",
    );
    expect(rows.map(({ data: { of, text } }) => `${of} ${text}`).sort()).toEqual(expected.sort());
  } finally {
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    }
    await db.drop();
    await rm(root, { recursive: true });
  }
}, 120_000);
