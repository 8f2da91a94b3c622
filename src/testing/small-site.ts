/**
 * The small dock with its console, found by commands as a running site is: by the run file of its data folder.
 *
 * For tests of the command line. The key in the run file is what a command of this machine proves itself with.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { leaveFolder, takeFolder, updateRunFile } from "../cli/run-file.ts";
import { type OpenConsole, openConsole } from "../console/console.ts";
import type { Dock } from "../runtime/dock.ts";
import { type FreshDatabase, freshDatabase } from "./database.ts";
import { type SmallDock, smallDock } from "./small-dock.ts";
import { crossdock } from "./terminal.ts";

/** A console over a dock, and the folder commands find it by. */
export interface Found {
  readonly data: string;
  readonly open: OpenConsole;
  readonly xd: (words: readonly string[], answers?: string[]) => ReturnType<typeof crossdock>;
  /** Closes the console and gives the folder back. */
  leave(): Promise<void>;
}

/** Opens a console over a dock, and lets commands find it. */
export async function found(dock: Dock, database: string): Promise<Found> {
  const data = mkdtempSync(join(tmpdir(), "crossdock-site-"));
  const localKey = "the key of this test";
  const open = await openConsole({ dock, port: 0, settings: { localKey } });
  const run = takeFolder(data, "start", "none");
  updateRunFile({ ...run, database, console: open.url, localKey });
  return {
    data,
    open,
    xd: (words, answers) => crossdock([...words, "--data", data], answers ? { answers } : {}),
    async leave() {
      leaveFolder(data);
      await open.close();
    },
  };
}

export interface SmallSite extends Found, SmallDock {
  readonly db: FreshDatabase;
  close(): Promise<void>;
}

export async function smallSite(): Promise<SmallSite> {
  const db = await freshDatabase();
  const small = await smallDock(db.url);
  const site = await found(small.dock, db.url);
  return {
    ...small,
    ...site,
    db,
    async close() {
      await site.leave();
      await small.dock.stop();
      await db.drop();
    },
  };
}
