/**
 * One identity provider: where it is, its keys, and the exchange of a code for an ID token.
 *
 * Only addresses of its own discovery document are called, by https (or on this machine, where a test's provider runs), without
 * following redirects, with a deadline and a limit. Keys are kept for ten minutes; an unknown one makes us look again once a minute at
 * most, and while the provider is away the keys we know go on working. Source: OpenID Connect Discovery 1.0; RFC 6749, 7636, 9207.
 */
import { Unavailable, Unusable } from "../../std/errors.ts";
import { isLoopback } from "../guard.ts";
import { type Claims, type PublicKey, readIdToken } from "./id-token.ts";

export interface ProviderSettings {
  /** In addresses: `company`. */
  readonly name: string;
  /** On the button: "Company account". */
  readonly title: string;
  readonly issuer: string;
  readonly clientId: string;
  /** The secret itself, opened; null for a public client, which PKCE protects alone. */
  readonly clientSecret: string | null;
  readonly scopes: readonly string[];
}

interface Endpoints {
  readonly authorization: string;
  readonly token: string;
  readonly keys: string;
}

const WITHIN_MS = 10_000;
const ANSWER_MAX = 512 * 1_024;
const KEYS_FRESH_MS = 10 * 60_000;
const LOOK_AGAIN_MS = 60_000;

export class Provider {
  readonly settings: ProviderSettings;
  #endpoints: Promise<Endpoints> | null = null;
  #keys: readonly PublicKey[] = [];
  #keysAt = Number.NEGATIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** @throws {Unusable} when the issuer is no https address */
  constructor(settings: ProviderSettings) {
    this.settings = settings;
    secure(settings.issuer, `The issuer of the sign-in "${settings.name}"`);
  }

  /** Where to send the browser. `again`: the person proves who they are even if the provider knows them still. */
  async askAt(asked: {
    readonly redirect: string;
    readonly state: string;
    readonly nonce: string;
    readonly challenge: string;
    readonly again: boolean;
  }): Promise<string> {
    const url = new URL((await this.#found()).authorization);
    const { clientId, scopes } = this.settings;
    for (const [name, value] of Object.entries({
      response_type: "code",
      client_id: clientId,
      redirect_uri: asked.redirect,
      scope: ["openid", ...scopes].join(" "),
      state: asked.state,
      nonce: asked.nonce,
      code_challenge: asked.challenge,
      code_challenge_method: "S256",
      ...(asked.again ? { prompt: "login" } : {}),
    }))
      url.searchParams.set(name, value);
    return url.href;
  }

  /** Exchanges a code and returns the claims of the ID token that came for it. @throws {TokenRefused | Unavailable} */
  async claimsFor(
    code: string,
    asked: { readonly redirect: string; readonly verifier: string; readonly nonce: string },
  ): Promise<Claims> {
    const { clientId, clientSecret, issuer } = this.settings;
    const form = new URLSearchParams({
      grant_type: "authorization_code",
      code,
      redirect_uri: asked.redirect,
      code_verifier: asked.verifier,
      client_id: clientId,
    });
    const basic = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret ?? "")}`;
    const { token } = await this.#found();
    const answer = await this.#call(token, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        ...(clientSecret === null ? {} : { authorization: `Basic ${Buffer.from(basic).toString("base64")}` }),
      },
      body: form.toString(),
    });
    const expected = { issuer, clientId, nonce: asked.nonce, now: Date.now() };
    return readIdToken(String(answer.id_token ?? ""), expected, (kid, kty) => this.#key(kid, kty));
  }

  async #key(kid: string | undefined, kty: string): Promise<PublicKey | null> {
    const known = () => {
      const fitting = this.#keys.filter((key) => (kid === undefined ? key.kty === kty : key.kid === kid));
      return fitting.length === 1 ? fitting[0]! : null;
    };
    const now = performance.now();
    const found = known();
    const isStale = now - this.#keysAt > KEYS_FRESH_MS;
    if ((found === null || isStale) && now - this.#lookedAt > LOOK_AGAIN_MS) {
      this.#lookedAt = now;
      try {
        const { keys } = await this.#call((await this.#found()).keys);
        if (Array.isArray(keys)) {
          this.#keys = keys as PublicKey[];
          this.#keysAt = now;
        }
      } catch (error) {
        if (found === null) throw error;
      }
    }
    return known();
  }

  #found(): Promise<Endpoints> {
    this.#endpoints ??= this.#discover().catch((error: unknown) => {
      this.#endpoints = null;
      throw error;
    });
    return this.#endpoints;
  }

  async #discover(): Promise<Endpoints> {
    const { issuer, name } = this.settings;
    const said = await this.#call(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
    if (said.issuer !== issuer) {
      throw new Unusable(
        `The sign-in "${name}" is set up for the issuer ${issuer}, but that address says it is ${String(said.issuer)}.`,
      );
    }
    const at = (field: string): string =>
      secure(String(said[field] ?? ""), `${field} of the sign-in "${name}"`);
    return { authorization: at("authorization_endpoint"), token: at("token_endpoint"), keys: at("jwks_uri") };
  }

  async #call(url: string, options: RequestInit = {}): Promise<Record<string, unknown>> {
    try {
      const response = await fetch(url, {
        ...options,
        redirect: "error",
        signal: AbortSignal.timeout(WITHIN_MS),
      });
      let text = "";
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) {
        text += decoder.decode(chunk, { stream: true });
        if (text.length > ANSWER_MAX) throw new Error("It answered more than any provider says.");
      }
      if (!response.ok) throw new Error(`It answered ${response.status}.`);
      return JSON.parse(text) as Record<string, unknown>;
    } catch (cause) {
      throw new Unavailable(
        `The identity provider of “${this.settings.title}” does not answer as it should.`,
        { cause },
      );
    }
  }
}

/** @throws {Unusable} for an address that would send codes and secrets in the clear */
function secure(address: string, what: string): string {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname))) return address;
  throw new Unusable(`${what} must be an https address, but is "${address}".`);
}
