/**
 * Where published documents of others lie, for tests that read them: they belong to their owners and are no part of this
 * repository. Point CROSSDOCK_SAMPLES at a folder of samples to run those tests; without one they say so and pass.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { test } from "vitest";
import type { Bytes } from "../std/bytes.ts";

/** Every file of one set, sorted by name; with none the test that is registered says so. */
export function samplesOf(set: string): { readonly file: string; readonly body: () => Bytes }[] {
  const folder = [process.env.CROSSDOCK_SAMPLES, "../shared/samples", "../../shared/samples"]
    .filter((candidate) => candidate !== undefined)
    .map((candidate) => path.resolve(candidate, set))
    .find((candidate) => existsSync(candidate));
  if (folder === undefined) {
    test(`skipped: no samples of ${set}`, () => console.log("skipped: no samples"));
    return [];
  }
  return (readdirSync(folder, { recursive: true }) as string[])
    .map((file) => file.replaceAll(path.sep, "/"))
    .filter((file) => statSync(path.join(folder, file)).isFile())
    .sort()
    .map((file) => ({ file, body: () => readFileSync(path.join(folder, file)) }));
}
