/**
 * Signing in and out, links, and being somebody: the part of the API that anybody may call.
 *
 * What was wrong with a name and a password is never said, and takes as long whatever it was. Who has a second factor is asked
 * for its code once the password was right, however they come in: an invitation does not go around it.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Pool } from "pg";
import type { Static } from "typebox";
import { usablePassword } from "../rights/passwords.ts";
import {
  findLink,
  findPerson,
  identityOf,
  invitedPerson,
  listPeople,
  needsSetup,
  type PersonRow,
  recognise,
  setPassword,
  setUp,
  signInName,
  takeInvitation,
} from "../rights/people.ts";
import { holds, holdsEverywhere, needs, permissionsOf, type RoleName } from "../rights/permissions.ts";
import type { Sealing } from "../rights/sealing.ts";
import {
  beginSession,
  endSession,
  proveAgain,
  SESSION_IDLE_LEAST_MS,
  type Session,
  seeAs,
  type Via,
} from "../rights/sessions.ts";
import { STATUSES } from "../trace/index.ts";
import { cookieName, cookieOf, setCookie } from "./cookie.ts";
import { may, proofOf } from "./gate.ts";
import { TOKEN_HEADER } from "./guard.ts";
import { Guesses } from "./guesses.ts";
import { factorOf, judged, lacksCode, NOT_RIGHT, secondFactorApi, slowDown } from "./second-factor-api.ts";
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
  /** Keeps what codes are made of; null: nobody has a second factor here. */
  readonly sealing: Sealing | null;
  /** Roles whose holders need a second factor. */
  readonly secondFactorFor: readonly RoleName[];
  readonly log: (sentence: string, facts: Record<string, string>) => void;
}

export async function signIn(app: FastifyInstance, options: SignInOptions): Promise<void> {
  const { pool, name, worker, outside, providers, log, sealing } = options;
  const guesses = new Guesses();
  const cookie = (request: FastifyRequest) => cookieName(request, outside);

  const begin = async (
    request: FastifyRequest,
    reply: FastifyReply,
    person: PersonRow,
    via: Via,
    code = person.secondFactorSince !== null && via !== "single sign-on",
  ) => {
    // A token from before, whoever put it there, is worth nothing after a sign-in.
    const before = cookieOf(request, cookie(request));
    if (before) await endSession(pool, before);
    const agent = request.headers["user-agent"];
    setCookie(
      reply,
      cookie(request),
      await beginSession(pool, person.id, via, { address: request.ip, agent, code }),
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
      everywhere: permissionsOf(identity).filter((each) => holdsEverywhere(identity, each)),
      roles:
        session?.person.roles.map(({ role, domains, plants, entities }) => ({
          role,
          domains,
          plants,
          entities,
        })) ?? [],
      via: session?.via ?? null,
      endsInMs: session ? Math.floor(session.endsInMs) : null,
      idleMs: SESSION_IDLE_LEAST_MS,
      secondFactor: await factorOf(options, who),
      worker,
      token: pressToken,
      tokenHeader: TOKEN_HEADER,
    };
  });

  await app.register(secondFactorApi, { ...options, guesses, begin });
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
      const guess = guesses.take(id, request.ip);
      if (guess.wait !== null) return slowDown(reply, guess.wait);
      const { password, code } = request.body;
      const person = await recognise(pool, id, password);
      if (!person) {
        reply.code(401);
        return {
          title: "Not signed in",
          detail: "The name and the password do not belong together, or this person may not sign in.",
        };
      }
      const lacks = await lacksCode({ pool, sealing }, person, code, request, reply);
      if (!lacks || code === undefined) guess.right();
      return lacks ?? begin(request, reply, person, "password");
    },
  );

  const leaving = may("signed in", undefined, { whileSeeingAs: true, withoutSecondFactor: true });
  app.post("/sign-out", leaving, async (request, reply) => {
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
      const guess = guesses.take(`link from ${request.ip}`, request.ip);
      if (guess.wait !== null) return slowDown(reply, guess.wait);
      const link = await findLink(pool, token);
      if (!link) return gone(reply);
      guess.right();
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
      const needsCode = person !== null && person.secondFactorSince !== null;
      return { kind: link.kind, person: person && { id: person.id, name: person.name, needsCode }, people };
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
      const { token, password, code } = request.body;
      const invited = await invitedPerson(pool, token);
      if (!invited) return gone(reply);
      // Before the code is used up.
      usablePassword(password, invited);
      const guess = guesses.take(invited.id, request.ip);
      if (guess.wait !== null) return slowDown(reply, guess.wait);
      const lacks = await lacksCode({ pool, sealing }, invited, code, request, reply);
      if (!lacks || code === undefined) guess.right();
      if (lacks) return lacks;
      const person = await takeInvitation(pool, token, password);
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
      if (session.via === "demonstration") return { done: true };
      const guess = guesses.take(session.person.id, request.ip);
      if (guess.wait !== null) return slowDown(reply, guess.wait);
      const because = await notProven(session, request);
      if (because !== null) {
        reply.code(403);
        return { title: "Not proven", detail: because };
      }
      guess.right();
      await proveAgain(pool, session, proofOf(session) === "code" ? "code" : "password");
      return { done: true };
    },
  );

  /** Why what somebody typed does not prove that it is them, or null. */
  const notProven = async (
    session: Session,
    request: FastifyRequest<{ Body: Static<typeof shapes.Prove> }>,
  ): Promise<string | null> => {
    const { password = "", code = "" } = request.body;
    const proof = proofOf(session);
    if (proof === "single sign-on") return "You sign in with the company's account. Sign in again.";
    if (proof === "password")
      return (await recognise(pool, session.person.id, password)) ? null : "That is not your password.";
    const verdict = await judged({ pool, sealing }, session.person.id, code, request);
    return verdict === "right" ? null : NOT_RIGHT[verdict];
  };

  app.post<{ Body: Static<typeof shapes.NewPassword> }>(
    "/password",
    { ...may("signed in", undefined, { fresh: true }), schema: { body: shapes.NewPassword } },
    async (request, reply) => {
      const { session } = request.who!;
      const { old, password } = request.body;
      const guess = session && guesses.take(session.person.id, request.ip);
      if (guess && guess.wait !== null) return slowDown(reply, guess.wait);
      if (!session || !(await recognise(pool, session.person.id, old))) {
        reply.code(403);
        return { title: "Not proven", detail: "That is not your password." };
      }
      guess?.right();
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

function gone(reply: FastifyReply) {
  reply.code(410);
  return {
    title: "No longer good",
    detail:
      "This link was used or has run out. Ask whoever sent it for a new one; the first one is printed by crossdock start.",
  };
}
