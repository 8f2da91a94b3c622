/** How passwords are kept and recognised. */
import { expect, test } from "vitest";
import { hashPassword, isDated, isPassword, usablePassword } from "./passwords.ts";

test("a password is recognised by what was kept, and by nothing else", async () => {
  const kept = await hashPassword("nine blue lorries ");
  expect(kept).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(await isPassword("nine blue lorries ", kept)).toBe(true);
  expect(await isPassword("nine blue lorries", kept)).toBe(false);
  expect(await isPassword("nine blue lorries ", null)).toBe(false);
  expect(await isPassword("nine blue lorries ", "nine blue lorries ")).toBe(false);
  expect(await hashPassword("nine blue lorries ")).not.toBe(kept);
  expect(isDated(kept)).toBe(false);
});

// The second hash is made here by the other algorithm, with weaker parameters than ours.
test("hashes of other makers and of other parameters are read, and known to be dated", async () => {
  const scrypt = "$scrypt$ln=10,r=8,p=1$c29tZSBzYWx0IGhlcmU$SCRYPT";
  const made = await import("node:crypto").then(({ scryptSync }) =>
    scryptSync("old password", Buffer.from("c29tZSBzYWx0IGhlcmU", "base64"), 32, { N: 1_024, r: 8, p: 1 }),
  );
  const kept = scrypt.replace("SCRYPT", made.toString("base64").replaceAll("=", ""));
  expect(await isPassword("old password", kept)).toBe(true);
  expect(await isPassword("new password", kept)).toBe(false);
  expect(isDated(kept)).toBe(true);
});

test.each([
  ["short", "too short"],
  ["aaaaaaaaaaaaaaaaaaaa", "repeats itself"],
  ["maria-maria-maria", "contains the name"],
  ["x".repeat(201), "too long"],
])("%s is no password: %s", (password) => {
  expect(() => usablePassword(password, { id: "maria", name: "Maria" })).toThrow(/password/i);
});
