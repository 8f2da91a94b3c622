/**
 * The codes of an authenticator app: what they are made of, and which one it is now.
 *
 * Time-based (RFC 6238) over counter-based (RFC 4226), with SHA-1, six digits and thirty seconds: what every app knows. Pure;
 * whose codes they are, and that each is taken once, is kept by `second-factor.ts`.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const STEP_SECONDS = 30;
const DIGITS = 6;
/** RFC 4226, section 4: at least 128 bits, better 160. */
const SECRET_BYTES = 20;
/** A code of the step before or after is right as well: the clock of a telephone differs, and typing takes a while. */
const AROUND = [0, -1, 1];

/** RFC 4648, section 6. */
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Bytes as base32 without padding, as authenticator apps take them. */
export function base32(bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += BASE32[(held >>> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + BASE32[(held << (5 - bits)) & 31];
}

/** The bytes of `base32` text. @throws {RangeError} for a character that is none of it */
export function fromBase32(text: string): Buffer {
  const bytes: number[] = [];
  let held = 0;
  let bits = 0;
  for (const character of text) {
    const value = BASE32.indexOf(character);
    if (value < 0) throw new RangeError("That is not base32.");
    held = (held << 5) | value;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push(held >>> bits);
    held &= (1 << bits) - 1;
  }
  return Buffer.from(bytes);
}

/** What the codes of one person are made of: 160 random bits, base32. */
export const newCodeSecret = (): string => base32(randomBytes(SECRET_BYTES));

/** The half minute a moment lies in, counted from 1970. */
export const stepAt = (unixSeconds: number): number => Math.floor(unixSeconds / STEP_SECONDS);

/** The code of one step. RFC 4226, section 5.3. */
export function codeOf(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac("sha1", fromBase32(secret)).update(counter).digest();
  const at = hash[19]! & 0xf;
  const number = hash.readUInt32BE(at) & 0x7fff_ffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, "0");
}

/** The step whose code this is, of those around `step`; null when it is the code of none. */
export function stepOfCode(secret: string, code: string, step: number): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const typed = Buffer.from(code);
  // Every one is compared, so that how long it takes tells nothing.
  const found = AROUND.filter((by) => timingSafeEqual(Buffer.from(codeOf(secret, step + by)), typed));
  return found[0] === undefined ? null : step + found[0];
}

/** What an app reads from the picture. Format: the Key URI Format of Google Authenticator, which others follow. */
export function otpauthUri(secret: string, issuer: string, person: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(person)}`;
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`;
}
