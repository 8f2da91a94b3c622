/** Keys are recognised by their shape and checksum alone; what is kept of them opens nothing. */
import { expect, test } from "vitest";
import { hashSecret, matches, parseKey } from "./keys.ts";

const KEY = "xdk_live_4Kd82ns0QpLz_0000000000000000000000000000000000000000042_0000E2";

test("a key with a wrong checksum is no key", () => {
  expect(parseKey(KEY)).toBeNull();
});

test.each([
  ["nothing", ""],
  ["another kind of token", "sk_live_4Kd82ns0QpLz"],
  ["a key with a line break behind it", `${KEY}\n`],
  ["a key with a letter that is not ASCII", KEY.replace("4", "４")],
  ["a megabyte of text", "x".repeat(1_000_000)],
])("%s is no key", (_name, text) => {
  expect(parseKey(text)).toBeNull();
});

test("a secret matches its own hash only, under the same pepper only", () => {
  const kept = hashSecret("s3cret", "pepper");
  expect(matches("s3cret", "pepper", kept)).toBe(true);
  expect(matches("s3cres", "pepper", kept)).toBe(false);
  expect(matches("s3cret", "other", kept)).toBe(false);
  expect(matches("s3cret", "pepper", undefined)).toBe(false);
  expect(matches("s3cret", "pepper", Buffer.alloc(7))).toBe(false);
});
