/**
 * Signing in and out, links, and being somebody: the part of the API that anybody may call.
 *
 * What was wrong with a name and a password is never said, and takes as long whatever it was. Guessing is slowed for the name
 * and for the address, each by itself, so neither one account from many places nor many accounts from one can be tried.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Pool } from "pg";
import type { Static } from "typebox";
import { Buckets } from "../gateway/limits.ts";
import {
  findLink,
  findPerson,
  identityOf,
  listPeople,
  needsSetup,
  type PersonRow,
  recognise,
  setPassword,
  setUp,
  signInName,
  takeInvitation,
} from "../rights/people.ts";
import { holds, permissionsOf } from "../rights/permissions.ts";
import { beginSession, endSession, proveAgain, seeAs, type Via } from "../rights/sessions.ts";
import { STATUSES } from "../trace/index.ts";
import { cookieName, cookieOf, setCookie } from "./cookie.ts";
import { may, needs } from "./gate.ts";
import { TOKEN_HEADER } from "./guard.ts";
import * as shapes from "./shapes-people.ts";
import { type SignOnSettings, singleSignOn } from "./single-sign-on/routes.ts";

export interface SignInOptions {
  readonly pool: Pool;
  readonly name: string;
  readonly worker: string;
  /** Where people open the console; null: this machine. */
  readonly outside: URL | null;
  /** Where else people may sign in. */
  readonly providers: readonly SignOnSettings[];
  readonly log: (sentence: string, facts: Record<string, string>) => void;
}

/** Wrong passwords a minute, and how many at once, before one waits. */
const BY_NAME = { perMinute: 6, burst: 10 };
const BY_ADDRESS = { perMinute: 20, burst: 30 };

export async function signIn(app: FastifyInstance, options: SignInOptions): Promise<void> {
  const { pool, name, worker, outside, providers, log } = options;
  const guesses = new Buckets();
  const cookie = (request: FastifyRequest) => cookieName(request, outside);

  const begin = async (request: FastifyRequest, reply: FastifyReply, person: PersonRow, via: Via) => {
    // A token from before, whoever put it there, is worth nothing after a sign-in.
    const before = cookieOf(request, cookie(request));
    if (before) await endSession(pool, before);
    const agent = request.headers["user-agent"];
    setCookie(
      reply,
      cookie(request),
      await beginSession(pool, person.id, via, { address: request.ip, agent }),
    );
    return { done: true };
  };

  app.get("/session", may("anyone"), async ({ who }) => {
    const elsewhere = providers.map(({ name: way, title }) => ({ name: way, title }));
    const all = { name, statuses: STATUSES, providers: elsewhere };
    if (!who) return { ...all, signedIn: false, needsSetup: await needsSetup(pool) };
    const { identity, actor, session, pressToken } = who;
    return {
      ...all,
      signedIn: true,
      actor,
      person: session
        ? { id: session.person.id, name: session.person.name, demonstration: session.person.demonstration }
        : { id: actor, name: actor, demonstration: false },
      seeingAs: session?.seeingAs ?? null,
      permissions: permissionsOf(identity),
      roles:
        session?.person.roles.map(({ role, domains, plants, entities }) => ({
          role,
          domains,
          plants,
          entities,
        })) ?? [],
      via: session?.via ?? null,
      endsInMs: session ? Math.floor(session.endsInMs) : null,
      worker,
      token: pressToken,
      tokenHeader: TOKEN_HEADER,
    };
  });

  await app.register(singleSignOn, {
    pool,
    providers,
    outside,
    log,
    begin: (request, reply, person) => begin(request, reply, person, "single sign-on"),
  });

  app.post<{ Body: Static<typeof shapes.SignIn> }>(
    "/sign-in",
    { ...may("anyone"), schema: { body: shapes.SignIn } },
    async (request, reply) => {
      const id = signInName(request.body.person);
      const wait = tooMany(guesses, id, request.ip);
      if (wait !== null) return slowDown(reply, wait);
      const person = await recognise(pool, id, request.body.password);
      if (!person) {
        noteGuess(guesses, id, request.ip);
        reply.code(401);
        return {
          title: "Not signed in",
          detail: "The name and the password do not belong together, or this person may not sign in.",
        };
      }
      return begin(request, reply, person, "password");
    },
  );

  app.post("/sign-out", may("signed in", undefined, { whileSeeingAs: true }), async (request, reply) => {
    const token = cookieOf(request, cookie(request));
    if (token) await endSession(pool, token);
    setCookie(reply, cookie(request), null);
    return { done: true };
  });

  app.post<{ Body: Static<typeof shapes.LinkToken> }>(
    "/links/open",
    { ...may("anyone"), schema: { body: shapes.LinkToken } },
    async (request, reply) => {
      const { token } = request.body;
      const wait = tooMany(guesses, "link", request.ip);
      if (wait !== null) return slowDown(reply, wait);
      const link = await findLink(pool, token);
      if (!link) {
        noteGuess(guesses, "link", request.ip);
        return gone(reply);
      }
      const person = link.person === null ? null : await findPerson(pool, link.person);
      const people =
        link.kind === "demonstration"
          ? (await listPeople(pool))
              .filter(({ demonstration, disabledAt }) => demonstration && disabledAt === null)
              .map(({ id, name: called, roles }) => ({
                id,
                name: called,
                roles: roles.map(({ role }) => role),
              }))
          : [];
      return { kind: link.kind, person: person && { id: person.id, name: person.name }, people };
    },
  );

  app.post<{ Body: Static<typeof shapes.SetUp> }>(
    "/links/set-up",
    { ...may("anyone"), schema: { body: shapes.SetUp } },
    async (request, reply) => {
      const { token, person, name: called, password } = request.body;
      const made = await setUp(pool, token, { id: signInName(person), name: called, password });
      return made ? begin(request, reply, made, "link") : gone(reply);
    },
  );

  app.post<{ Body: Static<typeof shapes.AcceptInvitation> }>(
    "/links/accept",
    { ...may("anyone"), schema: { body: shapes.AcceptInvitation } },
    async (request, reply) => {
      const person = await takeInvitation(pool, request.body.token, request.body.password);
      return person ? begin(request, reply, person, "link") : gone(reply);
    },
  );

  app.post<{ Body: Static<typeof shapes.Demonstration> }>(
    "/links/demonstration",
    { ...may("anyone"), schema: { body: shapes.Demonstration } },
    async (request, reply) => {
      const link = await findLink(pool, request.body.token);
      const person = await findPerson(pool, request.body.person);
      if (link?.kind !== "demonstration" || !person?.demonstration || person.disabledAt !== null)
        return gone(reply);
      // Such a link opens every demonstration person to whoever has it, so it works on this machine only.
      if (outside !== null) return gone(reply);
      return begin(request, reply, person, "demonstration");
    },
  );

  app.post<{ Body: Static<typeof shapes.Prove> }>(
    "/prove",
    { ...may("signed in"), schema: { body: shapes.Prove } },
    async (request, reply) => {
      const { session } = request.who!;
      if (!session) return { done: true };
      if (session.via !== "demonstration") {
        const wait = tooMany(guesses, session.person.id, request.ip);
        if (wait !== null) return slowDown(reply, wait);
        if (!(await recognise(pool, session.person.id, request.body.password))) {
          noteGuess(guesses, session.person.id, request.ip);
          reply.code(403);
          return { title: "Not proven", detail: "That is not your password." };
        }
      }
      await proveAgain(pool, session.id);
      return { done: true };
    },
  );

  app.post<{ Body: Static<typeof shapes.NewPassword> }>(
    "/password",
    { ...may("signed in"), schema: { body: shapes.NewPassword } },
    async (request, reply) => {
      const { session } = request.who!;
      const { old, password } = request.body;
      const wait = session && tooMany(guesses, session.person.id, request.ip);
      if (typeof wait === "number") return slowDown(reply, wait);
      if (!session || !(await recognise(pool, session.person.id, old))) {
        if (session) noteGuess(guesses, session.person.id, request.ip);
        reply.code(403);
        return { title: "Not proven", detail: "That is not your password." };
      }
      await setPassword(pool, session.person, password, { name: session.person.id });
      return begin(request, reply, session.person, "password");
    },
  );

  app.post<{ Body: Static<typeof shapes.SeeAs> }>(
    "/see-as",
    { ...may("signed in", undefined, { whileSeeingAs: true }), schema: { body: shapes.SeeAs } },
    async (request, reply) => {
      const { session } = request.who!;
      const { person, reason } = request.body;
      if (!session || (person !== null && !holds(identityOf(session.person), "see as"))) {
        reply.code(403);
        return { title: "Not allowed", detail: needs("see as") };
      }
      const other = person === null ? null : await findPerson(pool, person);
      if (person !== null && (!other || other.disabledAt !== null)) {
        reply.code(404);
        return { title: "Not found", detail: `Nobody signs in as ${person}.` };
      }
      await seeAs(pool, session, other?.id ?? null, reason);
      return { done: true };
    },
  );
}

/** Seconds somebody has to wait before the next guess, or null. */
function tooMany(guesses: Buckets, name: string, address: string): number | null {
  const tries = [
    [`name ${name}`, BY_NAME],
    [`address ${address}`, BY_ADDRESS],
  ] as const;
  for (const [who, { perMinute, burst }] of tries) {
    if (!guesses.peek(who, perMinute, burst)) return Math.ceil(60 / perMinute);
  }
  return null;
}

function noteGuess(guesses: Buckets, name: string, address: string): void {
  guesses.charge(`name ${name}`, BY_NAME.perMinute, BY_NAME.burst);
  guesses.charge(`address ${address}`, BY_ADDRESS.perMinute, BY_ADDRESS.burst);
}

function slowDown(reply: FastifyReply, seconds: number) {
  reply.code(429).header("retry-after", seconds);
  return {
    title: "Too many tries",
    detail: `Too many wrong passwords. Wait ${seconds} seconds, then try again.`,
  };
}

function gone(reply: FastifyReply) {
  reply.code(410);
  return {
    title: "No longer good",
    detail:
      "This link was used or has run out. Ask whoever sent it for a new one; the first one is printed by crossdock start.",
  };
}
