/**
 * A wrong clock for one process: loaded before everything else, it puts the wall clock an hour, a leap day or a new year away,
 * and lets it jump by ten minutes every few seconds. What has passed is still measured rightly.
 */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { env, pid } from "node:process";

const HOUR = 3_600_000;
const STANDS_AT = [
  () => Date.now() + HOUR,
  () => Date.now() - HOUR,
  () => Date.UTC(2028, 1, 28, 23, 59, 50),
  () => Date.UTC(2026, 11, 31, 23, 59, 50),
];
const JUMP_MS = HOUR / 6;

const folder = env.CROSSDOCK_DATA;
if (folder !== undefined) {
  let offset = (STANDS_AT[pid % STANDS_AT.length]?.() ?? Date.now()) - Date.now();
  const { Date: real } = globalThis;
  globalThis.Date = new Proxy(real, {
    construct: (target, given, made) =>
      Reflect.construct(target, given.length === 0 ? [target.now() + offset] : given, made),
    get: (target, name) => (name === "now" ? () => target.now() + offset : Reflect.get(target, name)),
  });
  let forward = false;
  setInterval(() => {
    forward = !forward;
    offset += forward ? JUMP_MS : -JUMP_MS;
    appendFileSync(join(folder, "jumps"), ".");
  }, 3_000).unref();
}
