/**
 * Keeps secrets of people in the database so that a copy of it opens none of them.
 *
 * AES-256-GCM under a key derived for this one text (HKDF-SHA256 over a random salt), bound to what it is about: a sealed text
 * moved to another row does not open, nor does one with a changed bit. The key comes from outside the database by a secret
 * reference. Of several keys the first seals and all of them open, so one can be changed while people work.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { Unusable } from "../std/errors.ts";

const KEY_MIN = 32;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export class Sealing {
  readonly #keys = new Map<string, string>();
  readonly #first: string;

  /** @throws {Unusable} when there is no key, or one is short enough to be guessed */
  constructor(keys: readonly [string, ...string[]]) {
    for (const key of keys) {
      if (key.length < KEY_MIN) {
        throw new Unusable(
          `A sealing key has at least ${KEY_MIN} characters; this one has ${key.length}. Make one: openssl rand -base64 32`,
        );
      }
      this.#keys.set(nameOf(key), key);
    }
    this.#first = nameOf(keys[0]);
  }

  /** `about` names the one place it is for, such as "second factor of kim". */
  seal(about: string, text: string): string {
    const salt = randomBytes(SALT_BYTES);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", keyFor(this.#keys.get(this.#first)!, salt, about), nonce);
    cipher.setAAD(Buffer.from(about));
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return `1.${this.#first}.${Buffer.concat([salt, nonce, sealed, cipher.getAuthTag()]).toString("base64url")}`;
  }

  /** What was sealed about this. @throws {Unusable} when its key is not here, or it is not what was sealed for this place */
  open(about: string, sealed: string): string {
    const [, name = "", rest = ""] = /^1\.([0-9a-f]{8})\.([\w-]+)$/.exec(sealed) ?? [];
    const key = this.#keys.get(name);
    if (key === undefined) {
      throw new Unusable(
        `The ${about} is sealed with the key ${name || "of another release"}, which is not among console.sealingKey. Put that key back, behind the new one.`,
      );
    }
    const bytes = Buffer.from(rest, "base64url");
    const salt = bytes.subarray(0, SALT_BYTES);
    const nonce = bytes.subarray(SALT_BYTES, SALT_BYTES + NONCE_BYTES);
    const text = bytes.subarray(SALT_BYTES + NONCE_BYTES, -TAG_BYTES);
    try {
      const cipher = createDecipheriv("aes-256-gcm", keyFor(key, salt, about), nonce);
      cipher.setAAD(Buffer.from(about));
      cipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([cipher.update(text), cipher.final()]).toString("utf8");
    } catch (cause) {
      throw new Unusable(
        `The ${about} does not open: somebody changed it in the database, or moved it there. An administrator resets it.`,
        { cause },
      );
    }
  }

  /** Whether it was sealed with a key that is on its way out. */
  isDated = (sealed: string): boolean => !sealed.startsWith(`1.${this.#first}.`);
}

/** A key for one text. RFC 5869. */
const keyFor = (key: string, salt: Uint8Array, about: string): Buffer =>
  Buffer.from(hkdfSync("sha256", key, salt, `crossdock: ${about}`, 32));

/** What a key is called where it is named; says nothing about it. */
const nameOf = (key: string): string =>
  createHash("sha256").update(`crossdock sealing key ${key}`).digest("hex").slice(0, 8);
