/**
 * A small OpenID Connect provider as a process of its own, for tests. It shares no code with the product.
 *
 * It is honest by default: discovery, keys, authorization code with PKCE, ID tokens by RS256, PS256, ES256 or EdDSA. Who signs in, what
 * the token says and how it is damaged is set by `POST /next`, so each attack is one real answer of a real provider. It counts what
 * it is asked, also at an address no honest client calls. Prints its address as JSON; ends when its standard input does.
 */
import {
  createHash,
  createHmac,
  createSign,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface Next {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly alg?: string;
  /** Another key than the published one, HMAC with the public key, no signature, or a changed body. */
  readonly damage?: "foreign key" | "public key as secret" | "no signature" | "changed body";
  readonly error?: string;
  /** Said by the discovery document in place of our own. */
  readonly issuer?: string;
}

const CLIENT = { id: "crossdock", secret: "the secret of the client" };
const pairs: Record<string, { publicKey: KeyObject; privateKey: KeyObject }> = {
  RS256: generateKeyPairSync("rsa", { modulusLength: 2_048 }),
  PS256: generateKeyPairSync("rsa", { modulusLength: 2_048 }),
  ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  EdDSA: generateKeyPairSync("ed25519"),
};
const foreign = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const codes = new Map<string, { challenge: string; redirect: string; nonce: string }>();
const asked: Record<string, number> = {};
let next: Next = {};
let issuer = "";

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

function signed(alg: string, text: string): string {
  if (next.damage === "no signature") return "";
  if (next.damage === "public key as secret") {
    const pem = pairs.RS256!.publicKey.export({ type: "spki", format: "pem" });
    return createHmac("sha256", pem).update(text).digest("base64url");
  }
  const key = next.damage === "foreign key" ? foreign.privateKey : pairs[alg]!.privateKey;
  if (alg === "EdDSA") return sign(null, Buffer.from(text), key).toString("base64url");
  if (alg === "ES256")
    return sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }).toString("base64url");
  if (alg === "PS256")
    return sign("sha256", Buffer.from(text), { key, padding: 6, saltLength: 32 }).toString("base64url");
  return createSign("sha256").update(text).sign(key).toString("base64url");
}

function idToken(nonce: string): string {
  const alg = next.alg ?? "RS256";
  const now = Math.floor(Date.now() / 1_000);
  const claims = {
    iss: issuer,
    aud: CLIENT.id,
    sub: "user-1",
    iat: now,
    exp: now + 300,
    nonce,
    ...next.claims,
  };
  const said = `${base64({ alg, kid: `key-${alg}`, typ: "JWT", ...next.header })}.${base64(claims)}`;
  const signature = signed(Object.hasOwn(pairs, alg) ? alg : "RS256", said);
  if (next.damage !== "changed body") return `${said}.${signature}`;
  return `${said.split(".")[0]}.${base64({ ...claims, sub: "somebody else" })}.${signature}`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", issuer);
  asked[url.pathname] = (asked[url.pathname] ?? 0) + 1;
  const say = (status: number, body: object) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  if (url.pathname === "/.well-known/openid-configuration") {
    return void say(200, {
      issuer: next.issuer ?? issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
    });
  }
  if (url.pathname === "/keys") {
    const keys = Object.entries(pairs).map(([alg, { publicKey }]) => ({
      ...publicKey.export({ format: "jwk" }),
      kid: `key-${alg}`,
      use: "sig",
      alg,
    }));
    return void say(200, { keys });
  }
  if (url.pathname === "/authorize") {
    const {
      client_id,
      redirect_uri,
      state,
      nonce,
      code_challenge,
      code_challenge_method,
      response_type,
      scope,
    } = Object.fromEntries(url.searchParams);
    const isWhole =
      client_id === CLIENT.id &&
      response_type === "code" &&
      code_challenge_method === "S256" &&
      scope?.includes("openid");
    if (!isWhole || !redirect_uri || !state || !nonce || !code_challenge)
      return void say(400, { error: "invalid_request" });
    const back = new URL(redirect_uri);
    back.searchParams.set("state", state);
    if (next.error) back.searchParams.set("error", next.error);
    else {
      const code = randomBytes(16).toString("hex");
      codes.set(code, { challenge: code_challenge, redirect: redirect_uri, nonce });
      back.searchParams.set("code", code);
      back.searchParams.set("iss", issuer);
    }
    response.writeHead(302, { location: back.href }).end();
    return;
  }
  if (url.pathname === "/token") {
    const form = new URLSearchParams(await bodyOf(request));
    const basic = Buffer.from(`${CLIENT.id}:${encodeURIComponent(CLIENT.secret)}`).toString("base64");
    if (request.headers.authorization !== `Basic ${basic}`) return void say(401, { error: "invalid_client" });
    const known = codes.get(form.get("code") ?? "");
    codes.delete(form.get("code") ?? "");
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (!known || known.challenge !== challenge || known.redirect !== form.get("redirect_uri")) {
      return void say(400, { error: "invalid_grant" });
    }
    return void say(200, { access_token: "unused", token_type: "Bearer", id_token: idToken(known.nonce) });
  }
  if (url.pathname === "/next") {
    next = JSON.parse(await bodyOf(request)) as Next;
    return void say(200, {});
  }
  if (url.pathname === "/asked") return void say(200, asked);
  say(404, {});
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
}).listen(0, "127.0.0.1", () => {
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  console.log(JSON.stringify({ issuer, client: CLIENT }));
});
process.stdin
  .on("end", () => process.exit(0))
  .on("error", () => process.exit(0))
  .resume();
