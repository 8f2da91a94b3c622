/** Codes of an authenticator app, and what keeps their secrets at rest. */
import { expect, test } from "vitest";
import {
  base32,
  codeOf,
  fromBase32,
  newCodeSecret,
  otpauthUri,
  stepAt,
  stepOfCode,
} from "./one-time-codes.ts";
import { Sealing } from "./sealing.ts";

// RFC 6238, appendix B, with SHA-1; its eight digits end in the six of an app.
test.each([
  [59, "287082"],
  [1_111_111_109, "081804"],
  [1_111_111_111, "050471"],
  [1_234_567_890, "005924"],
  [2_000_000_000, "279037"],
  [20_000_000_000, "353130"],
])("%i seconds after 1970 the code of the standard is %s", (seconds, code) => {
  expect(codeOf(base32(Buffer.from("12345678901234567890")), stepAt(seconds))).toBe(code);
});

test("a code is right for its half minute and the ones beside it", () => {
  const secret = newCodeSecret();
  const at = (step: number) => stepOfCode(secret, codeOf(secret, step), 100);
  expect([98, 99, 100, 101, 102].map(at)).toEqual([null, 99, 100, 101, null]);
  for (const typed of ["", "12345", "1234567", "12345a"]) expect(stepOfCode(secret, typed, 100)).toBe(null);
});

// RFC 4648, section 10.
test.each([
  ["f", "MY"],
  ["fo", "MZXQ"],
  ["foo", "MZXW6"],
  ["foob", "MZXW6YQ"],
  ["fooba", "MZXW6YTB"],
  ["foobar", "MZXW6YTBOI"],
])("%s is %s in base32", (text, encoded) => {
  expect([base32(Buffer.from(text)), fromBase32(encoded).toString()]).toEqual([encoded, text]);
});

test("an app is told what the codes are made of, for whom and by whom", () => {
  expect(otpauthUri("MZXW6YTBOI", "Lyon & Co", "kim@example.com")).toBe(
    "otpauth://totp/Lyon%20%26%20Co:kim%40example.com?secret=MZXW6YTBOI&issuer=Lyon%20%26%20Co",
  );
});

const [OLD, NEW] = ["an old key of thirty-two characters", "a new key of thirty-two characters."];

test("what is sealed opens in its place only, unchanged, and with its key", () => {
  const sealing = new Sealing([OLD]);
  const sealed = sealing.seal("second factor of kim", "JBSWY3DP");
  expect(sealed).not.toContain("JBSWY3DP");
  expect(sealing.seal("second factor of kim", "JBSWY3DP")).not.toBe(sealed);
  expect(sealing.open("second factor of kim", sealed)).toBe("JBSWY3DP");
  expect(() => sealing.open("second factor of eve", sealed)).toThrow("does not open");
  const [one, key, rest = ""] = sealed.split(".");
  const bytes = Buffer.from(rest, "base64url");
  for (const at of [0, 16, 28, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    const text = [one, key, changed.toString("base64url")].join(".");
    expect(() => sealing.open("second factor of kim", text)).toThrow("does not open");
  }
  expect(() => new Sealing([NEW]).open("second factor of kim", sealed)).toThrow(
    /sealed with the key [0-9a-f]{8}, which is not among console\.sealingKey/,
  );
  const both = new Sealing([NEW, OLD]);
  expect([both.open("second factor of kim", sealed), both.isDated(sealed)]).toEqual(["JBSWY3DP", true]);
  expect(() => new Sealing(["short"])).toThrow("at least 32 characters");
});
