/**
 * One's own second factor: getting one, new recovery codes, and being without again. And judging a code somebody signs in with.
 *
 * What the codes are made of is answered once, to whoever begins; recovery codes once, to whoever confirms. Resetting somebody
 * else's is an administrator's act and stands in `admin-api.ts`.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Pool } from "pg";
import type { Static } from "typebox";
import { otpauthUri } from "../rights/one-time-codes.ts";
import type { PersonRow } from "../rights/people.ts";
import type { RoleName } from "../rights/permissions.ts";
import type { Sealing } from "../rights/sealing.ts";
import {
  beginFactor,
  type CodeVerdict,
  confirmFactor,
  isAskedOf,
  recoveryCodesLeft,
  removeFactor,
  renewRecoveryCodes,
  takeCode,
} from "../rights/second-factor.ts";
import type { Session, Via } from "../rights/sessions.ts";
import { Unusable } from "../std/errors.ts";
import { late } from "./answers.ts";
import { may, proofOf, type Who } from "./gate.ts";
import type { Guesses } from "./guesses.ts";
import * as shapes from "./shapes-people.ts";

export interface SecondFactorOptions {
  readonly pool: Pool;
  readonly name: string;
  /** Null: this console keeps no secrets of people, so nobody gets a second factor here. */
  readonly sealing: Sealing | null;
  readonly secondFactorFor: readonly RoleName[];
  readonly guesses: Guesses;
  readonly begin: (
    request: FastifyRequest,
    reply: FastifyReply,
    person: PersonRow,
    via: Via,
    code?: boolean,
  ) => Promise<object>;
}

export async function secondFactorApi(app: FastifyInstance, options: SecondFactorOptions): Promise<void> {
  const { pool, name, sealing, secondFactorFor, guesses, begin } = options;

  /** The session of somebody who may have a second factor here, or null when they were told why not. */
  const owner = (request: FastifyRequest, reply: FastifyReply): Session | null => {
    const { session } = request.who!;
    if (session && mayHaveFactor(session, sealing)) return session;
    reply.code(409).send({
      title: "Not here",
      detail:
        session?.via === "single sign-on"
          ? "You sign in with the company's account; its second factor is set up there."
          : "Only who signs in with a password of this console has a second factor here.",
    });
    return null;
  };

  app.post(
    "/second-factor/begin",
    {
      ...may("signed in", undefined, { fresh: true, withoutSecondFactor: true }),
      schema: { body: shapes.Nothing },
    },
    async (request, reply) => {
      const session = owner(request, reply);
      if (!session) return reply;
      const secret = await beginFactor(pool, sealing!, session.person.id);
      return { secret, uri: otpauthUri(secret, name, session.person.id) };
    },
  );

  app.post<{ Body: Static<typeof shapes.ConfirmFactor> }>(
    "/second-factor/confirm",
    { ...may("signed in", undefined, { withoutSecondFactor: true }), schema: { body: shapes.ConfirmFactor } },
    async (request, reply) => {
      const session = owner(request, reply);
      if (!session) return reply;
      const { person, via } = session;
      const guess = guesses.take(person.id, request.ip);
      if (guess.wait !== null) return slowDown(reply, guess.wait);
      const recoveryCodes = await confirmFactor(pool, sealing!, person.id, request.body.code);
      if (recoveryCodes === null) {
        reply.code(403);
        return {
          title: "Not confirmed",
          detail:
            "That is not the code the app shows now. Look again; if it goes on, begin anew with a new picture.",
        };
      }
      guess.right();
      await begin(request, reply, person, via, true);
      return { done: true, recoveryCodes };
    },
  );

  app.post(
    "/second-factor/recovery-codes",
    { ...may("signed in", undefined, { fresh: true }), schema: { body: shapes.Nothing } },
    async ({ who }, reply) => {
      const person = who!.session?.person;
      if (!person?.secondFactorSince) return late(reply, "You have no second factor.");
      return { done: true, recoveryCodes: await renewRecoveryCodes(pool, person.id) };
    },
  );

  app.post(
    "/second-factor/remove",
    { ...may("signed in", undefined, { fresh: true }), schema: { body: shapes.Nothing } },
    async (request, reply) => {
      const { session } = request.who!;
      if (!session?.person.secondFactorSince) return late(reply, "You have no second factor.");
      const { person, via } = session;
      if (isAskedOf(person, secondFactorFor)) {
        reply.code(403);
        return {
          title: "Not allowed",
          detail: "Your role asks for a second factor. You may get a new one in its place.",
        };
      }
      await removeFactor(pool, person.id, { name: person.id });
      return begin(request, reply, person, via);
    },
  );
}

const mayHaveFactor = ({ via, person }: Session, sealing: Sealing | null): boolean =>
  sealing !== null && person.hasPassword && !person.demonstration && via !== "single sign-on";

/** What the page of whoever is signed in needs to know about their second factor; null where nobody signs in. */
export async function factorOf(
  { pool, sealing, secondFactorFor }: Pick<SecondFactorOptions, "pool" | "sealing" | "secondFactorFor">,
  { session, owesSecondFactor }: Who,
) {
  if (!session) return null;
  const since = session.person.secondFactorSince;
  return {
    owed: owesSecondFactor,
    required: isAskedOf(session.person, secondFactorFor),
    possible: mayHaveFactor(session, sealing),
    since,
    recoveryCodes: since === null ? 0 : await recoveryCodesLeft(pool, session.person.id),
    proof: proofOf(session),
  };
}

/**
 * Asks whoever has shown their password for a code as well, when they have a second factor. Null when nothing is missing, else what
 * is answered.
 */
export async function lacksCode(
  { pool, sealing }: Pick<SecondFactorOptions, "pool" | "sealing">,
  person: PersonRow,
  code: string | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<object | null> {
  if (person.secondFactorSince === null) return null;
  if (code === undefined) {
    reply.code(401);
    return {
      title: "Second factor",
      detail: "Now the code your authenticator app shows, or a recovery code.",
      needs: "code",
    };
  }
  const verdict = await judged({ pool, sealing }, person.id, code, request);
  if (verdict === "right") return null;
  reply.code(verdict === "waits" ? 429 : 401);
  return { title: "Not signed in", detail: NOT_RIGHT[verdict], needs: "code" };
}

export const NOT_RIGHT: Readonly<Record<Exclude<CodeVerdict, "right">, string>> = {
  wrong:
    "That code is not right. The app shows a new one each half minute; the clock of its telephone must be right.",
  used: "That code was used before. Wait for the next one.",
  waits: "Too many wrong codes. Wait 15 minutes, or use a recovery code.",
};

/** Judges a code of somebody who has a second factor. */
export function judged(
  { pool, sealing }: Pick<SecondFactorOptions, "pool" | "sealing">,
  person: string,
  code: string,
  { ip }: FastifyRequest,
): Promise<CodeVerdict> {
  if (sealing === null) {
    throw new Unusable("This console was opened without console.sealingKey and can check no second factor.");
  }
  return takeCode(pool, sealing, person, code, { address: ip });
}

export function slowDown(reply: FastifyReply, seconds: number): object {
  reply.code(429).header("retry-after", seconds);
  return {
    title: "Too many tries",
    detail: `Too many wrong passwords or codes. Wait ${seconds} seconds, then try again.`,
  };
}
