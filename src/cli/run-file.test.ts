/** One data folder belongs to one running dock, whatever became of the one before. */
import { mkdtempSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type CommandStopped, EXIT } from "./exit.ts";
import { dataFolder, isAlive, leaveFolder, readRunFile, takeFolder, updateRunFile } from "./run-file.ts";

const folder = () => mkdtempSync(join(tmpdir(), "crossdock-run-"));

test("a data folder is taken once, and given back", () => {
  const data = folder();
  const mine = takeFolder(data, "dev", "/a/crossdock.config.ts");
  expect(readRunFile(data)).toEqual(mine);
  expect(() => takeFolder(data, "start", "/a/crossdock.config.ts")).toThrow(
    `Crossdock already runs on the data folder ${data} (dev, process ${process.pid}, since ${mine.startedAt}). Stop it with ` +
      `Ctrl-C in its terminal or "kill ${process.pid}", or start this one with --data <another folder> and --port-base ` +
      "<another number>.",
  );
  leaveFolder(data);
  takeFolder(data, "start", "/a/crossdock.config.ts");
  expect(readdirSync(data)).toEqual(["run.json"]);
});

test("a second instance is told apart from other mistakes by its exit code", () => {
  const data = folder();
  takeFolder(data, "dev", "x");
  let end: unknown;
  try {
    takeFolder(data, "dev", "x");
  } catch (error) {
    end = error;
  }
  expect((end as CommandStopped).exit).toBe(EXIT.conflict);
});

test("a folder left behind by a crash is taken over, even when the process number was given to another process", () => {
  const data = folder();
  const mine = takeFolder(data, "dev", "x");
  // This process lives, but it did not start when the file says.
  updateRunFile({ ...mine, pidStarted: "1" });
  expect(isAlive({ pid: process.pid, pidStarted: "1" })).toBe(process.platform !== "linux");
  if (process.platform === "linux") expect(takeFolder(data, "start", "x").command).toBe("start");
});

test("a process that is gone does not hold its folder", () => {
  expect(isAlive({ pid: 2 ** 22 + 1, pidStarted: null })).toBe(false);
});

test("only its owner can read the run file", () => {
  const data = folder();
  takeFolder(data, "dev", "x");
  expect(statSync(join(data, "run.json")).mode & 0o777).toBe(0o600);
});

test("the data folder is the named one, the one of the environment, or the nearest one upwards", () => {
  const project = folder();
  const data = join(project, ".crossdock");
  takeFolder(data, "dev", "x");
  expect(dataFolder(project, "elsewhere", {})).toBe(join(project, "elsewhere"));
  expect(dataFolder(project, undefined, { CROSSDOCK_DATA: "/data" })).toBe("/data");
  expect(dataFolder(join(project, "src", "deep"), undefined, {})).toBe(data);
});

test("a run file that is half a file is none", () => {
  const data = folder();
  writeFileSync(join(data, "run.json"), '{"version":1,"pid"');
  expect(readRunFile(data)).toBeUndefined();
});
