/** Holds webhook intake to its word: only bytes signed by a known secret, at about this time, come in. */
import { createHmac, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { toBytes } from "../../std/bytes.ts";
import { conformance, type World } from "../../testing/conformance.ts";
import { signatureOf, verifySignature, webhook } from "./connector.ts";

const now = new Date("2026-11-21T08:00:00Z");
const nowSeconds = now.getTime() / 1_000;
const secret = `whsec_${randomBytes(32).toString("base64")}`;
const older = `whsec_${randomBytes(24).toString("base64")}`;
const body = toBytes('{"type":"goods.picked","id":"w-1"}');

const signed = (options: { with?: string; id?: string; ageSeconds?: number; body?: Uint8Array } = {}) => {
  const id = options.id ?? "w-1";
  const timestamp = String(nowSeconds - (options.ageSeconds ?? 0));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatureOf(options.with ?? secret, id, timestamp, options.body ?? body) ?? "",
  };
};
const verdict = (headers: Record<string, string | string[] | undefined>, secrets = [secret], of = body) => {
  const verified = verifySignature(headers, of, secrets, now);
  return verified.ok ? verified.messageId : verified.status;
};

const openWorld = async (): Promise<World> => ({
  config: { secrets: [secret] },
  parcel: (n) => ({
    key: `k-${n}`,
    contract: "none",
    subject: "none/0",
    mediaType: "",
    body: toBytes(`${n}`),
  }),
  effects: () => 0,
  goDown: async () => {},
  comeBack: async () => {},
  close: async () => {},
});
const without = {
  deliver: "webhooks only come in",
  question: "webhooks only come in",
  arrive: "the gateway hands them over, not this session",
};
for (const { name, run } of conformance(webhook, openWorld, { without })) test(name, run);

test("the signature is the one the Standard Webhooks scheme computes", () => {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const by = createHmac("sha256", key).update(`w-1.${nowSeconds}.`).update(body).digest("base64");
  expect(signed()["webhook-signature"]).toBe(`v1,${by}`);
});

test("a genuine webhook is let in under its id, for 299 seconds either way and not 301", () => {
  expect([0, 299, -299, 301, -301].map((ageSeconds) => verdict(signed({ ageSeconds })))).toEqual([
    "w-1",
    "w-1",
    "w-1",
    401,
    401,
  ]);
});

test("one changed byte, a space more, another id or another time spoils it", () => {
  expect(verdict(signed(), [secret], toBytes('{"type":"goods.picked","id":"w-2"}'))).toBe(401);
  expect(verdict(signed(), [secret], toBytes('{"type": "goods.picked","id":"w-1"}'))).toBe(401);
  expect(verdict({ ...signed(), "webhook-id": "w-2" })).toBe(401);
  expect(verdict({ ...signed(), "webhook-timestamp": String(nowSeconds - 1) })).toBe(401);
});

test("while a secret is rotated both fit, afterwards only the new one", () => {
  expect(verdict(signed({ with: older }), [secret, older])).toBe("w-1");
  expect(verdict(signed({ with: older }), [secret])).toBe(401);
  const both = `${signed({ with: older })["webhook-signature"]} ${signed()["webhook-signature"]}`;
  expect(verdict({ ...signed(), "webhook-signature": both })).toBe("w-1");
  expect(verdict(signed({ with: older }), [secret, secret, older])).toBe(401);
});

test("what is not signed, or nonsense, is refused without an exception and without much work", () => {
  const signature = (text: string) => verdict({ ...signed(), "webhook-signature": text });
  expect([
    verdict({}),
    verdict({ ...signed(), "webhook-id": undefined }),
    verdict({ ...signed(), "webhook-id": ["w-1", "w-2"] }),
    verdict({ ...signed({ id: "w.1" }) }),
    verdict({ ...signed(), "webhook-timestamp": "yesterday" }),
    verdict({ ...signed(), "webhook-timestamp": "9".repeat(12) }),
    signature("v1,"),
    signature("v1,AAAA"),
    signature("v1a,AAAA"),
    signature(`v2${signed()["webhook-signature"]?.slice(2)}`),
    signature(Array.from({ length: 1_000 }, () => signed()["webhook-signature"]).join(" ")),
    verdict(signed(), []),
    verdict(signed(), ["whsec_short"]),
  ]).toEqual([401, 401, 401, 400, 400, 401, 401, 401, 401, 401, 401, 401, 401]);
});

test("an unusable secret stops the connection at its opening, without showing it", async () => {
  const around = { now: () => now, signal: new AbortController().signal, log: () => {} };
  const opening = webhook.open({ secrets: ["whsec_dG9vLXNob3J0"] }, around);
  await expect(opening).rejects.toMatchObject({ name: "Unusable", facts: { setting: "secrets" } });
  await expect(opening).rejects.not.toThrow(/dG9v/);
});

test("receiving waits until the line is closed", async () => {
  const stop = new AbortController();
  const session = await webhook.open(
    { secrets: [secret] },
    { now: () => now, signal: stop.signal, log: () => {} },
  );
  const receiving = session.receive?.(async () => ({ outcome: "accepted", receipt: "r" }));
  stop.abort();
  await receiving;
  await session.close();
});
