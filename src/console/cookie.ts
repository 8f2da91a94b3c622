/**
 * The one cookie of the console: the token of a session, out of reach of scripts and of other sites.
 *
 * Over https it is `__Host-xd`, which a browser binds to this host alone and sends encrypted only; on this machine, without TLS,
 * it is `xd-<port>`. Format: RFC 6265bis.
 */
import type { FastifyReply, FastifyRequest } from "fastify";

/** Browsers share the cookies of one host between its ports, so on this machine the port is part of the name. */
export const cookieName = (request: FastifyRequest, outside: URL | null): string =>
  outside === null ? `xd-${request.socket.localPort}` : "__Host-xd";

/** The value of a cookie; null when it did not come, or came twice with different values. */
export function cookieOf(request: FastifyRequest, name: string): string | null {
  const values = new Set(
    (request.headers.cookie ?? "")
      .split(";")
      .map((each) => each.trim())
      .filter((each) => each.startsWith(`${name}=`))
      .map((each) => each.slice(name.length + 1)),
  );
  const [value] = values;
  return values.size === 1 && value ? value : null;
}

/** Gives the browser a session's token, or takes it back (null). */
export function setCookie(reply: FastifyReply, name: string, token: string | null): void {
  const secure = name.startsWith("__Host-") ? "; Secure" : "";
  const life = token === null ? "; Max-Age=0" : "";
  reply.header("set-cookie", `${name}=${token ?? ""}; Path=/; HttpOnly; SameSite=Lax${secure}${life}`);
}
