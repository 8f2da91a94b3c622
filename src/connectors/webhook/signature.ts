/**
 * Standard Webhooks signatures: who sent these bytes, and when.
 *
 * The one thing that must stay true: what is verified are the raw bytes as they came, before anyone parses them, and the comparison
 * takes the same time whatever is wrong. It knows no HTTP server and no clock; the gateway hands both in. That an id comes only once
 * is not judged here: accepting the same id twice is harmless by itself (the journal keeps ids for ever).
 *
 * Format: https://www.standardwebhooks.com, scheme `v1` (HMAC-SHA256 over `id.timestamp.body`).
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Bytes } from "../../std/bytes.ts";

/** Why an arrival is not let in. `status` is what its sender is answered. */
export type Verified =
  | { readonly ok: true; readonly messageId: string; readonly sentAt: Date }
  | { readonly ok: false; readonly status: 400 | 401; readonly reason: string };

export type HeaderValues = Readonly<Record<string, string | string[] | undefined>>;

/** A webhook may be this old, or this far in the future: 5 minutes. */
const TOLERANCE_MS = 300_000;
/** A sender rotating its secret signs twice; nobody needs more than a handful. Bounds the work of one request. */
const SIGNATURES_MAX = 10;
/** One secret in use and one being retired. */
const SECRETS_MAX = 2;

/**
 * Verifies the headers `webhook-id`, `webhook-timestamp` and `webhook-signature` over the raw body.
 *
 * @param headers as Node gives them, names in lower case
 * @param secrets `whsec_<base64>`, the one in use and, while it is being rotated, the one before
 *
 * @example verifySignature(request.headers, rawBody, ["whsec_…"], new Date())
 */
export function verifySignature(
  headers: HeaderValues,
  rawBody: Bytes,
  secrets: readonly string[],
  now: Date,
): Verified {
  const id = one(headers["webhook-id"]);
  const timestamp = one(headers["webhook-timestamp"]);
  const signatures = one(headers["webhook-signature"]);
  if (id === undefined || timestamp === undefined || signatures === undefined) {
    return refuse(
      401,
      "The webhook is not signed: webhook-id, webhook-timestamp and webhook-signature are expected.",
    );
  }
  // A full stop in the id could move the border between id, timestamp and body.
  if (!/^[\x21-\x2d\x2f-\x7e]{1,200}$/.test(id)) {
    return refuse(400, "The webhook-id is expected to be 1 to 200 printable characters without a full stop.");
  }
  if (!/^\d{1,12}$/.test(timestamp))
    return refuse(400, "The webhook-timestamp is expected in whole seconds.");
  const sentAt = new Date(Number(timestamp) * 1_000);
  if (Math.abs(now.getTime() - sentAt.getTime()) > TOLERANCE_MS) {
    return refuse(401, "The webhook-timestamp is more than five minutes away from now.");
  }
  const given = signatures.split(" ", SIGNATURES_MAX + 1);
  if (given.length > SIGNATURES_MAX) return refuse(401, `More than ${SIGNATURES_MAX} signatures were sent.`);

  const expected = secrets
    .slice(0, SECRETS_MAX)
    .flatMap((secret) => sign(secret, id, timestamp, rawBody) ?? []);
  let isGenuine = false;
  for (const signature of given) {
    const bytes = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(signature)?.[1];
    if (bytes === undefined) continue;
    // Every pair is compared, so the time taken does not tell which secret came close.
    for (const mac of expected) isGenuine = timingSafeEqual(Buffer.from(bytes, "base64"), mac) || isGenuine;
  }
  return isGenuine
    ? { ok: true, messageId: id, sentAt }
    : refuse(401, "None of the signatures fits the webhook.");
}

/** The signature header of a webhook of ours: `v1,<base64>`; undefined when the secret is unusable. */
export function signatureOf(
  secret: string,
  id: string,
  timestamp: string,
  rawBody: Bytes,
): string | undefined {
  const mac = sign(secret, id, timestamp, rawBody);
  return mac && `v1,${mac.toString("base64")}`;
}

function sign(secret: string, id: string, timestamp: string, rawBody: Bytes): Buffer | undefined {
  const key = secretBytes(secret);
  return key && createHmac("sha256", key).update(`${id}.${timestamp}.`).update(rawBody).digest();
}

/** The bytes of a `whsec_` secret: 24 to 64 of them, else the secret is unusable and fits nothing. */
export function secretBytes(secret: string): Buffer | undefined {
  const text = /^whsec_([A-Za-z0-9+/]+=*)$/.exec(secret)?.[1];
  const bytes = text === undefined ? undefined : Buffer.from(text, "base64");
  return bytes && bytes.length >= 24 && bytes.length <= 64 ? bytes : undefined;
}

// A header that came twice is joined or given as a list; either way nobody can say which one was signed.
const one = (value: string | string[] | undefined): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

const refuse = (status: 400 | 401, reason: string): Verified => ({ ok: false, status, reason });
