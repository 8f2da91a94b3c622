/**
 * What a request to the console must look like, whoever sends it: addressed to this console, and by its own pages.
 *
 * A browser is also used to visit other sites, and those must not be able to press buttons here: a request must name this
 * console as its host (or a rebound DNS name could read it), must not come from another site, and a change must come as JSON,
 * which no form of another site can send. Who asks and what they may is decided afterwards, in `gate.ts`.
 *
 * Checked in this order: host, origin, then for changes the content type. Each refusal says what was wrong.
 */
import type { FastifyRequest } from "fastify";
import { Unusable } from "../std/errors.ts";

/** Header that carries the token of `/api/session` with every change. */
export const TOKEN_HEADER = "x-crossdock-token";

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]", "::1"]);

export const isLoopback = (host: string): boolean => LOOPBACK.has(host);

/**
 * Where people reach the console, when it is not this machine: the address of the proxy that speaks TLS for it.
 *
 * @throws {Unusable} when passwords and cookies would travel in the clear
 */
export function publicAddress(host: string, publicUrl: string | undefined): URL | null {
  if (publicUrl !== undefined) {
    const url = URL.canParse(publicUrl) ? new URL(publicUrl) : null;
    if (url?.protocol === "https:" && url.pathname === "/" && url.username === "") return url;
    throw new Unusable(
      `console.publicUrl is "${publicUrl}", but must be the https address people open, such as https://crossdock.example.com/.`,
    );
  }
  if (isLoopback(host)) return null;
  throw new Unusable(
    `The console cannot listen on ${host}: passwords would travel in the clear. Put a proxy that speaks TLS before it and say ` +
      `its address with console.publicUrl (CROSSDOCK_CONSOLE_URL), or use 127.0.0.1 and an SSH tunnel.`,
    { facts: { host } },
  );
}

/** Why the request may not pass, or null. `outside` is the address people open when it is not this machine. */
export function refusal(request: FastifyRequest, outside: URL | null): string | null {
  const host = request.headers.host ?? "";
  const isOutside = outside !== null && host.toLowerCase() === outside.host;
  if (!isOutside && !LOOPBACK.has(nameOf(host))) {
    const here = outside === null ? "127.0.0.1 and localhost" : `${outside.host}, 127.0.0.1 and localhost`;
    return `The console answers to ${here}, not to ${host === "" ? "a request without a host" : host}.`;
  }
  const { origin } = request.headers;
  if (origin !== undefined && origin !== (isOutside ? outside.origin : `http://${host}`)) {
    return `The request came from ${origin}; only the console's own pages may ask.`;
  }
  const site = request.headers["sec-fetch-site"];
  const opensPage = request.headers["sec-fetch-mode"] === "navigate" && mayBeOpened(request.url);
  if (site !== undefined && site !== "same-origin" && site !== "none" && !opensPage) {
    return "The request came from another site; only the console's own pages may ask.";
  }
  if (request.method === "GET" || request.method === "HEAD") return null;
  if (!/^application\/json\b/.test(request.headers["content-type"] ?? "")) {
    return "A change is sent as application/json.";
  }
  return null;
}

/** Pages, and where an identity provider sends people back to. */
const mayBeOpened = (url: string): boolean =>
  !url.startsWith("/api") || url.startsWith("/api/single-sign-on/");

/** The name in `name:port`, with an IPv6 address in its brackets. */
const nameOf = (host: string): string => /^(\[[^\]]*\]|[^:]*)(?::\d+)?$/.exec(host)?.[1]?.toLowerCase() ?? "";

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
