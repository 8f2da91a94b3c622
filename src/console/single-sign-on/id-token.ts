/**
 * Holds an ID token of an identity provider against everything it must be. Touches no network: keys come in as an argument.
 *
 * Only four algorithms, all with the provider's public keys; a key is never taken from the token itself (jwk, jku, x5u, x5c are not
 * read), and a key of one kind never checks an algorithm of another. Source: OpenID Connect Core 1.0, section 3.1.3.7; RFC 8725.
 */
import { constants, createPublicKey, type JsonWebKey, type KeyObject, verify } from "node:crypto";

export class TokenRefused extends Error {
  override readonly name = "TokenRefused";
}

/** A public key of a JWK set, as far as we look at it. */
export interface PublicKey extends JsonWebKey {
  readonly kid?: string;
  readonly use?: string;
  readonly alg?: string;
}

export interface Expected {
  readonly issuer: string;
  readonly clientId: string;
  readonly nonce: string;
  /** Now, in milliseconds since 1970. */
  readonly now: number;
}

export type Claims = Readonly<Record<string, unknown>> & { readonly sub: string };

/** Clocks differ by as much. */
const LEEWAY_S = 60;
const TOKEN_MAX = 64 * 1_024;
/** An ID token is used at once; one that was made long ago comes from somewhere else. */
const AGE_MAX_S = 600;

const ALGORITHMS: Readonly<
  Record<string, { kty: string; crv?: string; check(key: KeyObject, said: Buffer, by: Buffer): boolean }>
> = {
  RS256: { kty: "RSA", check: (key, said, by) => verify("sha256", said, key, by) },
  PS256: {
    kty: "RSA",
    check: (key, said, by) =>
      verify("sha256", said, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }, by),
  },
  ES256: {
    kty: "EC",
    crv: "P-256",
    check: (key, said, by) => verify("sha256", said, { key, dsaEncoding: "ieee-p1363" }, by),
  },
  EdDSA: { kty: "OKP", crv: "Ed25519", check: (key, said, by) => verify(null, said, key, by) },
};

/**
 * The claims of a token that is what it should be. `keyOf` gives the provider's key of an id, or null.
 *
 * @throws {TokenRefused} with the reason, for the log; people are told only that it did not work
 */
export async function readIdToken(
  token: string,
  expected: Expected,
  keyOf: (kid: string | undefined, kty: string) => Promise<PublicKey | null>,
): Promise<Claims> {
  const parts = token.split(".");
  if (token.length > TOKEN_MAX || parts.length !== 3) refuse("it is no signed token");
  const [head, body, signature] = parts as [string, string, string];
  const header = json(head);
  const algorithm =
    typeof header.alg === "string" && Object.hasOwn(ALGORITHMS, header.alg)
      ? ALGORITHMS[header.alg]
      : undefined;
  if (!algorithm) return refuse(`its algorithm is ${String(header.alg)}`);
  if (header.crit !== undefined) refuse("it asks for extensions");
  if (header.typ !== undefined && header.typ !== "JWT") refuse(`its type is ${String(header.typ)}`);
  const kid = typeof header.kid === "string" ? header.kid : undefined;
  const jwk = await keyOf(kid, algorithm.kty);
  if (!jwk) return refuse("the provider has no such key");
  if (jwk.kty !== algorithm.kty || (algorithm.crv !== undefined && jwk.crv !== algorithm.crv))
    refuse("the key is of another kind");
  if ((jwk.use !== undefined && jwk.use !== "sig") || (jwk.alg !== undefined && jwk.alg !== header.alg)) {
    refuse("the key is for something else");
  }
  const key = createPublicKey({ key: jwk, format: "jwk" });
  if (jwk.kty === "RSA" && (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2_048)
    refuse("the key is too short");
  if (!algorithm.check(key, Buffer.from(`${head}.${body}`), Buffer.from(signature, "base64url")))
    refuse("its signature is wrong");
  return checked(json(body), expected);
}

function checked(claims: Record<string, unknown>, { issuer, clientId, nonce, now }: Expected): Claims {
  const { iss, sub, aud, azp, exp, nbf, iat } = claims;
  const seconds = now / 1_000;
  if (iss !== issuer) refuse("another issuer made it");
  const audience = Array.isArray(aud) ? aud : [aud];
  if (!audience.includes(clientId)) refuse("it is for somebody else");
  if ((audience.length > 1 || azp !== undefined) && azp !== clientId)
    refuse("it was asked for by somebody else");
  if (typeof exp !== "number" || exp + LEEWAY_S < seconds) refuse("it has run out");
  if (typeof iat !== "number" || iat - LEEWAY_S > seconds || iat + AGE_MAX_S < seconds)
    refuse("it was not made just now");
  if (nbf !== undefined && (typeof nbf !== "number" || nbf - LEEWAY_S > seconds))
    refuse("it is not good yet");
  if (claims.nonce !== nonce) refuse("it answers another sign-in");
  if (typeof sub !== "string" || sub === "" || sub.length > 255) refuse("it names nobody");
  return claims as Claims;
}

function json(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Told below.
  }
  return refuse("it cannot be read");
}

function refuse(because: string): never {
  throw new TokenRefused(`The identity provider's token was refused: ${because}.`);
}
