/**
 * Which changes of the console need a second person, and the state each is about.
 *
 * What is said here is what both people read and what the approval is bound to: when the delivery moves on, is tried again or
 * is settled by somebody else meanwhile, the approval is void. The gate asks; `approvals-api.ts` executes.
 */
import type { FastifyRequest } from "fastify";
import type { Pool } from "pg";
import type { Second } from "../rights/approvals.ts";
import { listPeople, type NewGrant, type PersonRow, usableGrant } from "../rights/people.ts";
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

/** Another administrator who could let it happen; where there is none, there is nobody to ask. */
const hasOther = (people: readonly PersonRow[], actor: string | undefined): boolean =>
  people.some(
    (one) =>
      one.disabledAt === null &&
      one.id !== actor &&
      one.roles.some((given) => given.role === "administrator"),
  );

/**
 * Taking somebody's second factor away: with a password link it would let whoever does it act as them, so a second administrator
 * lets it happen.
 */
export const aboutReset =
  (pool: Pool): AsksSecond =>
  async (request) => {
    const { id } = request.params as { id: string };
    const people = await listPeople(pool);
    const person = people.find((one) => one.id === id);
    if (!person?.secondFactorSince || !hasOther(people, request.who?.actor)) return null;
    return {
      what: `Take away the second factor of ${person.name} (${id}).`,
      state: { person: id, secondFactorSince: person.secondFactorSince },
      permission: "administer",
      correlation: null,
    };
  };

type Asked = Partial<NewGrant> & Pick<NewGrant, "role">;

/** A role for somebody: a second administrator lets it happen. */
export const aboutRole =
  (pool: Pool): AsksSecond =>
  async (request) => {
    const { id } = request.params as { id: string };
    const { role, domains = null, plants = null, entities = null } = request.body as Asked;
    usableGrant({ role, domains, plants, entities });
    const people = await listPeople(pool);
    const person = people.find((one) => one.id === id);
    if (!person || !hasOther(people, request.who?.actor)) return null;
    const part = [domains, plants, entities].flat().filter(Boolean).join(", ");
    return {
      what: `Give ${person.name} (${id}) the role ${role}${part ? ` for ${part}` : ""}.`,
      state: { person: id, roles: person.roles.map((given) => given.id), disabledAt: person.disabledAt },
      permission: "administer",
      correlation: null,
    };
  };
