/** Who is certainly gone: only a process of this boot and namespace that has ended. About all others nothing is said. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { expect, test } from "vitest";
import { isGone, placeOf } from "./place.ts";

test.runIf(process.platform === "linux")(
  "a process is there until it has ended, even by SIGKILL",
  async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const place = placeOf(child.pid);
    expect([isGone(placeOf()), isGone(place)]).toEqual([false, false]);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isGone(place)).toBe(true);
  },
);

test.runIf(process.platform === "linux")("a number that another process has by now is gone too", () => {
  expect(isGone(placeOf().replace(/\d+$/, "1"))).toBe(true);
});

test("of other machines, boots and namespaces, and of what is no place, nothing is known", () => {
  const [host, boot, namespace, ...rest] = placeOf(1).split(" ");
  const ended = [...rest.slice(0, -1), "1"].join(" ");
  expect(
    [
      `another ${boot} ${namespace} ${ended}`,
      `${host} 00000000-0000-0000-0000-000000000000 ${namespace} ${ended}`,
      `${host} ${boot} pid:[1] ${ended}`,
      hostname(),
      "",
    ].map(isGone),
  ).toEqual([false, false, false, false, false]);
});
