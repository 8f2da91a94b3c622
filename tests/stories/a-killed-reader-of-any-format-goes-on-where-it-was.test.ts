/**
 * Files of every format, each with one bad record in its middle, are read at once; the worker is killed with SIGKILL in the
 * middle of them and started again. Every sound record is in the journal once, as it reads from its whole file, the bad one is set
 * aside, and each file's totals add up.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { writeFile as codecFile } from "../../bench/codec-files.ts";
import { recordsIn } from "../../src/codecs/records.ts";
import { freshDatabase } from "../../src/testing/database.ts";
import { batches } from "../../src/trace/index.ts";
import { READ, said } from "./kit/reader.ts";

/** Some hundred records of the large kind, some thousand of the small. */
const MEGABYTES = 0.35;

/** What breaks a record of the format, wherever it stands in it. */
const BREAKS: Readonly<Record<string, readonly [sound: string, broken: string]>> = {
  x12: ["SE*89*", "SE*88*"],
  edifact: ["UNT+209+", "UNT+208+"],
  camt: ["<CdtDbtInd>CRDT", "<CdtDbtInd>CRXX"],
  "ubl documents": ["<cbc:IssueDate>2026-03-05", "<cbc:IssueDate>2026-03-55"],
  "epcis events": ["<action>OBSERVE", "<action>LOOK"],
  "epcis json": ['"OBSERVE"', '"LOOK"'],
  "b2mml definitions": ["<MaterialDefinition><ID>", "<MaterialDefinition><ID>1</ID><ID>"],
  idocs: ["E2EDK01005", "e2EDK01005"],
  mt940: [":62F:C", ":62F:X"],
  bai2: ["49,137500,", "49,137501,"],
  csv: [";LYO;", ";"],
  "fixed-width": ["{310326", "{319926"],
};

function withOneBroken(of: string, text: string): string {
  const [sound, broken] = BREAKS[of]!;
  const at = text.indexOf(sound, text.length / 2);
  return text.slice(0, at) + broken + text.slice(at + sound.length);
}

test("a reader killed in the middle of files of every format loses no record, doubles none and sets the bad ones aside", async () => {
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
      codecFile(file, of, MEGABYTES);
      const body = Buffer.from(withOneBroken(of, await readFile(file, "latin1")), "latin1");
      await writeFile(file, body);
      const records = recordsIn(format(), body);
      expect([of, records.filter((record) => record instanceof Error).length]).toEqual([of, 1]);
      for (const record of records) if (!(record instanceof Error)) expected.push(`${of} ${said(record)}`);
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

    const all = expected.length + formats.length;
    expect([killedAt < all, read(ended)]).toEqual([true, all]);
    // What was read last may still wait for the conductor.
    const totals = async () =>
      (await batches(db.pool)).map(({ file, bytes, bytesRead, records, outcomes }) => {
        const told = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
        return [file, bytesRead === bytes, told === records, outcomes.refused, outcomes.waiting];
      });
    await expect.poll(totals, { timeout: 30_000 }).toEqual(formats.map(() => ["file", true, true, 1, 0]));
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
