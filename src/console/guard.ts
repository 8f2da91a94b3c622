/**
 * Who may talk to the console: this machine, through a page the console itself served.
 *
 * There is no sign-in yet, so the console listens on loopback only and trusts the person at this machine. A browser is
 * also used to visit other sites, and those must not be able to press buttons here: a request must name this console as
 * its host (or a rebound DNS name could read it), must not come from another site, and a change must carry the token that
 * only our own page can read.
 *
 * Checked in this order: host, origin, then for changes content type and token. Each refusal says what was wrong.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { Unusable } from "../std/errors.ts";

/** Header that carries the token of `/api/session` with every change. */
export const TOKEN_HEADER = "x-crossdock-token";

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]", "::1"]);

/** Refuses to listen where strangers could call: until people sign in, only this machine may. */
export function loopbackOnly(host: string): void {
  if (LOOPBACK.has(host)) return;
  throw new Unusable(
    `The console cannot listen on ${host}: people do not sign in yet, so it is for this machine only. ` +
      `Use 127.0.0.1, and reach it from elsewhere through an SSH tunnel.`,
    { facts: { host } },
  );
}

export interface Guard {
  /** Known to our own page only, new with every start. */
  readonly token: string;
  /** Why the request may not pass, or null. */
  refusal(request: FastifyRequest): string | null;
}

export function guard(): Guard {
  const token = randomBytes(32).toString("base64url");
  return {
    token,
    refusal(request) {
      const host = request.headers.host ?? "";
      if (!LOOPBACK.has(nameOf(host))) {
        return `The console answers to 127.0.0.1 and localhost, not to ${host === "" ? "a request without a host" : host}.`;
      }
      const { origin } = request.headers;
      if (origin !== undefined && origin !== `http://${host}`) {
        return `The request came from ${origin}; only the console's own pages may ask.`;
      }
      const site = request.headers["sec-fetch-site"];
      const opensPage = request.headers["sec-fetch-mode"] === "navigate" && !request.url.startsWith("/api");
      if (site !== undefined && site !== "same-origin" && site !== "none" && !opensPage) {
        return "The request came from another site; only the console's own pages may ask.";
      }
      if (request.method === "GET" || request.method === "HEAD") return null;
      if (!/^application\/json\b/.test(request.headers["content-type"] ?? "")) {
        return "A change is sent as application/json.";
      }
      return isToken(request.headers[TOKEN_HEADER], token)
        ? null
        : `A change needs the header ${TOKEN_HEADER} with the token of /api/session. Reload the page.`;
    },
  };
}

/** The name in `name:port`, with an IPv6 address in its brackets. */
const nameOf = (host: string): string => /^(\[[^\]]*\]|[^:]*)(?::\d+)?$/.exec(host)?.[1]?.toLowerCase() ?? "";

function isToken(given: string | string[] | undefined, token: string): boolean {
  if (typeof given !== "string" || given.length !== token.length) return false;
  return timingSafeEqual(Buffer.from(given), Buffer.from(token));
}

/**
 * What every answer says about how a browser may use it. Nothing inline, nothing from elsewhere, in nobody's frame.
 * Source: security headers of OWASP's Secure Headers Project; Content Security Policy Level 3.
 */
export const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
};
