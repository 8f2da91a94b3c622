/**
 * Signing in with a name and a secret (OAuth 2.0, client credentials): for products whose tokens live for an hour.
 *
 * What must stay true: a token is fetched once for all calls that wait for it, and neither the secret nor a token is ever in an
 * error. A token the target no longer takes is renewed once for a call; a target says so before it acts, so the call may go again.
 * A second refusal is the connection's matter and not the token's age.
 */
import { Unavailable } from "../std/errors.ts";
import { textIn } from "./answer.ts";
import { type Answer, type Call, httpClient } from "./http-client.ts";
import { judge } from "./outcome.ts";

export interface SignInSettings {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string;
}

/** A token that will end within this time is no longer used. */
const MARGIN_MS = 10_000;

export class SignIn {
  readonly #settings: SignInSettings;
  readonly #now: () => Date;
  readonly #client: ReturnType<typeof httpClient>;
  readonly #path: string;
  #token: { readonly value: string; readonly endsAt: number } | undefined;
  #fetching: Promise<string> | undefined;

  constructor(settings: SignInSettings, now: () => Date, timeoutMs: number) {
    this.#settings = settings;
    this.#now = now;
    const url = new URL(settings.tokenUrl);
    this.#path = `${url.pathname}${url.search}`;
    this.#client = httpClient({ url: url.origin, connections: 1, timeoutMs, answerBytesMax: 100_000 });
  }

  /** A token to call with. @throws {Unavailable} with `access: true` when name or secret are not taken */
  async token(): Promise<string> {
    if (this.#token && this.#token.endsAt - MARGIN_MS > this.#now().getTime()) return this.#token.value;
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  /** Makes `call` with a token, and once more with a new one when the target no longer took the first. */
  async with(call: (token: string) => Promise<Answer>): Promise<Answer> {
    const token = await this.token();
    const answer = await call(token);
    if (answer.status !== 401) return answer;
    // Somebody else may have renewed it meanwhile; then that one is used.
    if (this.#token?.value === token) this.#token = undefined;
    return call(await this.token());
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #fetch(): Promise<string> {
    const { clientId, clientSecret, scope } = this.#settings;
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
      ...(scope === undefined ? {} : { scope }),
    });
    const asking: Call = {
      method: "POST",
      path: this.#path,
      headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
      body: form.toString(),
      moves: false,
      about: "the sign-in",
      facts: {},
    };
    const answer = await this.#client.call(asking);
    // RFC 6749 answers a wrong name or secret with 400 or 401; both are a matter of access.
    const { json } = judge(answer, asking, this.#now(), ({ status }) =>
      status === 400 || status === 401 ? { as: "denied" } : undefined,
    );
    const value = textIn(json, "access_token");
    const seconds = Number(textIn(json, "expires_in") ?? "300");
    if (value === undefined || !/^[\x21-\x7e]+$/.test(value) || !Number.isFinite(seconds)) {
      throw new Unavailable("The sign-in was answered without a usable token.", { facts: {} });
    }
    this.#token = { value, endsAt: this.#now().getTime() + seconds * 1_000 };
    return value;
  }
}
