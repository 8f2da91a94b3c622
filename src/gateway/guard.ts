/**
 * What every request passes before a byte of its body is read.
 *
 * In this order: the head is sane, no credential stands in the address, the caller is known and has the right, its bucket
 * has a token, the dock has room, and the body to come is of a kind and size the route takes. Whatever fails is answered
 * without reading the body.
 */
import type { IncomingMessage } from "node:http";
import type { Dock } from "../runtime/dock.ts";
import type { Caller, Callers } from "./callers.ts";
import { Buckets, type Charged, networkOf } from "./limits.ts";
import { Problem } from "./problems.ts";
import type { Access, Route } from "./route.ts";
import { FAILURES_PER_MINUTE, type GatewaySettings, OPEN_PER_MINUTE } from "./settings.ts";

const HEADERS_MAX = 100;
const CREDENTIAL = /[?&;](?:api[-_]?key|key|access[-_]?token|token|authorization|auth|secret)=|xdk_/i;
const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
const LOOPBACK_HOST = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/i;

export interface Admitted {
  readonly caller: Caller | null;
  /** How much the caller has left; null where it has no bucket. */
  readonly charged: Charged | null;
}

export class Guard {
  readonly #dock: Dock;
  readonly #callers: Callers;
  readonly #buckets = new Buckets();
  readonly #open = new Buckets();
  readonly #failures = new Buckets();
  readonly #openPerMinute: number;
  readonly #failuresPerMinute: number;

  constructor(dock: Dock, callers: Callers, settings: GatewaySettings) {
    this.#dock = dock;
    this.#callers = callers;
    this.#openPerMinute = settings.openPerMinute ?? OPEN_PER_MINUTE;
    this.#failuresPerMinute = settings.failuresPerMinute ?? FAILURES_PER_MINUTE;
  }

  /**
   * Lets a request in, at once where the caller is remembered.
   *
   * @throws {Problem} with what is wrong; the body stays unread
   */
  admit(route: Route, head: IncomingMessage, address: string): Admitted | Promise<Admitted> {
    if (head.rawHeaders.length > HEADERS_MAX * 2) throw new Problem("headers-too-large");
    const url = head.url ?? "";
    if (url.includes("?") && CREDENTIAL.test(url)) throw new Problem("key-in-query");
    const who = networkOf(address);

    const scopes = this.#scopesNeeded(route.access, head, address);
    if (scopes === null) {
      if (route.access === "signed" && !this.#trusts(who)) throw tooMany(60 / this.#failuresPerMinute);
      if (route.access === "open") {
        // A bucket for each door: who floods one, or fails elsewhere, must not turn off somebody's health check.
        const door = `${route.name} ${who}`;
        const charged = this.#open.charge(door, this.#openPerMinute, this.#openPerMinute);
        if (!charged.allowed) throw tooMany(charged.resetSeconds);
      }
      this.#body(route, head);
      return { caller: null, charged: null };
    }

    let found: Caller | Promise<Caller>;
    try {
      found = this.#callers.recognise(head.headers.authorization, address, this.#trusts(who));
    } catch (error) {
      throw this.#failed(error, who);
    }
    if (!(found instanceof Promise)) return this.#with(found, scopes, route, head);
    return found.then(
      (caller) => this.#with(caller, scopes, route, head),
      (error) => {
        throw this.#failed(error, who);
      },
    );
  }

  /** Whether an address may fail once more. */
  #trusts(who: string): boolean {
    return this.#failures.peek(who, this.#failuresPerMinute, this.#failuresPerMinute);
  }

  /** Counts a failure of somebody without a key, such as a wrong signature. */
  failure(address: string): void {
    this.#failures.charge(networkOf(address), this.#failuresPerMinute, this.#failuresPerMinute);
  }

  #with(caller: Caller, scopes: readonly string[], route: Route, head: IncomingMessage): Admitted {
    const charged = this.#buckets.charge(caller.name, caller.perMinute, caller.perMinute);
    if (!charged.allowed) throw tooMany(charged.resetSeconds, limitHeaders(caller, charged));
    if (!scopes.some((scope) => caller.scopes.has(scope))) {
      throw new Problem("forbidden", {
        detail: "The key does not carry the scope this needs.",
        expected: `scope ${scopes.join(" or ")}`,
      });
    }
    this.#body(route, head);
    return { caller, charged };
  }

  /** The scopes of which one is needed; null when no key is. */
  #scopesNeeded(access: Access, head: IncomingMessage, address: string): readonly string[] | null {
    if (access === "open" || access === "signed") return null;
    if (access !== "machine or metrics") return access;
    // A page in a browser reaches loopback by a name of its own (DNS rebinding), a proxy by its headers.
    const here =
      LOOPBACK.test(address) &&
      LOOPBACK_HOST.test(head.headers.host ?? "") &&
      head.headers["x-forwarded-for"] === undefined &&
      head.headers.forwarded === undefined;
    return here ? null : ["metrics"];
  }

  /** A failure to say who one is costs the address a token. */
  #failed(error: unknown, who: string): unknown {
    if (error instanceof Problem && error.kind === "unauthenticated") this.failure(who);
    return error;
  }

  #body(route: Route, head: IncomingMessage): void {
    if (route.intake) {
      const seconds = this.#dock.retryAfterSeconds();
      if (seconds !== null) {
        throw new Problem("unavailable", {
          detail: "The dock is over its limits and takes nothing in for a moment.",
          retryAfterSeconds: seconds,
        });
      }
    }
    const { body } = route;
    if (!body) return;
    const { "content-encoding": encoding, "content-type": type, "content-length": length } = head.headers;
    if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
      throw new Problem("unsupported-media-type", {
        detail: "The body is compressed, which this address does not take.",
        field: "content-encoding",
        expected: "no content-encoding",
        headers: { "accept-encoding": "identity" },
      });
    }
    if (body.mediaTypes.length > 0 && !body.mediaTypes.includes(essence(type))) {
      throw new Problem("unsupported-media-type", {
        field: "content-type",
        expected: body.mediaTypes.join(" or "),
        headers: { accept: body.mediaTypes.join(", ") },
      });
    }
    if (length !== undefined && Number(length) > body.maxBytes) throw tooLarge(body.maxBytes);
  }
}

export const tooLarge = (maxBytes: number) =>
  new Problem("too-large", { field: "content-length", expected: `at most ${maxBytes} bytes` });

/** RateLimit and RateLimit-Policy, as in the IETF draft for these fields. */
export function limitHeaders(caller: Caller, charged: Charged): Record<string, string> {
  return {
    ratelimit: `"caller";r=${charged.remaining};t=${charged.resetSeconds}`,
    "ratelimit-policy": `"caller";q=${caller.perMinute};w=60`,
  };
}

const tooMany = (seconds: number, headers?: Record<string, string>) =>
  new Problem("too-many-requests", { retryAfterSeconds: seconds, headers });

/** `application/json` of `application/json; charset=utf-8`. */
export function essence(type: string | undefined): string {
  if (type === undefined) return "";
  const end = type.indexOf(";");
  return (end === -1 ? type : type.slice(0, end)).trim().toLowerCase();
}
