/** A child ends with its parent, whatever keeps it from stopping in order. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";

const LIFELINE = join(import.meta.dirname, "lifeline.ts");

const child = (stop: string) =>
  spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `const { stopWithParent } = await import(${JSON.stringify(LIFELINE)});
      stopWithParent(${stop}, 300); setInterval(() => {}, 1_000); console.log("up");`,
    ],
    { stdio: ["pipe", "pipe", "ignore"] },
  );

test.each([
  ["stops in order", "async () => {}", 0],
  ["does not come to an end with stopping", "() => new Promise(() => {})", 1],
])("a child whose parent is gone and that %s ends", async (_, stop, code) => {
  const running = child(stop);
  await once(running.stdout, "data");
  running.stdin.end();
  expect(await once(running, "exit")).toEqual([code, null]);
});
