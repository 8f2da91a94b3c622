/**
 * Sign-in with a name and a secret (OAuth 2.0, client credentials), and tokens that end.
 *
 * What must stay true: a token that has ended is refused before anything is done. Tokens are kept in memory only, so after a restart
 * everybody signs in again. The secret is the system's token of the secrets file; without one any secret is taken.
 */
import { randomBytes } from "node:crypto";
import type { Call, Route } from "./call.ts";

export class Sessions {
  readonly #secret: string | undefined;
  readonly #tokens = new Map<string, number>();
  lifeMs = 3_600_000;
  #signedIn = 0;

  constructor(secret: string | undefined) {
    this.#secret = secret;
  }

  /** `POST` of a form with `grant_type=client_credentials`. */
  route(path: RegExp): Route {
    return {
      method: "POST",
      path,
      open: true,
      handle: ({ raw }: Call) => {
        const form = new URLSearchParams(raw);
        if (form.get("grant_type") !== "client_credentials") {
          return { status: 400, body: { error: "unsupported_grant_type" } };
        }
        if (this.#secret !== undefined && form.get("client_secret") !== this.#secret) {
          return { status: 401, body: { error: "invalid_client" } };
        }
        const token = randomBytes(18).toString("base64url");
        this.#tokens.set(token, Date.now() + this.lifeMs);
        this.#signedIn += 1;
        return {
          status: 200,
          body: { access_token: token, token_type: "Bearer", expires_in: Math.ceil(this.lifeMs / 1_000) },
        };
      },
    };
  }

  /** Whether a call with this header may come in. */
  admits(authorization: string | undefined): boolean {
    const token = /^Bearer (.+)$/.exec(authorization ?? "")?.[1] ?? "";
    return (this.#tokens.get(token) ?? 0) > Date.now();
  }

  /** Every token ends, as when an administrator ends all sessions. */
  end(): void {
    this.#tokens.clear();
  }

  shown(): Record<string, number> {
    return { signedIn: this.#signedIn, tokens: this.#tokens.size };
  }
}
