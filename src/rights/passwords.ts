/**
 * Passwords: how they are kept, and how one is recognised.
 *
 * Kept as a PHC string with algorithm and parameters inside, so that stronger parameters apply to the next sign-in and old
 * hashes stay readable: argon2id where this Node has it (24.7 and newer), scrypt otherwise. Checking takes as long for somebody
 * nobody knows. Parameters are OWASP's for interactive sign-in (Password Storage Cheat Sheet): argon2id 19 MiB, 2 passes,
 * 1 lane; scrypt N = 2^17, r = 8, p = 1. The format is that of https://github.com/P-H-C/phc-string-format.
 */
import * as crypto from "node:crypto";
import { Unusable } from "../std/errors.ts";

const ARGON2 = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const SCRYPT = { ln: 17, r: 8, p: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const LENGTH = { least: 12, most: 200 } as const;
/** Hashing takes 20 to 130 MB each; this many at once, the others wait. */
const AT_ONCE = 2;

const hasArgon2 = typeof crypto.argon2 === "function";

/** Refuses what is no password: too short, too long, or the person's own name. Composition rules are not used (NIST SP 800-63B). */
export function usablePassword(
  password: string,
  person: { readonly id: string; readonly name: string },
): void {
  const length = [...password].length;
  if (length < LENGTH.least || length > LENGTH.most) {
    throw new Unusable(
      `A password has ${LENGTH.least} to ${LENGTH.most} characters; this one has ${length}. A few words one remembers do well.`,
    );
  }
  const plain = password.toLowerCase();
  if (
    new Set(plain).size < 5 ||
    plain.replaceAll(/[^a-z]/g, "") === "password" ||
    (person.id.length > 3 && plain.includes(person.id))
  ) {
    throw new Unusable(
      "That password is guessed at once: it repeats itself or contains the name. Choose another.",
    );
  }
}

/** Hashes a password for keeping. */
export const hashPassword = (password: string): Promise<string> =>
  inTurn(async () => {
    const salt = crypto.randomBytes(SALT_BYTES);
    if (hasArgon2) {
      const hash = await argon2(password, salt, ARGON2, HASH_BYTES);
      return `$argon2id$v=19$m=${ARGON2.memory},t=${ARGON2.passes},p=${ARGON2.parallelism}$${text(salt)}$${text(hash)}`;
    }
    const hash = await scrypt(password, salt, SCRYPT, HASH_BYTES);
    return `$scrypt$ln=${SCRYPT.ln},r=${SCRYPT.r},p=${SCRYPT.p}$${text(salt)}$${text(hash)}`;
  });

let nobodys: Promise<string> | null = null;

/** Whether the password is the one that was kept. Takes as long when nothing was kept. */
export async function isPassword(password: string, kept: string | null): Promise<boolean> {
  nobodys ??= hashPassword(crypto.randomBytes(18).toString("base64"));
  const against = kept ?? (await nobodys);
  const same = await inTurn(() => matches(password, against));
  return same && kept !== null;
}

/** Whether a kept hash was made with other parameters than we would use now. */
export const isDated = (kept: string): boolean =>
  !kept.startsWith(
    hasArgon2
      ? `$argon2id$v=19$m=${ARGON2.memory},t=${ARGON2.passes},p=${ARGON2.parallelism}$`
      : `$scrypt$ln=${SCRYPT.ln},r=${SCRYPT.r},p=${SCRYPT.p}$`,
  );

async function matches(password: string, kept: string): Promise<boolean> {
  const parts = /^\$(argon2id|scrypt)\$(?:v=19\$)?([a-z0-9=,]+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(
    kept,
  );
  if (!parts) return false;
  const [, algorithm, settings = "", salt = "", hash = ""] = parts;
  const said = Object.fromEntries(settings.split(",").map((each) => each.split("="))) as Record<
    string,
    string
  >;
  const number = (name: string) => Number(said[name]);
  const wanted = Buffer.from(hash, "base64");
  const grain = Buffer.from(salt, "base64");
  let made: Buffer;
  if (algorithm === "scrypt") {
    made = await scrypt(password, grain, { ln: number("ln"), r: number("r"), p: number("p") }, wanted.length);
  } else {
    if (!hasArgon2) {
      throw new Unusable(
        "This password was kept by argon2id, which needs Node 24.7 or newer. Start Crossdock with that one.",
      );
    }
    const settings = { memory: number("m"), passes: number("t"), parallelism: number("p") };
    made = await argon2(password, grain, settings, wanted.length);
  }
  return crypto.timingSafeEqual(made, wanted);
}

const argon2 = (
  password: string,
  nonce: Buffer,
  settings: { memory: number; passes: number; parallelism: number },
  tagLength: number,
): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const message = Buffer.from(password.normalize("NFKC"));
    crypto.argon2("argon2id", { message, nonce, tagLength, ...settings }, (error, hash) =>
      error ? reject(error) : resolve(Buffer.from(hash)),
    );
  });

const scrypt = (
  password: string,
  salt: Buffer,
  { ln, r, p }: { ln: number; r: number; p: number },
  length: number,
): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const settings = { N: 2 ** ln, r, p, maxmem: 256 * 2 ** ln * r };
    crypto.scrypt(password.normalize("NFKC"), salt, length, settings, (error, hash) =>
      error ? reject(error) : resolve(hash),
    );
  });

/** Base64 without padding, as PHC strings have it. */
const text = (bytes: Buffer): string => bytes.toString("base64").replaceAll("=", "");

let busy = 0;
const waiting: (() => void)[] = [];

/** Lets `AT_ONCE` through at a time. */
async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (busy >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  busy++;
  try {
    return await work();
  } finally {
    busy--;
    waiting.shift()?.();
  }
}
