/**
 * The one place where the console decides who asks, and whether they may.
 *
 * Every route of the API declares what one must be allowed to do for it (`access`); a route that declares nothing is closed to
 * everybody. The permission is checked before anything of the request is read, then what the request is about is held against
 * the part of the business the person may touch. What lies outside it is answered in the words for what does not exist.
 *
 * Three kinds of callers: a browser with a session's cookie; the command line of this machine with the key of `run.json`,
 * which only the dock's own user can read; and, for a console opened without people, whoever reaches it.
 */
import { timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Pool } from "pg";
import { askForSecond, findApproval, isWhatWasApproved } from "../rights/approvals.ts";
import { findPerson, identityOf } from "../rights/people.ts";
import {
  EVERYWHERE,
  holds,
  holdsAt,
  holdsEverywhere,
  type Identity,
  needs,
  PERMISSIONS,
  type Permission,
  type RoleName,
} from "../rights/permissions.ts";
import { owesSecondFactor } from "../rights/second-factor.ts";
import { findSession, PROVEN_WITHIN_MS, type Session } from "../rights/sessions.ts";
import type { Actor } from "../runtime/dock.ts";
import { type Areas, placesOf } from "../trace/places.ts";
import { cookieOf } from "./cookie.ts";
import type { AsksSecond } from "./four-eyes.ts";
import { TOKEN_HEADER } from "./guard.ts";

/** What a route asks of whoever calls it. */
export interface Access {
  /** `anyone`: also without being signed in. `signed in`: whoever is. */
  readonly may: Permission | "anyone" | "signed in";
  /**
   * What the request is about. A function: the business transaction it names (null: there is no such thing). `shown`: the
   * handler leaves out what the person may not see. Nothing: all of the business, so only for those who may see all of it.
   */
  readonly about?: "shown" | ((request: FastifyRequest) => Promise<string | null> | string | null);
  /** Whether this time it takes a second person, and what that person is shown. */
  readonly second?: AsksSecond;
  /** A change that may be made while seeing as somebody else. */
  readonly whileSeeingAs?: boolean;
  /** Whether this time it takes a person who has proven within minutes who they are: a screen left alone is not enough. */
  readonly fresh?: boolean | ((request: FastifyRequest) => boolean);
  /** Open to somebody who has yet to get the second factor their role asks for. */
  readonly withoutSecondFactor?: boolean;
  /** An open page calls it by itself and stays connected: that is nobody at work, and prolongs no session. */
  readonly listens?: boolean;
}

/** Whoever asks, as every handler finds them in `request.who`. */
export interface Who {
  readonly identity: Identity;
  /** The name audits keep. */
  readonly actor: string;
  /** Null for the command line of this machine, and where nobody signs in. */
  readonly session: Session | null;
  /** What must come with a change; null where no browser is involved. */
  readonly pressToken: string | null;
  /** The request a second person let happen, and who that was; null for everything else. */
  readonly approved: { readonly id: string; readonly by: string } | null;
  /** Their role asks for a second factor they do not have yet; nothing else is open to them. */
  readonly owesSecondFactor: boolean;
}

/** How somebody proves again who they are. */
export type Proof = "password" | "code" | "single sign-on";

declare module "fastify" {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    who: Who | null;
    /** Asks again, for connections that stay open. */
    whoNow(): Promise<Who | null>;
  }
}

/** Declares what a route asks: `app.get("/documents", { ...may("view", "shown"), schema }, handler)`. */
export const may = (
  permission: Access["may"],
  about?: Access["about"],
  more: Omit<Access, "may" | "about"> = {},
) => ({
  config: {
    access: { may: permission, ...(about === undefined ? {} : { about }), ...more } satisfies Access,
  },
});

/** `about` for a route whose parameter is the business transaction itself. */
export const named =
  (parameter: string) =>
  (request: FastifyRequest): string =>
    (request.params as Record<string, string>)[parameter] ?? "";

/** One route as it was declared, for the tests that walk all of them. */
export interface DeclaredRoute {
  readonly method: string;
  readonly path: string;
  readonly access: Access | null;
}

export interface GateOptions {
  readonly pool: Pool;
  /** The command line of this machine proves itself with it; null: there is none. */
  readonly localKey: string | null;
  /** Nobody signs in: whoever reaches the console is this person, with every right. */
  readonly everybody: { readonly actor: string; readonly pressToken: string } | null;
  /** What this process proves an approved request to itself with; never leaves it. */
  readonly approvedKey: string;
  /** Roles whose holders need a second factor. */
  readonly secondFactorFor: readonly RoleName[];
  /** The cookie that holds the session's token. */
  readonly cookie: (request: FastifyRequest) => string;
}

const ALL = (permissions: readonly Permission[], id: string): Identity => ({
  id,
  name: id,
  grants: [{ may: permissions, ...EVERYWHERE }],
});
const EVERYTHING = Object.keys(PERMISSIONS) as Permission[];
/** Who can read the data folder owns the database. Being the second person takes somebody who signed in as themselves. */
const AT_THIS_MACHINE = EVERYTHING.filter(
  (each) => each !== "approve" && each !== "see as" && each !== "break the glass",
);
const PERSON = /^[\p{L}\p{N}][\p{L}\p{N} ._@+-]{0,99}$/u;
/** Header with the name of the operating system's user, from the command line. */
export const PERSON_HEADER = "x-crossdock-person";

/** Header of a request that a second person let happen: the key, the request's id, the person. */
export const APPROVED_HEADER = "x-crossdock-approved";

/** Puts the gate before every route registered on `app` from now on, and returns the list they are noted in. */
export function gate(app: FastifyInstance, options: GateOptions): DeclaredRoute[] {
  const routes: DeclaredRoute[] = [];
  app.decorateRequest("who", null);
  app.decorateRequest("whoNow", function whoNow(this: FastifyRequest) {
    return whoAsks(this, options);
  });
  app.addHook("onRoute", ({ method, url, config }) => {
    for (const each of Array.isArray(method) ? method : [method]) {
      if (each !== "HEAD") routes.push({ method: each, path: url, access: config?.access ?? null });
    }
  });

  app.addHook("onRequest", async (request, reply) => {
    if (request.is404) return;
    const { access } = request.routeOptions.config;
    if (!access)
      return no(reply, 403, "Not allowed", "Nobody may use this address: it declares no permission.");
    const who = await whoAsks(request, options);
    request.who = who;
    if (access.may === "anyone") return;
    if (!who)
      return no(
        reply,
        401,
        "Sign in first",
        "The console needs to know who you are. Sign in, then try again.",
      );
    const changes = request.method !== "GET" && request.method !== "HEAD";
    if (changes && who.pressToken !== null && !same(request.headers[TOKEN_HEADER], who.pressToken)) {
      const what = `A change needs the header ${TOKEN_HEADER} with the token of /api/session. Reload the page.`;
      return no(reply, 403, "Not allowed", what);
    }
    if (changes && who.session?.seeingAs && !access.whileSeeingAs) {
      const { name } = who.session.seeingAs;
      return no(
        reply,
        403,
        "Not allowed",
        `You look at the console as ${name} sees it; nothing can be changed meanwhile.`,
      );
    }
    if (who.owesSecondFactor && !access.withoutSecondFactor) {
      const what = "Your role asks for a second factor. Reload the page, and it shows you how to get one.";
      return no(reply, 403, "Second factor first", what);
    }
    if (access.may === "signed in") return;
    if (!holds(who.identity, access.may)) return no(reply, 403, "Not allowed", needs(access.may));
    if (access.about === undefined && !holdsEverywhere(who.identity, access.may)) {
      const what = `This is about all of the business, and you may ${PERMISSIONS[access.may]} for a part of it only.`;
      return no(reply, 403, "Not allowed", what);
    }
  });

  app.addHook("preHandler", async (request, reply) => {
    const { access } = request.routeOptions.config;
    const { who } = request;
    if (!access || !who || access.may === "anyone") return;
    const { may: asked } = access;
    if (
      typeof access.about === "function" &&
      asked !== "signed in" &&
      !holdsEverywhere(who.identity, asked)
    ) {
      const about = await access.about(request);
      const place = about === null ? undefined : (await placesOf(options.pool, [about])).get(about);
      if (!place || !holdsAt(who.identity, asked, place)) {
        const what = about === null ? "There is no such thing." : `Nothing is known about ${about}.`;
        return no(reply, 404, "Not found", what);
      }
    }
    const fresh = typeof access.fresh === "function" ? access.fresh(request) : access.fresh;
    if (fresh && who.session && isStale(who.session)) return proveFirst(reply, who.session);
    // Where nobody signs in there is no second person, so nothing waits for one.
    if (access.second && !options.everybody)
      return secondPerson(request, reply, access.second, who, options.pool);
  });
  return routes;
}

async function whoAsks(request: FastifyRequest, options: GateOptions): Promise<Who | null> {
  const { pool, localKey, everybody, cookie, secondFactorFor } = options;
  if (everybody) {
    const { actor, pressToken } = everybody;
    return { ...NO_BROWSER, identity: ALL(EVERYTHING, actor), actor, pressToken };
  }
  const letHappen = request.headers[APPROVED_HEADER];
  if (typeof letHappen === "string") return whoAsked(letHappen, options);
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    if (localKey === null || !same(authorization, `Bearer ${localKey}`)) return null;
    const named = request.headers[PERSON_HEADER];
    const actor = typeof named === "string" ? decoded(named) : "";
    return PERSON.test(actor) ? { ...NO_BROWSER, identity: ALL(AT_THIS_MACHINE, actor), actor } : null;
  }
  const token = cookieOf(request, cookie(request));
  if (token === null) return null;
  const { access } = request.routeOptions.config;
  const counts = !access?.listens && request.headers["x-crossdock-by-itself"] === undefined;
  const session = await findSession(pool, token, { counts });
  if (!session) return null;
  const owes = owesSecondFactor(session.person, session.via, secondFactorFor);
  return {
    identity: owes ? { ...session.identity, grants: [] } : session.identity,
    actor: session.person.id,
    session,
    pressToken: session.pressToken,
    approved: null,
    owesSecondFactor: owes,
  };
}

const NO_BROWSER = { session: null, pressToken: null, approved: null, owesSecondFactor: false } as const;

/** How the person of a session proves again who they are. The people of a demonstration have nothing to prove it with. */
export const proofOf = ({ via, person }: Session): Proof =>
  via === "single sign-on" ? via : person.secondFactorSince !== null ? "code" : "password";

const isStale = ({ via, provenAgoMs }: Session): boolean =>
  via !== "demonstration" && provenAgoMs > PROVEN_WITHIN_MS;

const HOW: Readonly<Record<Proof, string>> = {
  password: "Say your password again",
  code: "Say a code of your second factor",
  "single sign-on": "Sign in again",
};

function proveFirst(reply: FastifyReply, session: Session) {
  const proof = proofOf(session);
  const detail = `${HOW[proof]}: this takes somebody who has proven within five minutes who they are.`;
  return reply
    .code(403)
    .header("cache-control", "no-store")
    .send({ title: "Prove it is you", detail, proof });
}

/** The one who asked, with the rights of now, when a second person let the request happen. */
async function whoAsked(said: string, { pool, approvedKey }: GateOptions): Promise<Who | null> {
  const [key, id = "", by = ""] = said.split(" ");
  if (!same(key, approvedKey)) return null;
  const asked = await findApproval(pool, id);
  if (asked?.verdict !== "approved") return null;
  const actor = asked.askedBy;
  const approved = { id, by: decoded(by) };
  if (asked.askedVia === "command line") {
    return { ...NO_BROWSER, identity: ALL(AT_THIS_MACHINE, actor), actor, approved };
  }
  const person = await findPerson(pool, actor);
  return person && { ...NO_BROWSER, identity: identityOf(person), actor, approved };
}

/** Who presses, and why, as the audit keeps it. */
export function acting({ who }: FastifyRequest, reason?: string): Actor {
  const name = who?.actor ?? "nobody";
  const second = who?.approved ? `Approved by ${who.approved.by}, request ${who.approved.id}.` : "";
  const emergency = who?.session?.person.emergencyUntil ? "With emergency access." : "";
  const because = [reason, second, emergency].filter(Boolean).join(" ");
  return because ? { name, reason: because } : { name };
}

/** Keeps what takes a second person until there is one; lets through what one has approved, if it is still the same. */
async function secondPerson(
  request: FastifyRequest,
  reply: FastifyReply,
  asks: AsksSecond,
  { actor, session, approved }: Who,
  pool: Pool,
) {
  const second = await asks(request);
  const asked = { path: request.url, body: request.body, by: actor };
  if (approved) {
    if (second && (await isWhatWasApproved(pool, approved.id, second, asked))) return;
    return no(
      reply,
      409,
      "Changed meanwhile",
      "It is no longer what was approved, so nothing was done. Ask again.",
    );
  }
  if (!second) return;
  const { reason, comment } = (request.body ?? {}) as { reason?: string; comment?: string };
  const because = reason ?? comment ?? null;
  const id = await askForSecond(pool, second, {
    ...asked,
    via: session ? "session" : "command line",
    because,
  });
  return reply.code(202).send({
    done: false,
    waiting: id,
    detail: `This takes a second person: ${second.what} It waits for somebody who may ${PERMISSIONS[second.permission]}.`,
  });
}

/**
 * The parts of the business a person holds the permission for; null when all of it. For handlers of routes that are `shown`:
 * they hand it to whatever they read.
 */
export function areasOf(who: Who | null, permission: Permission): Areas {
  if (who && holdsEverywhere(who.identity, permission)) return null;
  return (who?.identity.grants ?? [])
    .filter(({ may: each }) => each.includes(permission))
    .map(({ domains, plants, entities }) => ({ domains, plants, entities }));
}

/** Which of these business transactions the person may touch; null when all. */
export async function touches(
  pool: Pool,
  { identity }: Who,
  permission: Permission,
  correlations: readonly (string | null)[],
): Promise<((correlation: string | null) => boolean) | null> {
  if (holdsEverywhere(identity, permission)) return null;
  const places = await placesOf(
    pool,
    correlations.filter((each) => each !== null),
  );
  return (correlation) => {
    const place = correlation === null ? undefined : places.get(correlation);
    return place !== undefined && holdsAt(identity, permission, place);
  };
}

function no(reply: FastifyReply, status: number, title: string, detail: string) {
  return reply.code(status).header("cache-control", "no-store").send({ title, detail });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** Compares without telling how much was right. */
function same(given: string | string[] | undefined, wanted: string): boolean {
  if (typeof given !== "string") return false;
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}
