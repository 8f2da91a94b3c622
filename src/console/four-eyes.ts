/**
 * Which changes of the console need a second person, and the state each is about.
 *
 * What is said here is what both people read and what the approval is bound to: when the delivery moves on, is tried again or
 * is settled by somebody else meanwhile, the approval is void. The gate asks; `approvals-api.ts` executes.
 */
import type { FastifyRequest } from "fastify";
import type { Pool } from "pg";
import type { Second } from "../rights/approvals.ts";
import { identityOf, listPeople, type NewGrant, type PersonRow, usableGrant } from "../rights/people.ts";
import { holdsEverywhere, isRole, type Permission, ROLES } from "../rights/permissions.ts";
import { Unusable } from "../std/errors.ts";
import { type Known, messageTitle, systemTitle } from "../trace/known.ts";
import { type DeliveryState, deliveryState } from "../trace/places.ts";

/** What a route answers when asked whether it needs a second person; null: not this time. */
export type AsksSecond = (request: FastifyRequest) => Promise<Second | null>;

/**
 * Says what became of something nobody can tell about, or gives it up: both change the books without the system's own word.
 * `sentence` answers null when this one needs nobody else.
 */
export const aboutDelivery =
  (
    pool: Pool,
    known: Known,
    sentence: (what: string, body: Record<string, unknown>, state: DeliveryState) => string | null,
  ): AsksSecond =>
  async (request) => {
    const { key } = request.params as { key: string };
    const state = await deliveryState(pool, key);
    if (!state) return null;
    const { contract, connection, correlation } = state;
    const [, number = correlation] = /^[^/]+\/(.+)$/.exec(correlation) ?? [];
    const what = `“${messageTitle(contract)}” of ${number} to ${systemTitle(known, connection)}`;
    const body = request.body as Record<string, unknown>;
    const asks = sentence(what, body, state);
    return asks === null ? null : { what: asks, state: { ...state }, permission: "approve", correlation };
  };

/**
 * What the second person must hold when somebody is let in, or in again, as `person` with these roles: another administrator
 * where there is one. Else, where the roles let somebody be the second person or give rights themselves, a controller: nobody makes
 * the colleague alone who agrees with them. Null: it takes nobody else.
 *
 * @throws {Unusable} when it takes somebody else and there is nobody; then it is done at the machine, whose owner owns the database
 */
function vouches(
  people: readonly PersonRow[],
  roles: readonly string[],
  person: string,
  { who }: Pick<FastifyRequest, "who">,
): Permission | null {
  const others = people.filter(
    ({ id, disabledAt }) => disabledAt === null && id !== who?.actor && id !== person,
  );
  const has = (permission: Permission) =>
    others.some((other) => holdsEverywhere(identityOf(other), permission));
  if (has("administer")) return "administer";
  const weighs = roles.some(
    (role) => isRole(role) && ROLES[role].may.some((each) => each === "approve" || each === "administer"),
  );
  if (!weighs) return null;
  if (has("approve")) return "approve";
  if (who?.session) {
    throw new Unusable(
      "Nobody makes the colleague alone who agrees with them, and here is no other administrator or controller who could agree. " +
        "It is done where Crossdock runs, by whoever owns that machine: crossdock people give, or crossdock people invite.",
    );
  }
  return null;
}

const rolesOf = ({ roles }: PersonRow): string[] => roles.map(({ role }) => role);

/**
 * A link for a new password, or somebody's second factor taken away: either lets whoever has it be them where nothing else is
 * asked, so it takes whom giving them their roles would take. Who has a second factor is asked for its code by the link too.
 */
export const aboutWay =
  (pool: Pool, way: "link" | "second factor"): AsksSecond =>
  async (request) => {
    const { id } = request.params as { id: string };
    const people = await listPeople(pool);
    const person = people.find((one) => one.id === id);
    if (!person || (person.secondFactorSince !== null) !== (way === "second factor")) return null;
    // What is refused anyhow is refused in its own words.
    if (way === "link" && person.disabledAt !== null) return null;
    const permission = vouches(people, rolesOf(person), id, request);
    if (permission === null || person.roles.length === 0) return null;
    const { name, secondFactorSince, hasPassword, disabledAt } = person;
    const what =
      way === "link"
        ? `Make a link with which ${name} (${id}) chooses a password. You are given it, and hand it to them yourself.`
        : `Take away the second factor of ${name} (${id}).`;
    return {
      what,
      state: {
        person: id,
        roles: person.roles.map((given) => given.id),
        secondFactorSince,
        hasPassword,
        disabledAt,
      },
      permission,
      correlation: null,
    };
  };

type Asked = Partial<NewGrant> & Pick<NewGrant, "role">;

/** A role for somebody. */
export const aboutRole =
  (pool: Pool): AsksSecond =>
  async (request) => {
    const { id } = request.params as { id: string };
    const { role, domains = null, plants = null, entities = null } = request.body as Asked;
    usableGrant({ role, domains, plants, entities });
    const people = await listPeople(pool);
    const person = people.find((one) => one.id === id);
    const permission = person ? vouches(people, [role], id, request) : null;
    if (!person || permission === null) return null;
    const part = [domains, plants, entities].flat().filter(Boolean).join(", ");
    return {
      what: `Give ${person.name} (${id}) the role ${role}${part ? ` for ${part}` : ""}.`,
      state: { person: id, roles: person.roles.map((given) => given.id), disabledAt: person.disabledAt },
      permission,
      correlation: null,
    };
  };
