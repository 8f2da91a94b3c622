/**
 * People, roles, API keys and sessions, for administrators; and the configuration, to be read only.
 *
 * Nobody changes their own rights. Giving a role, and letting somebody in anew, take a second person where there is one
 * (`four-eyes.ts`). Secrets are write-only: a key is shown once, and what stands behind a reference never.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Static } from "typebox";
import { createClient, listClients, revokeClient, SCOPES } from "../gateway/keys.ts";
import {
  addPerson,
  findPerson,
  giveRole,
  listPeople,
  makeLink,
  setDisabled,
  signInName,
  takeRole,
} from "../rights/people.ts";
import { PERMISSIONS, ROLES } from "../rights/permissions.ts";
import { removeFactor } from "../rights/second-factor.ts";
import { endSessionOf, openSessions } from "../rights/sessions.ts";
import type { Dock } from "../runtime/dock.ts";
import { openSecret } from "../runtime/secrets.ts";
import { Unusable } from "../std/errors.ts";
import { isSecretReference } from "../std/secret.ts";
import { late, missing } from "./answers.ts";
import { aboutRole, aboutWay } from "./four-eyes.ts";
import { acting, may } from "./gate.ts";
import * as shapes from "./shapes-people.ts";

export interface AdminOptions {
  readonly dock: Dock;
  readonly pepper: string | null;
  readonly told: Readonly<Record<string, unknown>>;
  readonly outside: URL | null;
}

const INVITATION_MS = 3 * 86_400_000;
const KEY_DAYS = 180;

/** The configuration the dock was started with, as the page Admin and `crossdock settings` show it. Never a secret. */
export interface Settings {
  readonly settings: readonly { readonly name: string; readonly value: string }[];
  readonly connections: readonly {
    readonly name: string;
    readonly title: string;
    readonly owner: string;
    readonly connector: string;
  }[];
  readonly flows: number;
  readonly processes: readonly string[];
  readonly contracts: number;
}

export async function adminApi(
  app: FastifyInstance,
  { dock, pepper, told, outside }: AdminOptions,
): Promise<void> {
  const { pool, definitions } = dock;

  app.get("/admin/people", may("see people"), async () => ({
    people: await listPeople(pool),
    roles: ROLES,
    permissions: PERMISSIONS,
  }));

  app.post<{ Body: Static<typeof shapes.AddPerson> }>(
    "/admin/people",
    { ...may("administer"), schema: { body: shapes.AddPerson } },
    async (request, reply) => {
      const { person, name, email } = request.body;
      const id = signInName(person);
      const added = await addPerson(pool, { id, name, ...(email ? { email } : {}) }, acting(request));
      return added ? { done: true, person: id } : late(reply, `Somebody signs in as ${id} already.`);
    },
  );

  app.post<{ Params: { id: string } }>(
    "/admin/people/:id/link",
    may("administer", undefined, { second: aboutWay(pool, "link"), fresh: true }),
    async (request, reply) => {
      const person = await findPerson(pool, request.params.id);
      if (!person || person.disabledAt !== null) return nobody(reply, request.params.id);
      const token = await makeLink(
        pool,
        { kind: "invitation", person: person.id, lifetimeMs: INVITATION_MS },
        acting(request),
      );
      const base = outside?.href ?? `http://${request.headers.host}/`;
      return { done: true, link: new URL(`/welcome#${token}`, base).href };
    },
  );

  app.post<{ Params: { id: string }; Body: Static<typeof shapes.Because> }>(
    "/admin/people/:id/second-factor/reset",
    {
      ...may("administer", undefined, { second: aboutWay(pool, "second factor"), fresh: true }),
      schema: { body: shapes.Because },
      preValidation: refuseOwn,
    },
    async (request, reply) => {
      const { id } = request.params;
      const done = await removeFactor(pool, id, acting(request, request.body.reason));
      return done ? { done: true } : late(reply, `${id} has no second factor.`);
    },
  );

  for (const [verb, disabled] of [
    ["disable", true],
    ["enable", false],
  ] as const) {
    app.post<{ Params: { id: string }; Body: Static<typeof shapes.Because> }>(
      `/admin/people/:id/${verb}`,
      { ...may("administer"), schema: { body: shapes.Because } },
      async (request, reply) => {
        if (isSelf(request)) return own(reply);
        const done = await setDisabled(
          pool,
          request.params.id,
          disabled,
          acting(request, request.body.reason),
        );
        return done ? { done: true } : late(reply, "There is no such person, or it was done before.");
      },
    );
  }

  app.post<{ Params: { id: string }; Body: Static<typeof shapes.GiveRole> }>(
    "/admin/people/:id/roles",
    {
      ...may("administer", undefined, { second: aboutRole(pool), fresh: true }),
      schema: { body: shapes.GiveRole },
      preValidation: refuseOwn,
    },
    async (request, reply) => {
      const { role, domains = null, plants = null, entities = null, reason } = request.body;
      if (!(await findPerson(pool, request.params.id))) return nobody(reply, request.params.id);
      await giveRole(pool, request.params.id, { role, domains, plants, entities }, acting(request, reason));
      return { done: true };
    },
  );

  app.post<{ Params: { id: string; grant: string }; Body: Static<typeof shapes.Because> }>(
    "/admin/people/:id/roles/:grant/take",
    { ...may("administer", undefined, { fresh: true }), schema: { body: shapes.Because } },
    async (request, reply) => {
      const { id, grant } = request.params;
      if (isSelf(request)) return own(reply);
      if (!/^\d{1,18}$/.test(grant)) return missing(reply, "There is no such role.");
      const taken = await takeRole(pool, id, grant, acting(request, request.body.reason));
      return taken ? { done: true } : late(reply, "The role was taken away before.");
    },
  );

  app.get("/admin/keys", may("administer"), async () => ({ keys: await listClients(pool), scopes: SCOPES }));

  app.post<{ Body: Static<typeof shapes.AddKey> }>(
    "/admin/keys",
    { ...may("administer", undefined, { fresh: true }), schema: { body: shapes.AddKey } },
    async (request) => {
      if (pepper === null)
        throw new Unusable("This console was opened without the gateway's pepper and makes no keys.");
      const { name, scopes, perMinute, days = KEY_DAYS, reason } = request.body;
      const secret = isSecretReference(pepper) ? openSecret(pepper) : pepper;
      const wanted = { name, scopes, ...(perMinute ? { perMinute } : {}), lifetime: `${days}d` as const };
      return { done: true, ...(await createClient(pool, secret, wanted, acting(request, reason))) };
    },
  );

  app.post<{ Params: { id: string }; Body: Static<typeof shapes.Because> }>(
    "/admin/keys/:id/revoke",
    { ...may("administer"), schema: { body: shapes.Because } },
    async (request, reply) =>
      (await revokeClient(pool, request.params.id, acting(request, request.body.reason)))
        ? { done: true }
        : late(reply, "There is no such key, or it was ended before."),
  );

  app.get("/admin/sessions", may("administer"), async () => ({ sessions: await openSessions(pool) }));

  app.post<{ Params: { id: string }; Body: Static<typeof shapes.Because> }>(
    "/admin/sessions/:id/end",
    { ...may("administer"), schema: { body: shapes.Because } },
    async (request, reply) => {
      const { id } = request.params;
      const ended =
        /^[0-9a-f-]{36}$/.test(id) && (await endSessionOf(pool, id, acting(request, request.body.reason)));
      return ended ? { done: true } : late(reply, "That session had ended.");
    },
  );

  app.get(
    "/admin/settings",
    may("administer"),
    async (): Promise<Settings> => ({
      settings: Object.entries(told).map(([name, value]) => ({
        name,
        value: value === null ? "–" : String(value),
      })),
      connections: [...definitions.connections.values()].map(({ name, title, owner, connector }) => ({
        name,
        title,
        owner,
        connector: connector.name,
      })),
      flows: definitions.flows.size,
      processes: [...definitions.processes.keys()],
      contracts: definitions.contracts.size,
    }),
  );
}

const isSelf = (request: FastifyRequest): boolean =>
  (request.params as { id: string }).id === request.who?.actor;

/** What nobody does to themselves is refused before anybody is asked to approve it. */
const refuseOwn = async (request: FastifyRequest, reply: FastifyReply) => {
  if (isSelf(request)) return reply.send(own(reply));
};

function own(reply: FastifyReply) {
  reply.code(403);
  return { title: "Not allowed", detail: "Nobody changes their own rights; ask another administrator." };
}

const nobody = (reply: FastifyReply, id: string) => missing(reply, `Nobody signs in as ${id}.`);
