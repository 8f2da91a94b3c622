/** A start that is interrupted half way stops what it had started, whenever that is. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { freePortBase, goneFrom, newFolder, Running, remove } from "./a-site.ts";

/** What has just been said when Ctrl-C is pressed; each is a different moment of the start. */
const MOMENTS = [
  /Ctrl-C stops everything/,
  /PostgreSQL/,
  /simulated systems/,
  /gateway and console/,
  /Watch it travel/,
];

test.each(MOMENTS)(
  "after %s",
  async (moment) => {
    const data = newFolder();
    const base = await freePortBase();
    const site = new Running(["dev", "--data", data, "--port-base", String(base), "--pace", "fast"]);
    await site.says(moment);
    await sleep(Math.random() * 100);
    const exit = await site.stop("SIGINT");
    expect({ exit, left: await goneFrom(data), run: existsSync(join(data, "run.json")) }).toEqual({
      exit: 0,
      left: [],
      run: false,
    });
    remove(data);
  },
  90_000,
);
