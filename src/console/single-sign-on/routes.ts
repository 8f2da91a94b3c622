/**
 * Signing in with an account of elsewhere: to the provider and back (authorization code with PKCE).
 *
 * What comes back must belong to a sign-in this browser began within ten minutes: its state is known, used once, and bound to a
 * cookie of its own, so nobody can be signed in as somebody else by a link. Roles come from claims by an explicit list; what the list
 * does not name gives nothing.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Pool } from "pg";
import { Buckets } from "../../gateway/limits.ts";
import { type NewGrant, type PersonRow, signInName } from "../../rights/people.ts";
import { vouchedPerson } from "../../rights/vouched.ts";
import { CrossdockError, Unusable } from "../../std/errors.ts";
import { cookieOf } from "../cookie.ts";
import { may } from "../gate.ts";
import { type Claims, TokenRefused } from "./id-token.ts";
import { Provider, type ProviderSettings } from "./provider.ts";

/** A provider and what its claims mean here. */
export interface SignOnSettings extends ProviderSettings {
  /** The claim that becomes the name people sign in with, e.g. `preferred_username`. */
  readonly signInName: string;
  /** The claim that lists groups. */
  readonly groups: string;
  /** Group → roles. */
  readonly roles: Readonly<Record<string, readonly NewGrant[]>>;
}

export interface SingleSignOnOptions {
  readonly pool: Pool;
  readonly providers: readonly SignOnSettings[];
  readonly outside: URL | null;
  /** Begins a session and gives the browser its cookie. */
  readonly begin: (request: FastifyRequest, reply: FastifyReply, person: PersonRow) => Promise<unknown>;
  readonly log: (sentence: string, facts: Record<string, string>) => void;
}

interface Begun {
  readonly provider: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly binding: Buffer;
  readonly redirect: string;
  readonly to: string;
  readonly until: number;
}

/** Begun and not come back yet, of everybody: some three megabytes. */
const BEGUN_MAX = 10_000;
const WITHIN_MS = 10 * 60_000;
/** How often one address may begin, so that nobody pushes out what others began; a whole office may come from one. */
const BEGIN_PER_MINUTE = 120;

export async function singleSignOn(app: FastifyInstance, options: SingleSignOnOptions): Promise<void> {
  const { pool, outside, begin, log } = options;
  const providers = new Map(
    options.providers.map((each) => [each.name, { settings: each, provider: new Provider(each) }]),
  );
  const begun = new Map<string, Begun>();
  const begins = new Buckets();
  const cookie = (request: FastifyRequest) =>
    outside === null ? `xd-sign-on-${request.socket.localPort}` : "__Host-xd-sign-on";
  const setCookie = (request: FastifyRequest, reply: FastifyReply, value: string) => {
    const life = value === "" ? 0 : WITHIN_MS / 1_000;
    const secure = outside === null ? "" : "; Secure";
    reply.header(
      "set-cookie",
      `${cookie(request)}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${life}${secure}`,
    );
  };

  app.get<{ Params: { provider: string }; Querystring: { to?: string; again?: string } }>(
    "/single-sign-on/:provider/start",
    may("anyone"),
    async (request, reply) => {
      const found = providers.get(request.params.provider);
      if (!found)
        return reply.code(404).send({ title: "Not found", detail: "There is no such way to sign in." });
      const { allowed, resetSeconds } = begins.charge(request.ip, BEGIN_PER_MINUTE, BEGIN_PER_MINUTE);
      if (!allowed) {
        const detail = `Too many sign-ins began from this address. Wait ${resetSeconds} seconds, then try again.`;
        return reply.code(429).header("retry-after", resetSeconds).send({ title: "Too many tries", detail });
      }
      const [state, nonce, verifier, binding] = [secret(), secret(), secret(), secret()];
      const base = outside?.origin ?? `http://${request.headers.host}`;
      const redirect = `${base}/api/single-sign-on/${found.settings.name}/return`;
      const { to = "/", again } = request.query;
      for (const [old, { until }] of begun) {
        if (begun.size < BEGUN_MAX && until > Date.now()) break;
        begun.delete(old);
      }
      begun.set(state, {
        provider: found.settings.name,
        nonce,
        verifier,
        binding: hash(binding),
        redirect,
        // Only a path of our own: an address of elsewhere would make us a springboard.
        to: /^\/(?![/\\])[^\\\r\n]*$/.test(to) ? to : "/",
        until: Date.now() + WITHIN_MS,
      });
      const challenge = createHash("sha256").update(verifier).digest("base64url");
      try {
        const address = await found.provider.askAt({
          redirect,
          state,
          nonce,
          challenge,
          again: again !== undefined,
        });
        setCookie(request, reply, binding);
        return reply.redirect(address, 302);
      } catch (error) {
        begun.delete(state);
        return failed(reply, "provider", error);
      }
    },
  );

  app.get<{
    Params: { provider: string };
    Querystring: Readonly<Record<string, string | string[] | undefined>>;
  }>("/single-sign-on/:provider/return", may("anyone"), async (request, reply) => {
    const { state, code, error, iss } = request.query;
    const asked = typeof state === "string" ? begun.get(state) : undefined;
    if (typeof state === "string") begun.delete(state);
    const binding = cookieOf(request, cookie(request));
    setCookie(request, reply, "");
    const found = providers.get(request.params.provider);
    const isOurs =
      found !== undefined &&
      asked !== undefined &&
      asked.provider === found.settings.name &&
      asked.until > Date.now() &&
      binding !== null &&
      timingSafeEqual(hash(binding), asked.binding);
    if (!isOurs) return failed(reply, "expired", "The answer belongs to no sign-in this browser began.");
    if (error !== undefined || typeof code !== "string")
      return failed(reply, "refused", `The provider said ${String(error)}.`);
    // RFC 9207: another provider's answer is not this one's.
    if (iss !== undefined && iss !== found.settings.issuer)
      return failed(reply, "refused", "Another issuer answered.");
    try {
      const claims = await found.provider.claimsFor(code, asked);
      const person = await vouchedPerson(pool, vouched(claims, found.settings));
      if (!person)
        return failed(reply, "refused", "The person is disabled, or the name belongs to somebody else.");
      await begin(request, reply, person);
      return reply.redirect(asked.to, 302);
    } catch (cause) {
      return failed(
        reply,
        cause instanceof TokenRefused || cause instanceof Unusable ? "refused" : "provider",
        cause,
      );
    }
  });

  /** People learn that it did not work; why stands in the log, without the token. */
  function failed(reply: FastifyReply, how: "refused" | "provider" | "expired", because: unknown) {
    const known = because instanceof CrossdockError || because instanceof TokenRefused;
    log("A single sign-on did not work.", {
      because: typeof because === "string" ? because : known ? because.message : String(because),
    });
    return reply.redirect(`/?sign-in=${how}`, 302);
  }
}

function vouched(claims: Claims, { issuer, signInName: claim, groups, roles }: SignOnSettings) {
  const text = (name: string): string | null =>
    typeof claims[name] === "string" ? (claims[name] as string) : null;
  const id = signInName(text(claim) ?? text("email") ?? claims.sub);
  const said = claims[groups];
  const theirs = (Array.isArray(said) ? said : [said]).filter((each) => typeof each === "string");
  return {
    issuer,
    subject: claims.sub,
    id,
    name: text("name") ?? id,
    email: text("email"),
    roles: theirs.flatMap((group) => (Object.hasOwn(roles, group) ? roles[group]! : [])),
  };
}

const secret = (): string => randomBytes(32).toString("base64url");
const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
